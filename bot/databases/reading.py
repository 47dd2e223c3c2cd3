"""One look: a read-only transaction with short limits, each part in a savepoint, so that one refused hides no other."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg

from bot.databases import queries
from bot.phrase import Phrase, Value
from bot.postgres import (
    Connections,
    DatabaseEntry,
    Examination,
    Exposed,
    Index,
    Migration,
    Migrations,
    Part,
    Replication,
    Session,
    Sizes,
    Slow,
    Statement,
    Table,
    Upkeep,
    without_literals,
)
from bot.store.database import AWAY

CONNECT_WITHIN: Final = 5.0  # seconds
STATEMENT_WITHIN: Final = 4000  # milliseconds
LOCK_WITHIN: Final = 500  # milliseconds: we wait in no queue behind a migration
ALL_WITHIN: Final = 20.0  # seconds
SLOW_FROM: Final = timedelta(seconds=1)
MOST: Final = 1000
SHOWN: Final = 10
Read = Callable[[asyncpg.Connection], Awaitable[Any]]


async def examine(entry: DatabaseEntry, parts: Collection[Part]) -> Examination:
    """Never raises for what the database does: an answer that cannot be had is said in its place."""
    began = datetime.now(UTC)
    try:
        async with asyncio.timeout(ALL_WITHIN), looking(entry) as connection:
            return await _examined(entry, connection, parts)
    except asyncpg.TooManyConnectionsError:
        refused = Phrase("The database takes no more connections: all of them are in use.")
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as wrong:
        values: dict[str, Value | Phrase] = {"name": entry.name, "error": type(wrong).__name__}
        refused = Phrase("The database does not let us in ({error}): see `databases` → {name}.", values)
    except AWAY as away:
        refused = Phrase("The database does not answer ({error}).", {"error": type(away).__name__})
    except asyncpg.PostgresError as error:
        refused = Phrase("The database refuses ({error}).", {"error": type(error).__name__})
    return Examination(entry, began, unreachable=refused)


@asynccontextmanager
async def looking(entry: DatabaseEntry) -> AsyncIterator[asyncpg.Connection]:
    """No prepared statements and nothing but SET LOCAL: Supabase's pooler may change servers between transactions."""
    connection = await asyncpg.connect(
        entry.url.reveal(), timeout=CONNECT_WITHIN, command_timeout=2 * STATEMENT_WITHIN / 1000,
        statement_cache_size=0, server_settings={"application_name": "ecotrajet"},
    )  # fmt: skip
    try:
        async with connection.transaction(readonly=True):
            await connection.execute(
                f"SET LOCAL statement_timeout = {STATEMENT_WITHIN}; SET LOCAL lock_timeout = {LOCK_WITHIN};"
                " SET LOCAL idle_in_transaction_session_timeout = 30000"
            )
            yield connection
    finally:
        try:
            await connection.close(timeout=CONNECT_WITHIN)
        except AWAY:
            connection.terminate()


async def _examined(entry: DatabaseEntry, connection: asyncpg.Connection, parts: Collection[Part]) -> Examination:
    server = await connection.fetchrow(queries.SERVER)
    assert server is not None  # the current role is always there
    found: dict[str, Any] = {}
    problems: dict[Part, Phrase] = {}
    for name, (wanted_by, read) in READERS.items():
        if not (wanted := [part for part in wanted_by if part in parts]):
            continue
        try:
            async with connection.transaction():  # a savepoint
                found[name] = await read(connection)
        except asyncpg.PostgresError as error:
            problems |= dict.fromkeys(wanted, _unread(error))
    return Examination(
        entry, server["now"], version=server["version"].partition(" ")[0], problems=problems,
        sees_all=server["sees_all"], may_write=server["may_write"], **found,
    )  # fmt: skip


