"""The services' databases: does each let us in, and as a role that may only look? And Supabase, to its logs?"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from bot.check.finding import Finding, ok, problem, warning
from bot.databases.reading import examine
from bot.databases.supabase import rows_of
from bot.errors import UserError
from bot.postgres import DatabaseEntry
from bot.postgres.hosted import Stream, SupabaseEntry

ROLE = "GRANT pg_monitor, and SELECT on the table of migrations, to a role of its own: see `databases` in the example"


async def all_databases(entries: Iterable[DatabaseEntry]) -> list[Finding]:
    """None for what is not configured."""
    return list(await asyncio.gather(*(one(each) for each in entries)))


async def one(entry: DatabaseEntry) -> Finding:
    what = f"database {entry.name}"
    found = await examine(entry, ())
    if found.unreachable is not None:
        return problem(what, str(found.unreachable), "correct `database`; check the host, the port and the firewall")
    says = f"{entry.environment} {entry.service}, PostgreSQL {found.version}"
    if not found.sees_all:
        return warning(what, f"{says}; its role sees only its own queries", ROLE)
    if found.may_write:
        return warning(what, f"{says}; its role may also write", ROLE)
    return ok(what, says)


async def all_projects(entries: Iterable[SupabaseEntry]) -> list[Finding]:
    """None for what is not configured."""
    return list(await asyncio.gather(*(project(each) for each in entries)))


async def project(entry: SupabaseEntry) -> Finding:
    """One line of its database's log is enough."""
    what = f"Supabase project {entry.name}"
    try:
        await rows_of(entry, Stream.DATABASE, timedelta(minutes=1), "", 1)
    except UserError as refused:
        return problem(what, str(refused.phrase), "see `supabase` in the example: reference and token")
    return ok(what, f"{entry.environment} {entry.service}, its logs may be read")
