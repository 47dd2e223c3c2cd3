"""Drills and their answers; by what each person was reached last."""

from collections.abc import Sequence
from datetime import timedelta

import asyncpg

from bot.store.database import Tx


async def ask(tx: Tx, slot: str, person: str, within: timedelta) -> int | None:
    """The new drill's id; None when they were asked in this slot already."""
    drill: int | None = await tx.fetchval(
        "INSERT INTO drill (slot, person, answer_by) VALUES ($1, $2, app_now() + $3::interval)"
        " ON CONFLICT DO NOTHING RETURNING id",
        slot, person, within,
    )  # fmt: skip
    return drill


async def latest(tx: Tx, person: str) -> asyncpg.Record | None:
    """(id, answer_by, answered_at, over) of their newest drill, held until the transaction's end."""
    return await tx.fetchrow(
        "SELECT id, answered_at, app_now() >= answer_by AS over FROM drill WHERE person = $1"
        " ORDER BY id DESC LIMIT 1 FOR UPDATE",
        person,
    )


async def answered(tx: Tx, drill: int) -> None:
    await tx.execute("UPDATE drill SET answered_at = coalesce(answered_at, app_now()) WHERE id = $1", drill)


async def waits(tx: Tx, drill: int) -> bool:
    """Whether an answer is still wanted."""
    found: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM drill WHERE id = $1 AND answered_at IS NULL AND app_now() < answer_by)", drill
    )
    return found


async def unanswered(tx: Tx) -> list[asyncpg.Record]:
    """(person, asked_at) of drills whose time is over, each told by one replica once."""
    return await tx.fetch(
        "UPDATE drill SET reported_at = app_now() WHERE id IN (SELECT id FROM drill WHERE answered_at IS NULL"
        " AND reported_at IS NULL AND answer_by <= app_now() FOR UPDATE SKIP LOCKED) RETURNING person, asked_at"
    )


async def questions(tx: Tx, drill: int) -> list[asyncpg.Record]:
    """(recipient, person, provider_id): where its question stands in Slack with its button."""
    return await tx.fetch(
        "SELECT recipient, person, provider_id FROM message WHERE about = 'drill' AND kind = 'slack'"
        " AND body->>'drill' = $1::text AND state IN ('sent', 'delivered')",
        str(drill),
    )


async def proven(tx: Tx, people: Sequence[str]) -> list[asyncpg.Record]:
    """(actor, door, at): when each last answered a drill or took an incident by each door."""
    return await tx.fetch(
        "SELECT actor, door, max(at) AS at FROM audit WHERE did IN ('drill.answered', 'incident.acknowledged')"
        " AND actor = ANY($1) GROUP BY actor, door",
        people,
    )


async def outcomes(tx: Tx, people: Sequence[str]) -> list[asyncpg.Record]:
    """(person, kind, state, at, why): what became of the last message to each person by each channel."""
    return await tx.fetch(
        "SELECT p.person, k.kind, m.state, m.at, m.why FROM unnest($1::text[]) p (person)"
        " CROSS JOIN unnest(ARRAY['slack', 'sms', 'voice', 'email']) k (kind)"
        " CROSS JOIN LATERAL (SELECT state, coalesce(sent_at, due_at) AS at, why FROM message"
        "  WHERE person = p.person AND kind = k.kind AND state IN ('sent', 'delivered', 'failed')"
        "  ORDER BY id DESC LIMIT 1) m",
        people,
    )
