"""`docker build` of the real Dockerfile by the classic builder, reaching packages as this machine's pip does."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from docker import DockerClient
from docker.errors import BuildError

ROOT = Path(__file__).parents[2]
# As .dockerignore says; test_the_build_is_given_what_dockerignore_lets_through compares them.
PARTS = ("pyproject.toml", "manifest.yml", "requirements.txt", "requirements-build.txt", "bot", "handlers", "runbooks")
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


def build_image(client: DockerClient, base: str, tag: str) -> str:
    """The id of the image. A failure shows the end of what the build printed."""
    try:
        image, _ = client.images.build(
            fileobj=_context(),
            custom_context=True,
            tag=tag,
            buildargs={"BASE": base, **_pip_arguments()},
            network_mode="host",
            rm=True,
            forcerm=True,
        )
    except BuildError as failure:
        printed = "".join(str(line.get("stream") or line.get("error") or "") for line in failure.build_log)
        raise AssertionError(printed[-4000:]) from failure
    assert image.id is not None
    # The first stage stays behind without a name, as the next build's cache; not for ever.
    client.images.prune(filters={"dangling": True, "label": "ecotrajet.stage=builder", "until": "24h"})
    return image.id


def source_files() -> frozenset[str]:
    """What the build is given of our packages, as paths from the top."""
    found = (path for part in PARTS for path in (ROOT / part).rglob("*"))
    return frozenset(
        str(path.relative_to(ROOT)) for path in found if path.is_file() and "__pycache__" not in path.parts
    )


def _context() -> io.BytesIO:
    """The build's files, and the authorities this machine trusts, which may be its own."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(ROOT / "Dockerfile", "Dockerfile")
        for part in PARTS:
            tar.add(ROOT / part, part, filter=_without_caches)
        trusted = Path(os.environ.get("PIP_CERT") or AUTHORITIES)
        if trusted.exists():
            tar.add(trusted.resolve(), "ca-certificates.crt")
    packed.seek(0)
    return packed


def _without_caches(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    member.mtime = 0  # else the builder's cache never matches
    return None if "__pycache__" in member.name else member


def _pip_arguments() -> dict[str, str]:
    """What this machine's pip was told about the index, from its environment and files alike."""
    told = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    settings = dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)
    found = {}
    for argument, key in (("PIP_INDEX_URL", "index-url"), ("PIP_TRUSTED_HOST", "trusted-host")):
        for place in (":env:", "global", "install"):
            value = settings.get(f"{place}.{key}")
            if value:
                found[argument] = value.strip("'")
                break
    return found
