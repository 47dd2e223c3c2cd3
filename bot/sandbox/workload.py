"""Something to act on: a small web application in several versions, in prod and staging, on a real engine.

Images are made on the spot from Debian's busybox-static by `docker import`, so no registry is needed. Everything bears
the prefix in its name and in a label, and `stop` removes all of it and nothing else. By the plain `docker` command, as
a person would.
"""

import io
import json
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

PREFIX: Final = "ecotrajet-demo"
LABEL: Final = "ecotrajet.sandbox"
PORT: Final = 8080
MAINTENANCE: Final = "maintenance"  # the version that is only a page: what answers while the application is stopped
COMMANDS: Final = (
    "sh",
    "httpd",
    "wget",
    "kill",
    "sleep",
    "cat",
    "yes",
    "head",
    "env",
    "touch",
    "mkdir",
    "id",
    "ls",
    "rm",
)
COMMAND_LIMIT: Final = 120.0

# As process 1 a program without a handler ignores SIGTERM: the shell has one and takes the server with it.
_SERVE: Final = """#!/bin/sh
echo "ÉcoTrajet {version} écoute sur le port 8080"
httpd -f -v -p 8080 -h /app/www &
server=$!
trap 'echo "arrêt demandé"; kill $server; exit 0' TERM INT
while kill -0 $server 2>/dev/null; do wait $server; done
"""
_STUBBORN: Final = """#!/bin/sh
trap '' TERM
echo "ÉcoTrajet {version} n'écoute personne"
httpd -f -v -p 8080 -h /app/www
"""
_CRASH: Final = """#!/bin/sh
echo "ÉcoTrajet {version} démarre"
echo "FATAL: cannot reach the database: connection refused" >&2
exit 1
"""


@dataclass(frozen=True, slots=True)
class Version:
    """`healthy`: does /health answer 200? `script` is what the container runs."""

    script: str = _SERVE
    healthy: bool = True


VERSIONS: Final[Mapping[str, Version]] = {
    "v1": Version(),
    "v2": Version(),
    "v3-broken": Version(healthy=False),
    "v4-crash": Version(script=_CRASH),
    "v5-stubborn": Version(script=_STUBBORN),
}


class WorkloadError(RuntimeError):
    """The docker command failed; the message is its own."""


