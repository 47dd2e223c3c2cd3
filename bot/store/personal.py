"""How people want to be reached, where they chose for themselves; for all others the configuration says."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.incident import Priority
from bot.message import Kind
from bot.person import Step, Steps
from bot.store.database import Tx


async def of(tx: Tx, person: str) -> Steps | None:
    stored = await tx.fetchval("SELECT steps FROM personal_rule WHERE person = $1", person)
    return read(stored) if stored else None


async def everybody(tx: Tx) -> dict[str, Steps]:
    """By person, those who chose."""
    return {row["person"]: read(row["steps"]) for row in await tx.fetch("SELECT person, steps FROM personal_rule")}


async def put(tx: Tx, person: str, steps: Steps) -> None:
    await tx.execute(
        "INSERT INTO personal_rule (person, steps) VALUES ($1, $2)"
        " ON CONFLICT (person) DO UPDATE SET steps = excluded.steps, changed_at = app_now()",
        person, written(steps),
    )  # fmt: skip


async def forget(tx: Tx, person: str) -> None:
    await tx.execute("DELETE FROM personal_rule WHERE person = $1", person)


def written(steps: Steps) -> dict[str, list[list[object]]]:
    return {
        priority.value: [[step.kind.value, round(step.after.total_seconds())] for step in chosen]
        for priority, chosen in steps.items()
    }


def read(stored: Mapping[str, Any]) -> Steps:
    return {
        priority: tuple(Step(Kind(kind), timedelta(seconds=after)) for kind, after in stored.get(priority.value, ()))
        for priority in Priority
    }
