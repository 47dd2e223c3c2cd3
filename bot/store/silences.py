"""Silences, the windows that make them, and the alerts that they keep quiet."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import asyncpg

from bot.alert import Alert, AlertStatus
from bot.maintenance import Matcher, Silence, Window
from bot.store.database import Tx

COUNTED = (
    "SELECT s.*, count(k.alert) AS came, count(k.alert) FILTER (WHERE a.status = 'firing' AND a.incident IS NULL)"
    " AS firing FROM silence s LEFT JOIN silenced_alert k ON k.silence = s.id LEFT JOIN alert a ON a.id = k.alert"
)


def from_row(row: asyncpg.Record) -> Silence:
    return Silence(
        id=row["id"], matcher=Matcher.from_json(row["matcher"]), starts_at=row["starts_at"], ends_at=row["ends_at"],
        reason=row["reason"], by=row["created_by"], origin=row["origin"],
        maintenance=row["maintenance"], came=row.get("came", 0),
        firing=row.get("firing", 0),
    )  # fmt: skip


async def insert(
    tx: Tx, matcher: Matcher, starts_at: datetime, ends_at: datetime, reason: str, by: str, *, maintenance: bool = False
) -> Silence:
    row = await tx.fetchrow(
        "INSERT INTO silence (matcher, starts_at, ends_at, reason, created_by, maintenance)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING *",
        matcher.to_json(), starts_at, ends_at, reason, by, maintenance,
    )  # fmt: skip
    assert row is not None  # INSERT … RETURNING always returns
    return from_row(row)


async def plan(tx: Tx, window: Window, starts_at: datetime, ends_at: datetime) -> Silence | None:
    """The window's occurrence as a silence; None when it is there already, be it over."""
    row = await tx.fetchrow(
        # asked first: a conflict alone would spend a number each second
        "INSERT INTO silence (matcher, starts_at, ends_at, reason, origin, created_by, maintenance)"
        " SELECT $1::jsonb, $2::timestamptz, $3::timestamptz, $4::text, $5::text, $6::text, true"
        " WHERE NOT EXISTS (SELECT FROM silence WHERE origin = $5::text AND starts_at = $2::timestamptz)"
        " ON CONFLICT (origin, starts_at) WHERE origin <> '' DO NOTHING RETURNING *",
        window.matcher.to_json(), starts_at, ends_at, window.reason, window.key, window.by,
    )  # fmt: skip
    return from_row(row) if row else None


async def unplan(tx: Tx, kept: Sequence[str]) -> None:
    """Occurrences that have not begun go when their window was taken out or changed; `kept` are 'key|starts|ends'."""
    await tx.execute(
        "DELETE FROM silence WHERE origin <> '' AND NOT begun AND closed_at IS NULL AND starts_at > app_now()"
        " AND origin || '|' || extract(epoch FROM starts_at)::bigint || '|' || extract(epoch FROM ends_at)::bigint"
        "  <> ALL($1::text[])",
        list(kept),
    )


async def in_force(tx: Tx, now: datetime) -> list[Silence]:
    rows = await tx.fetch(
        "SELECT * FROM silence WHERE closed_at IS NULL AND starts_at <= $1 AND ends_at > $1 ORDER BY id", now
    )
    return [from_row(row) for row in rows]


async def hold(tx: Tx, silence: int) -> bool:
    """It stays open until this transaction ends; False: it was closed in the meantime. Waits for a closing only."""
    held = await tx.fetchval("SELECT id FROM silence WHERE id = $1 AND closed_at IS NULL FOR KEY SHARE", silence)
    return held is not None


async def keep(tx: Tx, silence: int, alert: Alert, priority: str, body: int | None) -> None:
    """A firing alert without an incident: repeats are counted on it and a recovery ends it, as with any other."""
    row = await tx.fetchval(
        "INSERT INTO alert (source, dedup_key, group_key, status, title, text, severity, labels, url, body)"
        " VALUES ($1, $2, $3, 'firing', $4, $5, $6, $7, $8, $9) RETURNING id",
        alert.source, alert.dedup_key, alert.group_key, alert.title[:500], alert.text[:10_000], alert.severity[:100],
        dict(alert.labels), alert.url[:2000], body,
    )  # fmt: skip
    await tx.execute(
        "INSERT INTO silenced_alert (alert, silence, environment, service, priority) VALUES ($1, $2, $3, $4, $5)",
        row, silence, alert.environment, alert.service, priority,
    )  # fmt: skip


async def first_critical(tx: Tx) -> list[tuple[Silence, str, str]]:
    """The first P1 that each silence keeps quiet (its title and service), once for each silence."""
    rows = await tx.fetch(
        "WITH first AS (SELECT DISTINCT ON (k.silence) k.silence, a.title, k.service FROM silenced_alert k"
        "  JOIN silence o ON o.id = k.silence AND o.closed_at IS NULL AND NOT o.critical_told"
        "  JOIN alert a ON a.id = k.alert WHERE k.priority = 'P1' ORDER BY k.silence, a.id)"
        " UPDATE silence s SET critical_told = true FROM first f WHERE s.id = f.silence AND NOT s.critical_told"
        " RETURNING s.*, f.title, f.service AS of_service"
    )
    return [(from_row(row), row["title"], row["of_service"]) for row in rows]


async def beginning(tx: Tx) -> list[Silence]:
    """Those whose time has come, once."""
    rows = await tx.fetch(
        "UPDATE silence SET begun = true WHERE closed_at IS NULL AND NOT begun AND starts_at <= app_now() RETURNING *"
    )
    return [from_row(row) for row in rows]


