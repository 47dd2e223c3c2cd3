"""Who was asked to help with an incident, by whom, and whether they answered."""

from collections.abc import Sequence

import asyncpg

from bot.store.database import Tx


async def ask(tx: Tx, incident: int, person: str, by: str, *, takes_over: bool) -> int:
    """The row's id. Who was asked and has not answered is asked anew; one who was to take over still is."""
    was = await tx.fetchval(
        "DELETE FROM responder WHERE incident = $1 AND person = $2 AND answered_at IS NULL RETURNING takes_over",
        incident, person,
    )  # fmt: skip
    row: int = await tx.fetchval(
        "INSERT INTO responder (incident, person, asked_by, takes_over) VALUES ($1, $2, $3, $4) RETURNING id",
        incident, person, by, takes_over or bool(was),
    )  # fmt: skip
    return row


async def hand_over_to_one(tx: Tx, incident: int, person: str) -> None:
    """Whoever else was to take it over only helps now."""
    await tx.execute(
        "UPDATE responder SET takes_over = false WHERE incident = $1 AND person <> $2 AND answered_at IS NULL",
        incident, person,
    )  # fmt: skip


async def answered(tx: Tx, incident: int, person: str) -> asyncpg.Record | None:
    """They are on it: (takes_over, asked_by); None when nobody waits for their answer."""
    return await tx.fetchrow(
        "UPDATE responder SET answered_at = app_now() WHERE incident = $1 AND person = $2 AND answered_at IS NULL"
        " RETURNING takes_over, asked_by",
        incident, person,
    )  # fmt: skip


async def waits_for(tx: Tx, incident: int, person: str) -> bool:
    waits: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM responder WHERE incident = $1 AND person = $2 AND answered_at IS NULL)",
        incident, person,
    )  # fmt: skip
    return waits


async def of_incident(tx: Tx, incident: int) -> Sequence[asyncpg.Record]:
    return await tx.fetch("SELECT * FROM responder WHERE incident = $1 ORDER BY id", incident)
