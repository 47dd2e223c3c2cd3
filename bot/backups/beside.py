"""A guided restore: the dump comes back beside the service's database, and takes its place by a change of names.

Nothing is ever written over: the database that was in place keeps its data under another name, and people drop it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from bot.backup import Backup, BackupEntry
from bot.backups.bucket import Bucket
from bot.backups.restoring import compare, restore
from bot.backups.server import CONNECT_WITHIN, DumpFailed, at, database_of, quoted
from bot.phrase import Phrase
from bot.store.database import AWAY

LONGEST: Final = 63  # bytes of a name in PostgreSQL
LOOKS: Final = 100  # until nobody is in
BETWEEN: Final = 0.1  # seconds
MAINTENANCE: Final = ("postgres", "template1")
BESIDE: Final = "_restored_"
BEFORE: Final = "_before_"


async def bring_beside(entry: BackupEntry, good: Backup, number: int, bucket: Bucket) -> str:
    """The new database's name. Safe to repeat: what a worker that died had begun is dropped. Raises DumpFailed."""
    assert entry.admin is not None
    url = entry.admin.reveal()
    name = named(database_of(url), BESIDE, number)
    async with maintenance(url) as server:
        await server.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
        await server.execute(await made_alike(server, database_of(url), name))
    try:
        await restore(at(url, name), entry, good, bucket, [])
        await compare(at(url, name), good)
    except BaseException:
        await asyncio.shield(drop(url, name))
        raise
    return name


async def drop(url: str, name: str) -> None:
    async with maintenance(url) as server:
        await server.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")


async def made_alike(server: asyncpg.Connection, old: str, new: str) -> str:
    """With the owner, encoding and sort order of the old one."""
    made: str | None = await server.fetchval(
        "SELECT format('CREATE DATABASE %I TEMPLATE template0 OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L',"
        " $2::text, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype) FROM pg_database"
        " WHERE datname = $1",
        old, new,
    )  # fmt: skip
    if made is None:
        raise DumpFailed(Phrase("there is no database {name} on that server", {"name": old}))
    return made


async def put_in_place(entry: BackupEntry, beside: str) -> str:
    """The old one's new name. Sessions are ended, both names change in one transaction. Raises DumpFailed.

    Safe to repeat: when `beside` is gone and the old one has its new name already, that was the first time.
    """
    assert entry.admin is not None
    url = entry.admin.reveal()
    name = database_of(url)
    before = named(name, BEFORE, int(beside.rpartition("_")[2]))
    async with maintenance(url) as server:
        there = {row[0] for row in await server.fetch("SELECT datname FROM pg_database")}
        if beside not in there:
            if before in there:
                return before
            raise DumpFailed(Phrase("there is no database {name} on that server", {"name": beside}))
        async with closed(server, name, (name, before)):
            await nobody_in(server, (name, beside))
            async with server.transaction():
                await server.execute(f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(before)}")
                await server.execute(f"ALTER DATABASE {quoted(beside)} RENAME TO {quoted(name)}")
    return before


@asynccontextmanager
async def closed(server: asyncpg.Connection, name: str, later: tuple[str, ...]) -> AsyncIterator[None]:
    """Nobody comes in meanwhile; afterwards the database is open again, under whichever of its names it has."""
    await server.execute(f"ALTER DATABASE {quoted(name)} WITH ALLOW_CONNECTIONS false")
    try:
        yield
    finally:
        shut = await server.fetch(
            "SELECT datname FROM pg_database WHERE datname = ANY($1::text[]) AND NOT datallowconn", list(later)
        )
        for row in shut:
            await server.execute(f"ALTER DATABASE {quoted(row['datname'])} WITH ALLOW_CONNECTIONS true")


async def nobody_in(server: asyncpg.Connection, names: tuple[str, ...]) -> None:
    """Every session there is ended. Raises DumpFailed when one does not go."""
    end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ANY($1::text[])"
    for _ in range(LOOKS):
        if not await server.fetchval(end, list(names)):
            return
        await asyncio.sleep(BETWEEN)
    raise DumpFailed(Phrase("somebody's session in {name} does not end", {"name": names[0]}))


@asynccontextmanager
async def maintenance(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to another database of the same server. Raises DumpFailed."""
    try:
        other = next(name for name in MAINTENANCE if name != database_of(url))
        connection = await asyncpg.connect(at(url, other), timeout=CONNECT_WITHIN)
        try:
            yield connection
        finally:
            await connection.close(timeout=CONNECT_WITHIN)
    except asyncpg.InsufficientPrivilegeError as refused:
        raise DumpFailed(
            Phrase("the user of `restore_with` may not do that: {error}", {"error": str(refused)})
        ) from refused
    except AWAY as away:
        raise DumpFailed(Phrase("the database does not answer ({error})", {"error": type(away).__name__})) from away
    except asyncpg.PostgresError as refused:
        raise DumpFailed(Phrase("the database refuses ({error})", {"error": type(refused).__name__})) from refused


def named(database: str, what: str, number: int) -> str:
    """`ecotrajet_restored_12`: short enough for PostgreSQL, and different for each."""
    ending = f"{what}{number}"
    return database.encode()[: LONGEST - len(ending)].decode(errors="ignore") + ending
