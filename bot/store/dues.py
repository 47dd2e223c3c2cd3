"""What becomes due for an incident besides its levels (`incident_due`). Swept each second; a crash means "later"."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from bot.sla import Due, Point
from bot.store.database import Tx


async def plan(tx: Tx, incident: int, round: int, points: Sequence[Point], *, ahead_only: bool = False) -> None:
    """One pending row of each kind at most: planned again, it moves. `ahead_only`: leave out what is past."""
    await tx.execute(
        "INSERT INTO incident_due (incident, round, kind, due_at)"
        " SELECT $1, $2, kind, at FROM unnest($3::text[], $4::timestamptz[]) AS p (kind, at)"
        "  WHERE NOT $5 OR at > app_now()"
        " ON CONFLICT (incident, kind) WHERE state = 'pending'"
        " DO UPDATE SET due_at = excluded.due_at, round = excluded.round",
        incident, round, [each.due.value for each in points], [each.at for each in points], ahead_only,
    )  # fmt: skip


async def stop(tx: Tx, incident: int, kinds: Sequence[Due]) -> None:
    await tx.execute(
        "UPDATE incident_due SET state = 'stopped' WHERE incident = $1 AND state = 'pending'"
        " AND kind = ANY($2::text[])",
        incident, [kind.value for kind in kinds],
    )  # fmt: skip


async def overdue(tx: Tx, limit: int = 200) -> Sequence[asyncpg.Record]:
    """(id, incident) of what is due, the earliest first."""
    return await tx.fetch(
        "SELECT id, incident FROM incident_due WHERE state = 'pending' AND due_at <= app_now()"
        " ORDER BY due_at, id LIMIT $1",
        limit,
    )


async def fire(tx: Tx, row: int) -> asyncpg.Record | None:
    """Take it; None when it was taken, stopped or put off meanwhile. The caller holds the incident's lock."""
    return await tx.fetchrow(
        "UPDATE incident_due SET state = 'fired', fired_at = app_now()"
        " WHERE id = $1 AND state = 'pending' AND due_at <= app_now() RETURNING *",
        row,
    )


async def has_fired(tx: Tx, incident: int, kind: Due, round: int | None = None) -> bool:
    """In this round, or ever."""
    fired: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM incident_due WHERE incident = $1 AND kind = $2 AND state = 'fired'"
        " AND ($3::int IS NULL OR round = $3))",
        incident, kind.value, round,
    )  # fmt: skip
    return fired


async def last_fired(tx: Tx, incident: int, kind: Due, round: int) -> datetime | None:
    fired: datetime | None = await tx.fetchval(
        "SELECT max(fired_at) FROM incident_due WHERE incident = $1 AND kind = $2 AND round = $3 AND state = 'fired'",
        incident, kind.value, round,
    )  # fmt: skip
    return fired


async def when(tx: Tx, incident: int, kind: Due) -> datetime | None:
    """When it is due; None: it is not planned."""
    due: datetime | None = await tx.fetchval(
        "SELECT due_at FROM incident_due WHERE incident = $1 AND kind = $2 AND state = 'pending'", incident, kind.value
    )
    return due


async def of_incident(tx: Tx, incident: int, round: int) -> Sequence[asyncpg.Record]:
    """(kind, due_at, state, fired_at) of what still holds: pending or fired, acknowledgements of this round only."""
    return await tx.fetch(
        "SELECT kind, due_at, state, fired_at FROM incident_due WHERE incident = $1 AND state <> 'stopped'"
        " AND (round = $2 OR kind LIKE 'clock%') ORDER BY due_at",
        incident, round,
    )  # fmt: skip