async def close_one(tx: Tx) -> bool:
    """One that is due keeps nothing quiet from now on. Waits for intakes that are about to keep something: so it is a
    transaction of its own, which holds nothing else.
    """
    due = await tx.fetchval(
        "SELECT id FROM silence WHERE closed_at IS NULL AND ends_at <= app_now() ORDER BY id LIMIT 1 FOR UPDATE"
    )
    await tx.execute("UPDATE silence SET closed_at = app_now() WHERE id = $1 AND closed_at IS NULL", due)
    return due is not None


async def end(tx: Tx, silence: int, by: str) -> Silence | None:
    """Before its time; None: there is no such silence, or it is over. Waits as `close_one` does."""
    await tx.execute("SELECT FROM silence WHERE id = $1 AND closed_at IS NULL FOR UPDATE", silence)
    row = await tx.fetchrow(
        "UPDATE silence SET closed_at = app_now(), ended_by = $2,"
        " ends_at = CASE WHEN starts_at < app_now() THEN app_now() ELSE ends_at END"
        " WHERE id = $1 AND closed_at IS NULL RETURNING *",
        silence, by,
    )  # fmt: skip
    return from_row(row) if row else None


async def to_settle(tx: Tx) -> Silence | None:
    """A closed silence whose remains nobody has looked at, held until the transaction ends."""
    row = await tx.fetchrow(
        "SELECT * FROM silence WHERE settled_at IS NULL AND closed_at IS NOT NULL ORDER BY id LIMIT 1"
        " FOR UPDATE SKIP LOCKED"
    )
    return from_row(row) if row else None


async def ended_by(tx: Tx, silence: int) -> str | None:
    who: str | None = await tx.fetchval("SELECT ended_by FROM silence WHERE id = $1", silence)
    return who


async def begun(tx: Tx, silence: int) -> bool:
    return bool(await tx.fetchval("SELECT begun FROM silence WHERE id = $1", silence))


async def settled(tx: Tx, silence: int) -> None:
    await tx.execute("UPDATE silence SET settled_at = app_now() WHERE id = $1", silence)


async def still_firing(tx: Tx, silence: int) -> list[tuple[int, Alert]]:
    """(row, alert) of what it kept quiet, still fires and has no incident."""
    rows = await tx.fetch(
        "SELECT a.*, k.environment, k.service FROM silenced_alert k JOIN alert a ON a.id = k.alert"
        " WHERE k.silence = $1 AND a.status = 'firing' AND a.incident IS NULL ORDER BY a.id", silence,
    )  # fmt: skip
    return [(row["id"], alert_of(row)) for row in rows]


def alert_of(row: asyncpg.Record) -> Alert:
    return Alert(
        source=row["source"], dedup_key=row["dedup_key"], status=AlertStatus.FIRING, title=row["title"],
        text=row["text"], group_key=row["group_key"], environment=row["environment"], service=row["service"],
        severity=row["severity"], labels=row["labels"], url=row["url"], starts_at=row["first_seen"],
    )  # fmt: skip


async def pass_on(tx: Tx, alert: int, silence: int) -> None:
    """Another silence still holds."""
    await tx.execute("UPDATE silenced_alert SET silence = $2 WHERE alert = $1", alert, silence)


async def joins(tx: Tx, alert: int, incident: int) -> None:
    await tx.execute("UPDATE alert SET incident = $2 WHERE id = $1", alert, incident)


async def incident_for(tx: Tx, environment: str, service: str) -> int | None:
    """The newest open incident of the same target that monitoring opened."""
    number: int | None = await tx.fetchval(
        "SELECT number FROM incident WHERE status <> 'resolved' AND environment = $1 AND service = $2"
        " AND opened_by LIKE 'source:%' ORDER BY number DESC LIMIT 1", environment, service,
    )  # fmt: skip
    return number


async def counted(tx: Tx, silence: int) -> Silence | None:
    row = await tx.fetchrow(f"{COUNTED} WHERE s.id = $1 GROUP BY s.id", silence)
    return from_row(row) if row else None


async def open_ones(tx: Tx) -> list[Silence]:
    """In force or planned, soonest first."""
    rows = await tx.fetch(f"{COUNTED} WHERE s.closed_at IS NULL GROUP BY s.id ORDER BY s.starts_at, s.id LIMIT 50")
    return [from_row(row) for row in rows]


# Windows planned in Slack -----------------------------------------------------------------------------------------


def window_of(row: asyncpg.Record) -> Window:
    return Window(
        key=f"slack:{row['id']}", name=str(row["id"]), matcher=Matcher.from_json(row["matcher"]),
        days=frozenset(row["days"]), starts=row["starts"], ends=row["ends"], zone=ZoneInfo(row["zone"]),
        reason=row["reason"], by=row["created_by"],
    )  # fmt: skip


async def insert_window(tx: Tx, window: Window) -> Window:
    row = await tx.fetchrow(
        "INSERT INTO maintenance_window (matcher, days, starts, ends, zone, reason, created_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *",
        window.matcher.to_json(), sorted(window.days), window.starts, window.ends, window.zone.key, window.reason,
        window.by,
    )  # fmt: skip
    assert row is not None  # INSERT … RETURNING always returns
    return window_of(row)


async def windows(tx: Tx) -> list[Window]:
    rows = await tx.fetch("SELECT * FROM maintenance_window WHERE ended_at IS NULL ORDER BY id")
    return [window_of(row) for row in rows]


async def end_window(tx: Tx, window: int, by: str) -> Window | None:
    row = await tx.fetchrow(
        "UPDATE maintenance_window SET ended_at = app_now(), ended_by = $2 WHERE id = $1 AND ended_at IS NULL"
        " RETURNING *",
        window, by,
    )  # fmt: skip
    return window_of(row) if row else None