@dataclass(slots=True)
class Workload:
    """`host`: a DOCKER_HOST. Containers are `{prefix}-prod` and `{prefix}-staging`, images `{prefix}-app:v1`…"""

    host: str
    prefix: str = PREFIX
    interval: str = "1s"  # of the healthcheck
    ports: dict[str, int] = field(default_factory=dict)

    def container(self, environment: str) -> str:
        return f"{self.prefix}-{environment}"

    def image(self, version: str) -> str:
        return f"{self.prefix}-app:{version}"

    @property
    def network(self) -> str:
        return f"{self.prefix}-net"

    def url(self, environment: str) -> str:
        """Where the application of an environment is published."""
        return f"http://127.0.0.1:{self.ports[environment]}"

    def docker(self, *arguments: str, feed: bytes | None = None) -> str:
        """What the docker command prints. Raises WorkloadError."""
        done = subprocess.run(
            ["docker", "-H", self.host, *arguments], input=feed, capture_output=True, timeout=COMMAND_LIMIT, check=False
        )
        if done.returncode:
            raise WorkloadError(f"docker {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode(errors="replace").strip()

    def make_image(self, version: str, *, health: bool = True, changes: Sequence[str] = ()) -> str:
        """Import one version; `changes` are further Dockerfile instructions. Its image id is answered."""
        probe = f"wget -q -O /dev/null http://127.0.0.1:{PORT}/health"
        instructions = [
            'CMD ["/bin/sh", "/app/start.sh"]',
            "WORKDIR /app",
            f"EXPOSE {PORT}",
            f"LABEL {LABEL}={self.prefix}",
            f"LABEL org.opencontainers.image.version={version}",
            f"ENV APP_RELEASE={version}",
            *([f"HEALTHCHECK --interval={self.interval} --timeout=2s --retries=2 CMD {probe}"] if health else []),
            *changes,
        ]
        options = [part for instruction in instructions for part in ("--change", instruction)]
        return self.docker("import", *options, "-", self.image(version), feed=_root_filesystem(version))

    def deploy(self, environment: str, version: str, *options: str) -> str:
        """Replace the environment's container by plain docker, as a person would; its id is answered."""
        name = self.container(environment)
        if self.docker("ps", "-aq", "--filter", f"name=^/{name}$"):
            self.docker("rm", "-f", "-v", name)
        port = self.ports.setdefault(environment, _free_port())
        return self.docker(
            *("run", "-d", "--name", name, "--label", f"{LABEL}={self.prefix}", "--network", self.network),
            *("--restart", "unless-stopped", "-p", f"127.0.0.1:{port}:{PORT}", *options, self.image(version)),
        )

    def inspect(self, container: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = json.loads(self.docker("inspect", "--type", "container", container))
        return found[0]

    def wait_healthy(self, environment: str, within: float = 30.0) -> None:
        """Raises TimeoutError."""
        deadline = time.monotonic() + within
        while (self.inspect(self.container(environment))["State"].get("Health") or {}).get("Status") != "healthy":
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.container(environment)} is not healthy after {within:.0f} s")
            time.sleep(0.1)

    def clean(self) -> None:
        """Remove every container, image and network of this prefix (names of actions half done included)."""
        mine = f"label={LABEL}={self.prefix}"
        if containers := self.docker("ps", "-aq", "--filter", mine).split():
            # An action binds anonymous volumes by their names, which `rm -v` then takes for wanted ones.
            mounts = self.docker(
                "inspect", "-f", '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}', *containers
            )
            self.docker("rm", "-f", "-v", *containers)
            left = self.docker("volume", "ls", "-q").split()
            if volumes := [name for name in set(mounts.split()) if len(name) == 64 and name in left]:
                self.docker("volume", "rm", "-f", *volumes)
        if images := sorted(set(self.docker("images", "-q", "--no-trunc", "--filter", mine).split())):
            self.docker("rmi", "-f", *images)
        if networks := self.docker("network", "ls", "-q", "--filter", mine).split():
            self.docker("network", "rm", *networks)


def start(
    prefix: str = PREFIX,
    *,
    host: str,
    version: str = "v2",
    interval: str = "1s",
    versions: Sequence[str] = tuple(VERSIONS),
    environments: Sequence[str] = ("prod", "staging"),
) -> Workload:
    """Images of `versions`, and `version` running healthy in each environment, on free ports of loopback."""
    workload = Workload(host, prefix, interval)
    workload.clean()
    workload.docker("network", "create", "--label", f"{LABEL}={prefix}", workload.network)
    for name in versions:
        workload.make_image(name)
    for environment in environments:
        workload.deploy(environment, version)
    for environment in environments:
        workload.wait_healthy(environment)
    return workload


def stop(prefix: str = PREFIX, *, host: str) -> None:
    """Everything of the prefix goes."""
    Workload(host, prefix).clean()


def _root_filesystem(version: str) -> bytes:
    kind = VERSIONS.get(version, Version(healthy=version != MAINTENANCE))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        _put(tar, "bin/busybox", _busybox().read_bytes(), 0o755)
        for name in COMMANDS:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        _put(tar, "app/start.sh", kind.script.format(version=version).encode(), 0o755)
        _put(tar, "app/www/index.html", _page(version).encode(), 0o644)
        _put(tar, "app/www/version", version.encode(), 0o644)
        if kind.healthy:
            _put(tar, "app/www/health", b"ok\n", 0o644)
        for folder in ("tmp", "etc", "data"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(entry)
    return packed.getvalue()


def _put(tar: tarfile.TarFile, path: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(path)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))


def _page(version: str) -> str:
    if version == MAINTENANCE:
        return (
            '<!doctype html><html lang="fr"><meta charset="utf-8"><title>ÉcoTrajet revient</title>'
            '<body style="font-family:sans-serif;text-align:center;padding-top:20vh;color:#5b5b00">'
            "<h1>ÉcoTrajet</h1><p>Maintenance en cours : nous revenons dans quelques minutes.</p></body></html>\n"
        )
    colour = "#b3261e" if "broken" in version else "#1b7f4d"
    return (
        f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>ÉcoTrajet {version}</title>'
        f'<body style="font-family:sans-serif;text-align:center;padding-top:20vh;color:{colour}">'
        f"<h1>ÉcoTrajet</h1><p>version <strong>{version}</strong></p></body></html>\n"
    )


def _busybox() -> Path:
    found = shutil.which("busybox")
    if found is None or b"ld-linux" in Path(found).read_bytes()[:4096]:
        raise WorkloadError(
            "a static busybox is needed to make the demo's images (Debian: apt-get install busybox-static)"
        )
    return Path(found)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
