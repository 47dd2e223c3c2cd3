# The incident bot. The base needs Python 3.11 or later with its venv module, and nothing else:
#   docker build -t ecotrajet .                                         on python:3.11-slim
#   docker build -t ecotrajet --build-arg BASE=my/debian-python3 .      on a base of your own
# Behind a proxy that signs with a private authority, lay its bundle beside this file as ca-certificates.crt; only the
# build reads it. pip's PIP_INDEX_URL and PIP_TRUSTED_HOST are build arguments. Works without BuildKit.
ARG BASE=python:3.11-slim

FROM ${BASE} AS builder
LABEL ecotrajet.stage=builder
ARG PIP_INDEX_URL
ARG PIP_TRUSTED_HOST
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
# The pattern may match nothing; the files before it always do. The locks are complete: nothing is resolved anew (--no-deps).
COPY requirements.txt requirements-build.txt ca-certificates*.crt ./
RUN if [ -f ca-certificates.crt ]; then export PIP_CERT=/build/ca-certificates.crt; fi \
    && python3 -m venv /opt/ecotrajet \
    && /opt/ecotrajet/bin/pip install --require-hashes --no-deps -r requirements.txt \
    && python3 -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --no-deps -r requirements-build.txt
COPY pyproject.toml manifest.yml ./
COPY bot bot
COPY handlers handlers
COPY runbooks runbooks
# `ecotrajet check` compares Slack's scopes with the manifest. The wheel is made by the build's own setuptools; what runs later has neither that nor pip, and cannot be added to.
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /build/dist . \
    && /opt/ecotrajet/bin/pip install --no-deps --no-index /build/dist/*.whl \
    && cp manifest.yml /opt/ecotrajet/lib/python3.*/site-packages/ \
    && /opt/ecotrajet/bin/pip uninstall --yes setuptools pip

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ÉcoTrajet incident bot" \
      org.opencontainers.image.description="From alert to page to fix, without leaving Slack" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# A fixed number, so that volumes keep their owner from one image to the next.
RUN groupadd --gid 10001 ecotrajet \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/ecotrajet --create-home --shell /usr/sbin/nologin ecotrajet \
    && chmod 0700 /var/lib/ecotrajet
COPY --from=builder /opt/ecotrajet /opt/ecotrajet
ENV PATH=/opt/ecotrajet/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ECOTRAJET_DATA=/var/lib/ecotrajet \
    ECOTRAJET_LISTEN=0.0.0.0:8080
WORKDIR /var/lib/ecotrajet
USER 10001:10001
EXPOSE 8080
# /healthz is the process alone: a Slack or database outage must not make an orchestrator remove the pager.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python3", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['ECOTRAJET_LISTEN'].rpartition(':')[2] + '/healthz', timeout=2)"]
ENTRYPOINT ["ecotrajet"]
CMD ["serve"]