def _unread(error: asyncpg.PostgresError) -> Phrase:
    match error:
        case asyncpg.InsufficientPrivilegeError():
            denied = re.search(r"for \w+ (\S+)$", str(error))
            return Phrase("the role may not read {what}", {"what": denied[1] if denied else "it"})
        case asyncpg.QueryCanceledError():
            return Phrase("not answered within {seconds} s", {"seconds": STATEMENT_WITHIN // 1000})
        case asyncpg.LockNotAvailableError():
            return Phrase("somebody holds the lock that reading it needs")
        case _:
            return Phrase("could not be read ({error})", {"error": type(error).__name__})


async def _sessions(connection: asyncpg.Connection) -> tuple[Session, ...]:
    return tuple(
        Session(
            row["pid"], row["application"], row["role"], row["state"], row["since"] or timedelta(0),
            without_literals(row["query"]), tuple(row["blocked_by"]), row["waits"] or timedelta(0), row["lock"],
        )
        for row in await connection.fetch(queries.SESSIONS)
    )  # fmt: skip


async def _connections(connection: asyncpg.Connection) -> Connections:
    rows = await connection.fetch(queries.CONNECTIONS)
    limits = await connection.fetchrow(queries.LIMITS)
    assert limits is not None  # one row always
    return Connections(
        used=sum(row["n"] for row in rows), limit=limits["most"], reserved=limits["reserved"],
        by_state=_counted(rows, "state"), by_application=_counted(rows, "application"),
    )  # fmt: skip


def _counted(rows: Collection[asyncpg.Record], column: str) -> dict[str, int]:
    """The most first."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row[column]] = counts.get(row[column], 0) + row["n"]
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


async def _slow(connection: asyncpg.Connection) -> Slow:
    sessions = await _sessions(connection)
    running = sorted(
        (each for each in sessions if each.state == "active" and each.since >= SLOW_FROM), key=lambda each: -each.since
    )
    statements, why = await _statements(connection)
    return Slow(tuple(running[:SHOWN]), statements, why)


async def _statements(connection: asyncpg.Connection) -> tuple[tuple[Statement, ...] | None, Phrase | None]:
    schema = await connection.fetchval(queries.STATEMENTS_SCHEMA)
    if schema is None:
        return None, Phrase("pg_stat_statements is not installed, so averages are unknown")
    try:
        async with connection.transaction():
            rows = await connection.fetch(queries.STATEMENTS.format(schema=schema))
    except asyncpg.ObjectNotInPrerequisiteStateError:
        return None, Phrase("pg_stat_statements is there but not loaded (shared_preload_libraries)")
    except asyncpg.InsufficientPrivilegeError:
        return None, Phrase("the role may not read pg_stat_statements: GRANT pg_read_all_stats to it")
    return tuple(Statement(without_literals(r["query"]), r["calls"], r["mean"], r["share"]) for r in rows), None


async def _sizes(connection: asyncpg.Connection) -> Sizes:
    rows = await connection.fetch(queries.TABLES)
    unused = await connection.fetch(queries.UNUSED)
    return Sizes(
        database=await connection.fetchval("SELECT pg_database_size(current_database())"),
        count=rows[0]["count"] if rows else 0,
        tables=tuple(Table(r["name"], r["total"], r["indexes"], r["rows"], r["dead"]) for r in rows),
        unused=tuple(Index(row["name"], row["table"], row["size"], row["scans"]) for row in unused),
    )


async def migrations(connection: asyncpg.Connection) -> Migrations:
    """Of the first table of the list that is there."""
    for table in queries.MIGRATION_TABLES:
        if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table):
            rows = await connection.fetch(queries.MIGRATIONS.format(table=table) + f" LIMIT {MOST}")
            made = [Migration(row["version"], row["name"], row["applied_at"][:19].replace("T", " ")) for row in rows]
            return Migrations(table, tuple(sorted(made, key=lambda each: (each.applied_at, natural(each.version)))))
    return Migrations("")


def natural(version: str) -> list[tuple[int, str]]:
    """`1.10.0` after `1.9.0`."""
    return [(int(word), "") if word.isdigit() else (-1, word) for word in re.split(r"(\d+)", version) if word]


async def _exposed(connection: asyncpg.Connection) -> Exposed:
    rows = await connection.fetch(queries.RLS)
    return Exposed(
        tables=len(rows),
        without=tuple(row["name"] for row in rows if not row["on"]),
        world=tuple(row["name"] for row in rows if not row["on"] and row["world"]),
        shut=tuple(row["name"] for row in rows if row["on"] and not row["policies"]),
    )


async def _upkeep(connection: asyncpg.Connection) -> Upkeep:
    row = await connection.fetchrow(queries.UPKEEP)
    assert row is not None  # the current database is always there
    standby = await connection.fetchval("SELECT pg_is_in_recovery()")
    wal = await _or_none(connection, lambda: connection.fetchval(queries.WAL))
    behind = [] if standby else await _or_none(connection, lambda: connection.fetch(queries.REPLICATION)) or []
    return Upkeep(
        row["xid_age"], row["hits"], row["deadlocks"], standby, wal,
        tuple(Replication(each["name"], each["active"], max(0, each["behind"])) for each in behind),
    )  # fmt: skip


async def _or_none(connection: asyncpg.Connection, ask: Callable[[], Awaitable[Any]]) -> Any:
    """What only a monitoring role may see."""
    try:
        async with connection.transaction():
            return await ask()
    except asyncpg.PostgresError:
        return None


READERS: Final[Mapping[str, tuple[tuple[Part, ...], Read]]] = {
    "sessions": ((Part.LOCKS, Part.CONNECTIONS), _sessions),
    "connections": ((Part.CONNECTIONS,), _connections),
    "slow": ((Part.SLOW,), _slow),
    "sizes": ((Part.SIZES,), _sizes),
    "migrations": ((Part.MIGRATIONS,), migrations),
    "exposed": ((Part.RLS,), _exposed),
    "upkeep": ((Part.UPKEEP,), _upkeep),
}
