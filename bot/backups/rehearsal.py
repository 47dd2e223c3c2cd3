"""The restore test: a dump is read back into a database made for it, compared, and the database dropped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg

from bot.backup import Backup, BackupEntry
from bot.backups.bucket import Bucket
from bot.backups.restoring import compare, restore
from bot.backups.server import CONNECT_WITHIN, DumpFailed, at
from bot.phrase import Phrase
from bot.store.database import AWAY

MOST_TABLES = 5  # how many a complaint names


async def rehearse(entry: BackupEntry, good: Backup, bucket: Bucket) -> int:
    """How many tables came back as they were. Raises DumpFailed: the dump is cut, changed, or another database's."""
    assert entry.scratch is not None
    if not good.facts:
        nothing = Phrase("{object} was made of a database without tables: nothing to compare", {"object": good.object})
        raise DumpFailed(nothing)
    async with scratch_database(entry.scratch.reveal()) as url:
        await restore(url, entry, good, bucket, ["--no-owner", "--no-privileges"])
        await compare(url, good)
    return len(good.facts)


@asynccontextmanager
async def scratch_database(server: str) -> AsyncIterator[str]:
    """A new database with a name that nobody has, dropped at the end. Raises DumpFailed."""
    name = f"ecotrajet_restore_test_{uuid4().hex}"
    await command(server, f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield at(server, name)
    finally:
        await asyncio.shield(command(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def command(url: str, statement: str) -> None:
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_WITHIN)
        try:
            await connection.execute(statement)
        finally:
            await connection.close(timeout=CONNECT_WITHIN)
    except (*AWAY, asyncpg.PostgresError) as refused:
        raise DumpFailed(Phrase("no scratch database ({error})", {"error": type(refused).__name__})) from refused
