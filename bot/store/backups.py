"""Rows of backups: claimed by one worker at a time, for as long as it gives signs of life."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from bot.backup import Backup, BackupState, Kind
from bot.store.database import Tx

LEASE: Final = timedelta(seconds=30)
NO_DUMPS: Final = [kind.value for kind in Kind if not kind.dumps]


def from_row(row: asyncpg.Record) -> Backup:
    return Backup(
        row["id"], row["name"], row["slot"], Kind(row["kind"]), BackupState(row["state"]), row["starts"],
        row["asked_by"], row["created_at"], row["finished_at"], row["object"], row["bytes"], row["sha256"], row["why"],
        row["facts"], row["source"],
    )  # fmt: skip


async def add(tx: Tx, name: str, slot: str, kind: Kind, asked_by: str, source: int | None = None) -> bool:
    """Queued; False: this slot has its row already."""
    done = await tx.execute(
        "INSERT INTO backup (name, slot, kind, asked_by, source) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        name, slot, kind.value, asked_by, source,
    )  # fmt: skip
    return done == "INSERT 0 1"


async def alone(tx: Tx, name: str) -> None:
    """Until the end of the transaction nobody else asks for a backup of this name."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('backup:' || $1, 0))", name)


async def under_way(tx: Tx, name: str) -> Backup | None:
    row = await tx.fetchrow(
        "SELECT * FROM backup WHERE name = $1 AND state IN ('queued', 'running') ORDER BY id LIMIT 1", name
    )
    return from_row(row) if row else None


async def claim(tx: Tx, names: list[str], owner: str) -> Backup | None:
    """The next one that nobody does, or whose worker died, now ours; one of each name at a time."""
    # Workers ask in turn: two at once would each see that none of this name is under way, and take one of two.
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('backup claimed', 0))")
    row = await tx.fetchrow(
        "UPDATE backup SET state = 'running', starts = starts + 1, owner = $2, lease_until = now() + $3 WHERE id = ("
        " SELECT id FROM backup b WHERE name = ANY($1::text[])"
        "  AND (state = 'queued' OR state = 'running' AND lease_until < now())"
        "  AND NOT EXISTS"
        "   (SELECT FROM backup o WHERE o.name = b.name AND o.state = 'running' AND o.lease_until >= now())"
        "  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *",
        names, owner, LEASE,
    )  # fmt: skip
    return from_row(row) if row else None


async def hold(tx: Tx, id: int, owner: str) -> bool:
    """A sign of life; False: it was taken from us."""
    done = await tx.execute(
        "UPDATE backup SET lease_until = now() + $3 WHERE id = $1 AND owner = $2 AND state = 'running'",
        id, owner, LEASE,
    )  # fmt: skip
    return done == "UPDATE 1"


async def let_go(tx: Tx, id: int, owner: str) -> None:
    """Stopped in the middle: begun again by whoever comes first, and not counted as a start."""
    await tx.execute(
        "UPDATE backup SET state = 'queued', starts = starts - 1 WHERE id = $1 AND owner = $2 AND state = 'running'",
        id, owner,
    )  # fmt: skip


async def succeeded(
    tx: Tx, id: int, owner: str, object: str, bytes: int, sha256: str, facts: Mapping[str, str]
) -> bool:
    """False: it was taken from us."""
    done = await tx.execute(
        "UPDATE backup SET state = 'succeeded', finished_at = app_now(), object = $3, bytes = $4, sha256 = $5,"
        " facts = $6"
        " WHERE id = $1 AND owner = $2 AND state = 'running'",
        id, owner, object, bytes, sha256, dict(facts),
    )  # fmt: skip
    return done == "UPDATE 1"


async def failed(tx: Tx, id: int, owner: str, why: str) -> bool:
    """False: it was taken from us."""
    done = await tx.execute(
        "UPDATE backup SET state = 'failed', finished_at = app_now(), why = $3"
        " WHERE id = $1 AND owner = $2 AND state = 'running'",
        id, owner, why,
    )  # fmt: skip
    return done == "UPDATE 1"


