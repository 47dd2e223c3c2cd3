"""How people want to be reached, where they chose for themselves; for all others the configuration says."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg

from bot.incident import Priority
from bot.message import Kind
from bot.person import Step
from bot.personal import Night, Rules
from bot.store.database import Tx

Chosen = Mapping[Priority, tuple[Step, ...]]


async def of(tx: Tx, person: str) -> Rules | None:
    row = await tx.fetchrow("SELECT * FROM personal_rule WHERE person = $1", person)
    return from_row(row) if row else None


async def everybody(tx: Tx) -> dict[str, Rules]:
    """By person, those who chose."""
    return {row["person"]: from_row(row) for row in await tx.fetch("SELECT * FROM personal_rule")}


async def put(tx: Tx, person: str, rules: Rules) -> None:
    await tx.execute(
        "INSERT INTO personal_rule (person, steps, night, night_start, night_end) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (person) DO UPDATE SET steps = excluded.steps, night = excluded.night,"
        " night_start = excluded.night_start, night_end = excluded.night_end, changed_at = app_now()",
        person, written(rules.day), written(rules.night), rules.hours.start, rules.hours.end,
    )  # fmt: skip


async def forget(tx: Tx, person: str) -> None:
    await tx.execute("DELETE FROM personal_rule WHERE person = $1", person)


def from_row(row: asyncpg.Record) -> Rules:
    day = read(row["steps"])
    return Rules(
        {priority: day.get(priority, ()) for priority in Priority},
        read(row["night"]),
        Night(row["night_start"], row["night_end"]),
    )


def written(chosen: Chosen) -> dict[str, list[list[object]]]:
    return {
        priority.value: [[step.kind.value, round(step.after.total_seconds())] for step in steps]
        for priority, steps in chosen.items()
    }


def read(stored: Mapping[str, Any]) -> dict[Priority, tuple[Step, ...]]:
    return {
        priority: tuple(Step(Kind(kind), timedelta(seconds=after)) for kind, after in stored[priority.value])
        for priority in Priority
        if priority.value in stored
    }
