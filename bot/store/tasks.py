"""What is left to do after incidents. `chase_at`: when the owner is reminded; none without owner, or once done."""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg

from bot.store.database import Tx
from bot.task import NewTask

SHOWN = "id, incident, title, done_by, owner, due_on"
OF_TASK = ", ".join(f"t.{name}" for name in SHOWN.split(", "))


async def add(tx: Tx, incident: int, by: str, task: NewTask, chase_at: datetime | None) -> int | None:
    """Its number; None: it is there already, and not done."""
    number: int | None = await tx.fetchval(
        "INSERT INTO task (incident, by, title, owner, due_on, chase_at) SELECT $1, $2, $3, $4, $5, $6"
        " WHERE NOT EXISTS (SELECT FROM task WHERE incident = $1 AND title = $3 AND done_at IS NULL) RETURNING id",
        incident, by, task.title, task.owner, task.due_on, chase_at,
    )  # fmt: skip
    return number


async def of_incident(tx: Tx, incident: int) -> Sequence[asyncpg.Record]:
    """In the order in which they were made; 50 at most."""
    return await tx.fetch(f"SELECT {SHOWN} FROM task WHERE incident = $1 ORDER BY id LIMIT 50", incident)


async def open_ones(tx: Tx, limit: int = 40) -> Sequence[asyncpg.Record]:
    """All that are to be done, the first due first, and whether their incident is `confidential`."""
    return await tx.fetch(
        f"SELECT {OF_TASK}, i.confidential FROM task t JOIN incident i ON i.number = t.incident"
        " WHERE t.done_at IS NULL ORDER BY t.due_on NULLS LAST, t.id LIMIT $1",
        limit,
    )


async def of_person(tx: Tx, person: str, limit: int = 20) -> Sequence[asyncpg.Record]:
    """What is theirs; of what nobody has, what they noted, or what is of incidents that were theirs."""
    return await tx.fetch(
        f"SELECT {OF_TASK} FROM task t"
        " JOIN incident i ON i.number = t.incident WHERE t.done_at IS NULL AND (t.owner = $1"
        "  OR t.owner IS NULL AND $1 IN (t.by, i.resolved_by, i.acknowledged_by))"
        " ORDER BY t.due_on NULLS LAST, t.id LIMIT $2",
        person, limit,
    )  # fmt: skip


async def lock(tx: Tx, task: int) -> asyncpg.Record | None:
    """None when there is no such task to be done. Held until the transaction ends."""
    return await tx.fetchrow(f"SELECT {SHOWN} FROM task WHERE id = $1 AND done_at IS NULL FOR UPDATE", task)


async def is_open(tx: Tx, task: int) -> bool:
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM task WHERE id = $1 AND done_at IS NULL)", task))


async def change(tx: Tx, task: int, owner: str | None, due_on: date | None, chase_at: datetime | None) -> None:
    await tx.execute(
        "UPDATE task SET owner = $2, due_on = $3, chase_at = $4 WHERE id = $1 AND done_at IS NULL",
        task, owner, due_on, chase_at,
    )  # fmt: skip


async def finish(tx: Tx, task: int, by: str) -> None:
    await tx.execute(
        "UPDATE task SET done_at = app_now(), done_by = $2, chase_at = NULL WHERE id = $1 AND done_at IS NULL", task, by
    )


async def move(tx: Tx, incident: int, into: int) -> int:
    """What is left to do after `incident` is left to do after `into`; how many."""
    rows = await tx.fetch(
        "UPDATE task SET incident = $2 WHERE incident = $1 AND done_at IS NULL RETURNING id", incident, into
    )
    return len(rows)


async def to_chase(tx: Tx, limit: int = 20) -> Sequence[asyncpg.Record]:
    """Whose owner is to be reminded now, held by this transaction; another replica passes them by."""
    return await tx.fetch(
        f"SELECT {SHOWN} FROM task WHERE done_at IS NULL AND chase_at <= app_now()"
        " ORDER BY chase_at LIMIT $1 FOR UPDATE SKIP LOCKED",
        limit,
    )
