"""Rows for the drop-in doors: changes, what became of requests, and alerts as other tools' clients ask for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from bot.store.database import Tx

KNOWN = (
    "SELECT a.*, i.status AS incident_status, i.acknowledged_by FROM alert a"
    " LEFT JOIN incident i ON i.number = a.incident"
)


async def insert_change(
    tx: Tx, *, source: str, summary: str, origin: str, environment: str, service: str, details: Mapping[str, str],
    url: str, changed_at: datetime | None,
) -> int:  # fmt: skip
    row: int = await tx.fetchval(
        "INSERT INTO change_event (source, summary, origin, environment, service, details, url, changed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, app_now())) RETURNING id",
        source, summary[:1024], origin[:300], environment, service, dict(details), url[:2000], changed_at,
    )  # fmt: skip
    return row


async def knows_change(tx: Tx, source: str, summary: str, changed_at: datetime) -> bool:
    """Told before, by a delivery that was repeated; the same thing at another moment is another change."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM change_event WHERE source = $1 AND summary = $2 AND changed_at = $3)",
            source, summary[:1024], changed_at,
        )
    )  # fmt: skip


async def changes(
    tx: Tx, environment: str, service: str, since: datetime, limit: int = 20
) -> Sequence[asyncpg.Record]:  # fmt: skip
    """Of this service, or of none in particular; newest first."""
    return await tx.fetch(
        "SELECT * FROM change_event WHERE environment IN ($1, '') AND service IN ($2, '') AND changed_at >= $3"
        " ORDER BY changed_at DESC LIMIT $4", environment, service, since, limit,
    )  # fmt: skip


async def remember(
    tx: Tx, *, id: UUID, source: str, action: str, alias: str, alert: int | None, success: bool, status: str
) -> None:
    await tx.execute(
        "INSERT INTO door_request (id, source, action, alias, alert, success, status)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        id, source, action, alias[:512], alert, success, status,
    )  # fmt: skip


async def request(tx: Tx, source: str, id: UUID) -> asyncpg.Record | None:
    return await tx.fetchrow("SELECT * FROM door_request WHERE source = $1 AND id = $2", source, id)


async def alert_by_row(tx: Tx, source: str, id: int) -> asyncpg.Record | None:
    return await tx.fetchrow(f"{KNOWN} WHERE a.source = $1 AND a.id = $2", source, id)


async def alert_by_key(tx: Tx, source: str, dedup_key: str) -> asyncpg.Record | None:
    """The one that is open, else the last one that a request was about: both have an index, all alerts have none."""
    row = await tx.fetchrow(
        f"{KNOWN} WHERE a.source = $1 AND a.dedup_key = $2 AND a.status = 'firing'", source, dedup_key
    )
    return row or await tx.fetchrow(
        f"{KNOWN} WHERE a.source = $1 AND a.id = (SELECT alert FROM door_request WHERE source = $1 AND alias = $2"
        " AND alert IS NOT NULL ORDER BY at DESC LIMIT 1)", source, dedup_key,
    )  # fmt: skip


async def alerts_of(
    tx: Tx, source: str, *, open: bool | None, limit: int, offset: int
) -> Sequence[asyncpg.Record]:  # fmt: skip
    """Newest first; `open` None: whether open or not."""
    return await tx.fetch(
        f"{KNOWN} WHERE a.source = $1 AND ($2::boolean IS NULL OR (a.status = 'firing') = $2)"
        " ORDER BY a.id DESC LIMIT $3 OFFSET $4", source, open, limit, offset,
    )  # fmt: skip


async def count_of(tx: Tx, source: str, *, open: bool | None) -> int:
    count: int = await tx.fetchval(
        "SELECT count(*) FROM alert WHERE source = $1 AND ($2::boolean IS NULL OR (status = 'firing') = $2)",
        source, open,
    )  # fmt: skip
    return count


async def rewrite(tx: Tx, alert: int, *, title: str | None, text: str | None) -> None:
    """What an alert says has changed; None: it stays."""
    await tx.execute(
        "UPDATE alert SET title = coalesce($2, title), text = coalesce($3, text), last_seen = app_now() WHERE id = $1",
        alert, title, text,
    )  # fmt: skip


async def prune(tx: Tx) -> None:
    """Nobody asks for a request of last month; changes are kept for 90 days, as PagerDuty does."""
    await tx.execute("DELETE FROM door_request WHERE at < app_now() - interval '14 days'")
    await tx.execute("DELETE FROM change_event WHERE changed_at < app_now() - interval '90 days'")
