"""What a database holds, table by table, so that a restored one can be held against it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import asyncpg

from bot.backups.server import CONNECT_WITHIN, DumpFailed
from bot.phrase import Phrase
from bot.store.database import AWAY

Facts = Mapping[str, str]
"""Quoted table name -> `rows:checksum`; the checksum does not depend on the order of the rows."""

TABLES = (
    "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    "  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"
    "   AND d.deptype = 'e') ORDER BY 1"
)
# The same words for the same values on both sides, whatever the servers are set to.
PLAIN = (
    "SET LOCAL search_path = pg_catalog; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex'; "
    "SET LOCAL row_security = off"
)


@asynccontextmanager
async def frozen(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees one instant of the database for the whole block. Raises DumpFailed."""
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_WITHIN)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                for setting in PLAIN.split("; "):
                    await connection.execute(setting)
                yield connection
        finally:
            await connection.close(timeout=CONNECT_WITHIN)
    except AWAY as away:
        raise DumpFailed(Phrase("the database went away ({error})", {"error": type(away).__name__})) from away
    except asyncpg.PostgresError as refused:
        raise DumpFailed(Phrase("the database refuses ({error})", {"error": type(refused).__name__})) from refused


async def facts_of(connection: asyncpg.Connection) -> dict[str, str]:
    """Reads every row once."""
    found = {}
    for row in await connection.fetch(TABLES):
        table: str = row[0]
        found[table] = await connection.fetchval(
            f"SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM ONLY {table} t"
        )
    return found


def differing(then: Facts, now: Facts) -> list[str]:
    """The tables that are not what they were."""
    return sorted(table for table in {*then, *now} if then.get(table) != now.get(table))
