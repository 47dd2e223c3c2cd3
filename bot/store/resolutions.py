"""How incidents ended, and the tasks that came of them."""

from collections.abc import Sequence

import asyncpg

from bot.resolution import Resolution
from bot.store.database import Tx


async def insert(tx: Tx, incident: int, by: str, resolution: Resolution) -> None:
    """Each end has its own: an incident may be reopened."""
    await tx.execute(
        "INSERT INTO resolution (incident, by, cause, fix, impact) VALUES ($1, $2, $3, $4, $5)",
        incident, by, resolution.cause, resolution.fix, resolution.impact,
    )  # fmt: skip


async def latest(tx: Tx, incident: int) -> asyncpg.Record | None:
    """(cause, fix, impact) of the last end."""
    return await tx.fetchrow(
        "SELECT cause, fix, impact FROM resolution WHERE incident = $1 ORDER BY id DESC LIMIT 1", incident
    )


async def add_tasks(tx: Tx, incident: int, by: str, titles: Sequence[str]) -> None:
    """One that is there already, and not done, is not made twice."""
    await tx.execute(
        "INSERT INTO task (incident, by, title) SELECT $1, $2, said FROM unnest($3::text[]) WITH ORDINALITY t(said, n)"
        " WHERE NOT EXISTS (SELECT FROM task WHERE incident = $1 AND title = said AND done_at IS NULL) ORDER BY n",
        incident, by, list(titles),
    )  # fmt: skip


async def tasks(tx: Tx, incident: int) -> Sequence[asyncpg.Record]:
    """(id, incident, title, done_by) in the order they were made; 50 at most."""
    return await tx.fetch(
        "SELECT id, incident, title, done_by FROM task WHERE incident = $1 ORDER BY id LIMIT 50", incident
    )


async def open_tasks(tx: Tx, limit: int = 40) -> Sequence[asyncpg.Record]:
    """(id, incident, title, done_by) of all that are to be done, the oldest first."""
    return await tx.fetch(
        "SELECT id, incident, title, done_by FROM task WHERE done_at IS NULL ORDER BY id LIMIT $1", limit
    )


async def finish(tx: Tx, task: int, by: str) -> asyncpg.Record | None:
    """(incident, title); None when there is no such task to be done."""
    return await tx.fetchrow(
        "UPDATE task SET done_at = app_now(), done_by = $2 WHERE id = $1 AND done_at IS NULL RETURNING incident, title",
        task, by,
    )  # fmt: skip