async def latest(tx: Tx, names: list[str], limit: int) -> list[Backup]:
    """Newest first, without those that were deleted."""
    rows = await tx.fetch(
        "SELECT * FROM backup WHERE name = ANY($1::text[]) AND deleted_at IS NULL ORDER BY id DESC LIMIT $2",
        names, limit,
    )  # fmt: skip
    return [from_row(row) for row in rows]


async def asked_since(tx: Tx, name: str, moment: datetime) -> Backup | None:
    """The first that a person asked for at or after `moment`."""
    row = await tx.fetchrow(
        "SELECT * FROM backup WHERE name = $1 AND kind = 'manual' AND created_at >= $2 ORDER BY id LIMIT 1",
        name, moment,
    )  # fmt: skip
    return from_row(row) if row else None


async def last_good(tx: Tx, name: str) -> Backup | None:
    row = await tx.fetchrow(
        "SELECT * FROM backup WHERE name = $1 AND state = 'succeeded' AND kind <> ALL($2) AND deleted_at IS NULL"
        " ORDER BY id DESC LIMIT 1",
        name,
        NO_DUMPS,
    )
    return from_row(row) if row else None


async def good(tx: Tx, id: int) -> Backup | None:
    """A dump that succeeded and still stands in its bucket."""
    row = await tx.fetchrow("SELECT * FROM backup WHERE id = $1 AND state = 'succeeded' AND deleted_at IS NULL", id)
    return from_row(row) if row else None


async def good_before(
    tx: Tx, name: str, before: datetime | None, said: str = "", zone: str = "Europe/Paris"
) -> Backup | None:
    """The last dump that was whole by then; `said`: of those of that day in `zone` (ISO), or of that object."""
    row = await tx.fetchrow(
        "SELECT * FROM backup WHERE name = $1 AND state = 'succeeded' AND kind <> ALL($2) AND deleted_at IS NULL"
        " AND ($3::timestamptz IS NULL OR finished_at < $3)"
        " AND ($4 IN ('', object) OR (finished_at AT TIME ZONE $5)::date::text = $4)"
        " ORDER BY id DESC LIMIT 1",
        name, NO_DUMPS, before, said, zone,
    )  # fmt: skip
    return from_row(row) if row else None


async def of_slot(tx: Tx, name: str, slot: str) -> Backup | None:
    row = await tx.fetchrow("SELECT * FROM backup WHERE name = $1 AND slot = $2", name, slot)
    return from_row(row) if row else None


async def last_restored(tx: Tx, name: str, slots: str) -> Backup | None:
    """The last restore that succeeded, of those whose slot begins with `slots`."""
    row = await tx.fetchrow(
        "SELECT * FROM backup WHERE name = $1 AND kind = 'restore' AND state = 'succeeded' AND starts_with(slot, $2)"
        " ORDER BY id DESC LIMIT 1",
        name, slots,
    )  # fmt: skip
    return from_row(row) if row else None


async def outlived(tx: Tx, name: str, keep: timedelta) -> list[Backup]:
    """Kept long enough: never an archive, and never the last good one."""
    rows = await tx.fetch(
        "SELECT * FROM backup WHERE name = $1 AND state = 'succeeded' AND deleted_at IS NULL"
        " AND kind <> 'monthly' AND kind <> ALL($3)"
        " AND finished_at < app_now() - $2::interval"
        " AND id < (SELECT max(id) FROM backup"
        "  WHERE name = $1 AND state = 'succeeded' AND kind <> ALL($3) AND deleted_at IS NULL)",
        name, keep, NO_DUMPS,
    )  # fmt: skip
    return [from_row(row) for row in rows]


async def deleted(tx: Tx, id: int) -> None:
    await tx.execute("UPDATE backup SET deleted_at = app_now() WHERE id = $1", id)
