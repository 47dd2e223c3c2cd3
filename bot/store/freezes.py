"""Freezes: one per environment at a time, and over by itself at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from bot.deployment import Freeze
from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class Told:
    """An occurrence of a window of the configuration, whose beginning was told."""

    key: str
    since: datetime
    until: datetime
    environments: Sequence[str]
    why: str = ""


def from_row(row: asyncpg.Record) -> Freeze:
    return Freeze(row["environment"], row["by"], row["since"], row["until"], row["reason"])


async def active(tx: Tx, environment: str) -> Freeze | None:
    row = await tx.fetchrow(
        "SELECT * FROM deploy_freeze WHERE environment = $1 AND ended_at IS NULL AND until > app_now()", environment
    )
    return from_row(row) if row else None


async def lifted(tx: Tx, environment: str, window: str, until: datetime) -> bool:
    """Somebody ended this occurrence of a planned one before its time."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM deploy_freeze WHERE environment = $1 AND by = $2 AND until = $3"
            " AND ended_at IS NOT NULL)",
            environment, window, until,
        )
    )  # fmt: skip


async def lift(tx: Tx, planned: Freeze, by: str) -> None:
    """This occurrence of a planned one is over."""
    await tx.execute(
        "INSERT INTO deploy_freeze (environment, by, since, until, reason, ended_by, ended_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, app_now())",
        planned.environment, planned.by, planned.since, planned.until, planned.reason, by,
    )  # fmt: skip


async def begin(tx: Tx, environment: str, by: str, until: datetime, reason: str) -> Freeze:
    """In the place of the one there is."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('freeze:' || $1, 0))", environment)
    await end(tx, environment, by)
    row = await tx.fetchrow(
        "INSERT INTO deploy_freeze (environment, by, until, reason) VALUES ($1, $2, $3, $4) RETURNING *",
        environment, by, until, reason,
    )  # fmt: skip
    assert row is not None  # INSERT … RETURNING always returns
    return from_row(row)


async def end(tx: Tx, environment: str, by: str) -> Freeze | None:
    """The one that was ended before its time; None: there was none."""
    row = await tx.fetchrow(
        "UPDATE deploy_freeze SET ended_at = app_now(), ended_by = $2 WHERE environment = $1 AND ended_at IS NULL"
        " RETURNING *, until > app_now() AS in_force",
        environment, by,
    )  # fmt: skip
    return from_row(row) if row and row["in_force"] else None


async def run_out(tx: Tx) -> list[Freeze]:
    """Those that somebody began and whose time is over, each once."""
    rows = await tx.fetch(
        "UPDATE deploy_freeze SET ended_at = app_now(), ended_by = 'desk' WHERE ended_at IS NULL AND until <= app_now()"
        " RETURNING *"
    )
    return [from_row(row) for row in rows]


async def begun(tx: Tx, told: Told) -> bool:
    """False: it was told already, here or by another replica."""
    done = await tx.execute(
        "INSERT INTO freeze_told (key, since, until, environments, why) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING",
        told.key, told.since, told.until, list(told.environments), told.why,
    )  # fmt: skip
    return done == "INSERT 0 1"


async def going(tx: Tx) -> list[Told]:
    """Those whose end is still to be told."""
    rows = await tx.fetch("SELECT * FROM freeze_told WHERE over_at IS NULL ORDER BY since, key")
    return [Told(row["key"], row["since"], row["until"], tuple(row["environments"]), row["why"]) for row in rows]


async def is_over(tx: Tx, told: Told) -> bool:
    """False: another replica was first."""
    done = await tx.execute(
        "UPDATE freeze_told SET over_at = app_now() WHERE key = $1 AND since = $2 AND over_at IS NULL",
        told.key, told.since,
    )  # fmt: skip
    return done == "UPDATE 1"
