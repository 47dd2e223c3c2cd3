"""The pool, transactions on it, and the one word for "the database is away"."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Self

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

Tx = PoolConnectionProxy  # a connection inside a transaction: what every function of the store takes first
APP_ROLE = "ecotrajet_app"
IDLE_AT_MOST = "4s"
STUCK = timedelta(seconds=4)

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DeadlockDetectedError,  # nothing was changed, and a moment later it goes through
)


OWN_TYPES_END = 16384  # PostgreSQL's own types have lower numbers, the same everywhere
NOTHING_ASKED = SimpleNamespace(name="nothing was asked")
OWN_TYPES: dict[int, tuple[asyncpg.Record, ...]] = {}


class Connection(asyncpg.Connection):
    """Asks once per process, and not on each connection, what PostgreSQL's own arrays consist of: that takes the
    server 7 ms each time.
    """

    async def _introspect_types(
        self,
        typeoids: Iterable[int],
        timeout: float | None,  # noqa: ASYNC109 - asyncpg's own signature
    ) -> tuple[list[asyncpg.Record], object]:
        """asyncpg's own way in; should that change its name one day, the server is asked as before."""
        new = [number for number in typeoids if number not in OWN_TYPES]
        rows = [row for number in typeoids if number in OWN_TYPES for row in OWN_TYPES[number]]
        if not new:
            return rows, NOTHING_ASKED
        found, statement = await super()._introspect_types(new, timeout)  # type: ignore[misc]  # it is private
        known = tuple(row for row in found if row["oid"] < OWN_TYPES_END)
        OWN_TYPES.update((number, known) for number in new if number < OWN_TYPES_END)
        return [*rows, *found], statement


class Unavailable(Exception):
    """The database cannot be reached now; nothing was changed. Doors answer 503 or "try again in a moment"."""


class Database:
    """A pool of connections to one PostgreSQL. `async with Database.open(url) as db`."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", url: str, role: str | None) -> None:
        self.pool = pool
        self.url = url
        self.role = role

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, size: int = 10) -> AsyncIterator[Self]:
        """Raises Unavailable when `url` cannot be reached. Acts as the app's role where that exists."""
        try:
            role = await app_role(url)
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=size,
                timeout=5,
                command_timeout=15,
                init=prepare,
                reset=as_it_was,
                connection_class=Connection,
                server_settings=settings(role),
            )
        except AWAY as away:
            raise Unavailable(type(away).__name__) from away
        try:
            yield cls(pool, url, role)
        finally:
            await close(pool)

    async def ping(self) -> None:
        """Raises Unavailable when the database does not answer."""
        async with self.transaction() as tx:
            await tx.execute("SELECT 1")

    async def end_stuck(self) -> int:
        """End transactions that a replica which hangs has left open; how many."""
        async with self.transaction() as tx:
            ended: int = await tx.fetchval("SELECT end_stuck_transactions($1)", STUCK)
        return ended

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Tx]:
        """For one statement that is a transaction by itself: two turns less. Raises Unavailable."""
        try:
            async with self.pool.acquire(timeout=5) as connection:
                yield connection
        except AWAY as away:
            raise Unavailable(type(away).__name__) from away

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Commits at the end of the block, rolls back on any exception. Raises Unavailable when it could not."""
        try:
            async with self.pool.acquire(timeout=5) as connection, connection.transaction():
                yield connection
        except AWAY as away:
            raise Unavailable(type(away).__name__) from away


def settings(role: str | None) -> dict[str, str]:
    # A process that hangs in the middle of a transaction must not hold its rows' locks against the other replicas.
    named = {"application_name": "ecotrajet", "idle_in_transaction_session_timeout": IDLE_AT_MOST}
    return named | {"role": role} if role else named


async def app_role(url: str) -> str | None:
    """The role that `serve` acts as, when the migrations could make it and this user may take it."""
    connection = await asyncpg.connect(url, timeout=5)
    try:
        usable = await connection.fetchval(
            "SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = $1", APP_ROLE
        )
    finally:
        await connection.close(timeout=5)
    return APP_ROLE if usable else None


async def prepare(connection: asyncpg.Connection) -> None:
    """jsonb goes in and out as Python values."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="text", encoder=to_json, decoder=msgspec.json.decode
    )


async def as_it_was(_connection: asyncpg.Connection) -> None:
    """Nothing of ours outlives its transaction (locks, settings, cursors), so asyncpg's reset is a turn for nothing."""


def to_json(value: object) -> str:
    """A str is JSON text already: that is what pgqueuer hands over when it enqueues on our connection."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


async def close(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    """Orderly if it can be within 3 s (work in flight ends), by force otherwise."""
    try:
        await asyncio.wait_for(pool.close(), 3)
    except (TimeoutError, *AWAY):
        pool.terminate()
