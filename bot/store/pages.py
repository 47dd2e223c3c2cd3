"""What became of the pages of an incident, for whoever asks why."""

from collections.abc import Sequence

import asyncpg

from bot.store.database import Tx


async def of_incident(tx: Tx, incident: int) -> Sequence[asyncpg.Record]:
    """In the order in which they were queued; 200 at most."""
    return await tx.fetch(
        "SELECT m.person, m.recipient, m.kind, m.round, m.level, m.level_name, m.attempt, m.state, m.due_at, m.sent_at,"
        " m.why, m.body ->> 'via' AS via FROM message m WHERE m.incident = $1 AND m.about = 'page'"
        " ORDER BY m.id LIMIT 200",
        incident,
    )


async def at(tx: Tx, place: str) -> int | None:
    """The incident that a message of ours in Slack (`channel:ts`) tells somebody of; None: of something else."""
    number: int | None = await tx.fetchval(
        "SELECT incident FROM message WHERE kind = 'slack' AND provider_id = $1"
        " AND about IN ('page', 'page_edit', 'reminder', 'update') ORDER BY id DESC LIMIT 1",
        place,
    )
    return number


async def levels(tx: Tx, incident: int) -> Sequence[asyncpg.Record]:
    """Of every round, in the order in which they were or will be told."""
    return await tx.fetch(
        "SELECT round, position, name, targets, due_at, state, fired_at, why, acknowledgements FROM escalation_level"
        " WHERE incident = $1"
        " ORDER BY round, position LIMIT 100",
        incident,
    )
