"""A container engine for the demo and the tests: the one that answers already, else one of our own.

`python -m bot.sandbox.engine start|stop|status` prints the DOCKER_HOST to use. Our own is Debian's `dockerd`, as root,
with all its files apart from any other engine's.
"""

import argparse
import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

USUAL: Final = "unix:///var/run/docker.sock"
READY_WITHIN: Final = 60.0  # seconds
STOPPED_WITHIN: Final = 30.0
INSTALL: Final = "install it (Debian: apt-get install docker.io iptables) or set DOCKER_HOST to one that answers"


class NoEngine(RuntimeError):
    """There is no engine and none can be started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """`host` is a DOCKER_HOST; `started`: it is ours to stop."""

    host: str
    started: bool


@dataclass(frozen=True, slots=True)
class _Places:
    """Files of our own engine. Sockets stand under /tmp: their paths may not exceed 107 bytes."""

    root: Path
    run: Path

    @classmethod
    def under(cls, data: Path) -> "_Places":
        there = data.resolve() / "engine"
        mark = hashlib.sha256(str(there).encode()).hexdigest()[:8]
        return cls(there, Path("/tmp") / f"ecotrajet-engine-{mark}")  # noqa: S108 - made 0700 below

    @property
    def host(self) -> str:
        return f"unix://{self.run / 'docker.sock'}"

    @property
    def pid_file(self) -> Path:
        return self.run / "dockerd.pid"

    @property
    def log(self) -> Path:
        return self.root / "dockerd.log"


def ensure_engine(data: Path, *, adopt: bool = True, extra: Sequence[str] = ()) -> RunningEngine:
    """An engine that answers: $DOCKER_HOST, the usual socket, our own of an earlier start, or a new one.

    `extra`: more arguments for dockerd. Raises NoEngine.
    """
    if adopt:
        for host in dict.fromkeys(host for host in (os.environ.get("DOCKER_HOST"), USUAL) if host):
            if answers(host):
                return RunningEngine(host, started=False)
    places = _Places.under(data)
    if answers(places.host):
        return RunningEngine(places.host, started=True)
    _start(places, extra)
    return RunningEngine(places.host, started=True)


def stop(data: Path) -> bool:
    """Stop the engine that `ensure_engine` started for `data`; one that was adopted is left alone. Was there one?"""
    places = _Places.under(data)
    pid = _pid(places)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPPED_WITHIN
    while _is_dockerd(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    if _is_dockerd(pid):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(places.run, ignore_errors=True)
    return True


def answers(host: str) -> bool:
    """Does an engine say OK at `host` (unix://, tcp://; ssh:// through the docker command)?"""
    url = urlsplit(host)
    if url.scheme == "ssh":
        return (
            subprocess.run(["docker", "-H", host, "version"], capture_output=True, timeout=20, check=False).returncode
            == 0
        )
    connection = (
        _UnixConnection(url.path) if url.scheme == "unix" else http.client.HTTPConnection(url.netloc, timeout=5)
    )
    try:
        connection.request("GET", "/_ping")
        return connection.getresponse().read() == b"OK"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=5)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _start(places: _Places, extra: Sequence[str]) -> None:
    program = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise NoEngine(f"no Docker engine answers and dockerd is not installed: {INSTALL}")
    if os.geteuid() != 0:
        raise NoEngine("no Docker engine answers and only root may start one: start Docker, or set DOCKER_HOST")
    places.root.mkdir(parents=True, exist_ok=True)
    places.run.mkdir(mode=0o700, parents=True, exist_ok=True)
    if places.pid_file.exists() and _pid(places) is None:
        places.pid_file.unlink()  # its number may be another process's by now
    command = [program, "--data-root", str(places.root / "data"), "--exec-root", str(places.run / "exec")]
    command += ["--pidfile", str(places.pid_file), "-H", places.host, *extra]
    with places.log.open("ab") as log:
        # Its own session: Ctrl-C in the terminal is for us, who stop it last.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + READY_WITHIN
    while not answers(places.host):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(places.log.read_text(errors="replace").splitlines()[-5:])
            process.kill()
            process.wait()
            raise NoEngine(f"dockerd did not start; the end of {places.log}:\n{tail}")
        time.sleep(0.1)


def _pid(places: _Places) -> int | None:
    try:
        pid = int(places.pid_file.read_text())
    except (OSError, ValueError):
        return None
    return pid if _is_dockerd(pid) else None


def _is_dockerd(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return "(dockerd)" in status and ") Z " not in status  # a zombie is one that we started and have not waited for


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("start", "stop", "status"))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("ECOTRAJET_DATA", "var")))
    given = parser.parse_args()
    out = sys.stdout.write
    try:
        match given.what:
            case "start":
                out(f"DOCKER_HOST={ensure_engine(given.data).host}\n")
            case "stop":
                out("stopped\n" if stop(given.data) else "there is no engine of ours\n")
            case _:
                hosts = [os.environ.get("DOCKER_HOST", ""), USUAL, _Places.under(given.data).host]
                found = [host for host in hosts if host and answers(host)]
                out(f"DOCKER_HOST={found[0]}\n" if found else "no engine answers\n")
                return 0 if found else 1
    except NoEngine as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
