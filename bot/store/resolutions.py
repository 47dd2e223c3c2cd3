"""How incidents ended, in the words of whoever closed them."""

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
