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
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOPPED_WITHIN
        while _is_dockerd(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        if _is_dockerd(pid):
            os.kill(pid, signal.SIGKILL)
    _unmount(places)
    shutil.rmtree(places.run, ignore_errors=True)
    return pid is not None


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
    _forget_the_dead(places)
    command = [program, "--data-root", str(places.root / "data"), "--exec-root", str(places.run / "exec")]
    command += ["--pidfile", str(places.pid_file), "-H", places.host, *extra]
    pid = _spawn(command, places.log)
    deadline = time.monotonic() + READY_WITHIN
    while not answers(places.host):
        ended, _ = os.waitpid(pid, os.WNOHANG)
        if ended or time.monotonic() > deadline:
            tail = "\n".join(places.log.read_text(errors="replace").splitlines()[-5:])
            if not ended:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            raise NoEngine(f"dockerd did not start; the end of {places.log}:\n{tail}")
        time.sleep(0.1)


def _spawn(command: Sequence[str], log: Path) -> int:
    """In a session of its own: Ctrl-C in the terminal is for us, who stop it last; it may also outlive us."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(command[0], list(command), os.environ, file_actions=actions, setsid=True)


def _unmount(places: _Places) -> None:
    """dockerd mounts its own folder over itself, and one that was killed leaves it so: it could not be deleted."""
    ours = (f"{places.root}/", f"{places.run}/")
    mounted = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for path in reversed([path for path in mounted if path.startswith(ours)]):
        subprocess.run(["umount", path], capture_output=True, check=False)


def _forget_the_dead(places: _Places) -> None:
    """Files of an engine that was killed: their numbers may be other processes' (or zombies') by now, and a new
    dockerd would take those for its own. Our own containerd, if it outlived its parent, goes as well."""
    if _pid(places) is None:
        places.pid_file.unlink(missing_ok=True)
        containerd = places.run / "exec" / "containerd" / "containerd.pid"
        if containerd.exists():
            _end(int(containerd.read_text() or 0), places.run)
            containerd.unlink()


def _end(pid: int, run: Path) -> None:
    """Kill the process `pid` if it is a containerd on our files."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return
    if b"containerd" in command and str(run).encode() in command:
        os.kill(pid, signal.SIGKILL)


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
