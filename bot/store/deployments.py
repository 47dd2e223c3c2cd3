"""What ran where and when, as `bot.deployment` tells it: one row per stretch of one image. Never the variables."""

from dataclasses import astuple, dataclass
from typing import Final

import asyncpg

from bot.deployment import Deployment
from bot.store.database import Tx

HISTORY: Final = 200  # stretches looked at for "the previous good version"


@dataclass(frozen=True, slots=True)
class Latest:
    """The stretch that was seen last, and its row."""

    id: int
    deployment: Deployment


def from_row(row: asyncpg.Record) -> Deployment:
    return Deployment(
        environment=row["environment"], service=row["service"], image_id=row["image_id"], reference=row["reference"],
        digests=tuple(row["digests"]), version=row["version"], container_id=row["container_id"],
        first_seen=row["first_seen"], last_seen=row["last_seen"], healthy_since=row["healthy_since"],
        healthy_until=row["healthy_until"], source=row["source"], actor=row["actor"],
    )  # fmt: skip


async def latest(tx: Tx, environment: str, service: str) -> Latest | None:
    """Held until the transaction ends, so that two observers do not both begin a stretch."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('deployment:' || $1 || '/' || $2, 0))", environment, service
    )
    row = await tx.fetchrow(
        "SELECT * FROM deployment WHERE environment = $1 AND service = $2 ORDER BY last_seen DESC, id DESC LIMIT 1",
        environment, service,
    )  # fmt: skip
    return Latest(row["id"], from_row(row)) if row else None


async def history(tx: Tx, environment: str, service: str) -> list[Deployment]:
    """Latest first."""
    rows = await tx.fetch(
        "SELECT * FROM deployment WHERE environment = $1 AND service = $2 ORDER BY last_seen DESC, id DESC LIMIT $3",
        environment, service, HISTORY,
    )  # fmt: skip
    return [from_row(row) for row in rows]


async def begin(tx: Tx, new: Deployment, engine_id: str) -> None:
    """A new stretch."""
    values = astuple(new)
    await tx.execute(
        "INSERT INTO deployment (environment, service, image_id, reference, digests, version, container_id,"
        " first_seen, last_seen, healthy_since, healthy_until, source, actor, engine_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        *values, engine_id,
    )  # fmt: skip


async def grow(tx: Tx, row: int, grown: Deployment) -> None:
    """The same stretch, seen again."""
    await tx.execute(
        "UPDATE deployment SET container_id = $2, last_seen = $3, digests = $4, healthy_since = $5, healthy_until = $6,"
        " source = $7, actor = $8 WHERE id = $1",
        row, grown.container_id, grown.last_seen, grown.digests, grown.healthy_since, grown.healthy_until, grown.source,
        grown.actor,
    )  # fmt: skip
