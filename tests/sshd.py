"""Debian's sshd on a loopback port, with keys of its own: hosts behind ssh:// for the tests. Needs root."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.world import free_port

SSHD = "/usr/sbin/sshd"
CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
"""


@dataclass
class Sshd:
    """`known`: a known_hosts file that holds its key; `key`: the path of a private key that is let in."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    keys: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"ssh://root@127.0.0.1:{self.port}"

    @property
    def known(self) -> str:
        path = self.folder / "known_hosts"
        kind, key = (self.folder / "host.pub").read_text().split()[:2]
        path.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")
        return str(path)

    def key(self, name: str, command: str | None) -> str:
        """A new private key; `command`: all that whoever has it can do, None: it is not let in."""
        path = make_key(self.folder / name)
        if command is not None:
            self.keys.append(f'restrict,command="{command}" {path.with_suffix(".pub").read_text()}')
            (self.folder / "authorized").write_text("".join(self.keys))
        return str(path)

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)  # where it puts its unprivileged half: made by its service elsewhere
        config = self.folder / "config"
        config.write_text(CONFIG.format(port=self.port, folder=self.folder))
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=log)
        deadline = time.monotonic() + 10
        while not listens(self.port):
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.02)  # between two knocks; the deadline decides

    def family(self) -> list[int]:
        """It and the processes of its connections, which have left its group."""
        assert self.process is not None
        parents = parent_of_each()
        found = [self.process.pid]
        for pid in found:  # it grows meanwhile
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def send(self, what: signal.Signals, *, connections_only: bool = False) -> None:
        for pid in self.family()[connections_only:]:
            with suppress(ProcessLookupError):  # gone with its parent
                os.kill(pid, what)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.send(signal.SIGKILL)
            self.process.wait(10)


@contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    made = Sshd(folder, free_port())
    make_key(folder / "host")
    made.start()
    yield made
    made.stop()


def make_key(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def listens(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def parent_of_each() -> dict[int, int]:
    """All processes of this machine (proc(5), stat: the fourth field, after the name in parentheses)."""
    parents = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            parents[int(each.parent.name)] = int(each.read_text().rpartition(")")[2].split()[1])
    return parents
