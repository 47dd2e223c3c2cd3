"""Alert rows: the members of incidents. At most one firing row per (source, dedup key), by a partial unique index."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg

from bot.alert import Alert
from bot.phrase import Phrase
from bot.store.database import Tx


async def take_turns(tx: Tx, keys: Sequence[str]) -> None:
    """One transaction at a time per key, in a fixed order so that two never wait for each other."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(lock) FROM"
        " (SELECT DISTINCT hashtextextended(key, 0) AS lock FROM unnest($1::text[]) AS key ORDER BY lock) AS ordered",
        list(keys),
    )


async def firing(tx: Tx, source: str, dedup_key: str) -> asyncpg.Record | None:
    """(id, incident, body) of the firing alert with this key."""
    return await tx.fetchrow(
        "SELECT id, incident, body FROM alert WHERE source = $1 AND dedup_key = $2 AND status = 'firing'",
        source,
        dedup_key,
    )


async def over_since(tx: Tx, source: str, dedup_key: str, body: int | None, at: datetime | None) -> bool:
    """Whether this alert was ended by this body or a later one, or after that time."""
    found: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM alert WHERE source = $1 AND dedup_key = $2 AND status = 'resolved'"
        " AND (body >= $3 OR resolved_at >= $4))",
        source, dedup_key, body, at,
    )  # fmt: skip
    return found


async def begun_since(tx: Tx, source: str, dedup_key: str, at: datetime) -> bool:
    found: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM alert WHERE source = $1 AND dedup_key = $2 AND status = 'firing'"
        " AND first_seen >= $3)", source, dedup_key, at,
    )  # fmt: skip
    return found


async def repeated(tx: Tx, alert: int, body: int | None) -> None:
    await tx.execute(
        "UPDATE alert SET count = count + 1, last_seen = app_now(), body = greatest($2, body) WHERE id = $1",
        alert,
        body,
    )


async def insert(
    tx: Tx, alert: Alert, incident: int | None, body: int | None, joined: Phrase | None = None
) -> int:  # fmt: skip
    """`incident` None: for the record only. `joined`: why it belongs there, when that needs saying."""
    row: int = await tx.fetchval(
        "INSERT INTO alert (incident, source, dedup_key, group_key, status, title, text, severity, labels, url, body,"
        " joined) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
        incident, alert.source, alert.dedup_key, alert.group_key, "firing" if incident else "recorded",
        alert.title[:500], alert.text[:10_000], alert.severity[:100], dict(alert.labels), alert.url[:2000], body,
        joined.to_json() if joined else None,
    )  # fmt: skip
    return row


async def resolve(tx: Tx, alert: int, body: int | None) -> None:
    await tx.execute(
        "UPDATE alert SET status = 'resolved', resolved_at = app_now(), last_seen = app_now(),"
        " body = coalesce($2, body) WHERE id = $1", alert, body,
    )  # fmt: skip


async def resolve_all(tx: Tx, incident: int) -> int:
    """A human closed the incident: its members may fire anew as a new one. How many were still firing."""
    done = await tx.execute(
        "UPDATE alert SET status = 'resolved', resolved_at = app_now() WHERE incident = $1 AND status = 'firing'",
        incident,
    )
    return int(done.split()[-1])


async def still_firing(tx: Tx, incident: int) -> int:
    count: int = await tx.fetchval("SELECT count(*) FROM alert WHERE incident = $1 AND status = 'firing'", incident)
    return count


async def incident_of_group(tx: Tx, source: str, group_key: str, environment: str, service: str) -> int | None:
    """The open incident that already holds a firing member of the sender's group, on the same target."""
    number: int | None = await tx.fetchval(
        "SELECT i.number FROM alert a JOIN incident i ON i.number = a.incident"
        " WHERE a.source = $1 AND a.group_key = $2 AND a.group_key <> '' AND a.status = 'firing'"
        " AND i.status <> 'resolved' AND i.environment = $3 AND i.service = $4 ORDER BY i.number LIMIT 1",
        source, group_key, environment, service,
    )  # fmt: skip
    return number


async def changes(tx: Tx, source: str, dedup_key: str, within: timedelta) -> int:
    """How often this key has begun or ended to fire lately."""
    count: int = await tx.fetchval(
        "SELECT coalesce(sum(1 + (first_seen > app_now() - $3::interval)::int), 0) + (SELECT count(*) FROM alert"
        "  WHERE source = $1 AND dedup_key = $2 AND status = 'firing' AND first_seen > app_now() - $3::interval)"
        " FROM alert WHERE source = $1 AND dedup_key = $2 AND status = 'resolved'"
        " AND resolved_at > app_now() - $3::interval",
        source, dedup_key, within,
    )  # fmt: skip
    return count


async def flapping_incident(tx: Tx, source: str, dedup_key: str) -> int | None:
    """The open incident that is held open because this key, among others, comes and goes."""
    number: int | None = await tx.fetchval(
        "SELECT i.number FROM alert a JOIN incident i ON i.number = a.incident WHERE a.source = $1"
        " AND a.dedup_key = $2 AND a.status = 'resolved' AND i.flapping_until > app_now() AND i.status <> 'resolved'"
        " ORDER BY a.id DESC LIMIT 1",
        source, dedup_key,
    )  # fmt: skip
    return number


async def of_incident(tx: Tx, incident: int, limit: int = 100) -> Sequence[asyncpg.Record]:
    return await tx.fetch("SELECT * FROM alert WHERE incident = $1 ORDER BY id LIMIT $2", incident, limit)
