"""Where each card stands in Slack, so that it is edited there and not posted again."""

from dataclasses import dataclass

from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class Place:
    channel_id: str
    ts: str


async def place(tx: Tx, subject: str, channel: str) -> Place | None:
    """`subject` is 'incident:42' or 'run:7'; `channel` as it was addressed."""
    row = await tx.fetchrow("SELECT channel_id, ts FROM card WHERE subject = $1 AND channel = $2", subject, channel)
    return Place(row["channel_id"], row["ts"]) if row else None


async def put(tx: Tx, subject: str, channel: str, place: Place) -> None:
    await tx.execute(
        "INSERT INTO card (subject, channel, channel_id, ts) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (subject, channel) DO UPDATE SET channel_id = $3, ts = $4",
        subject, channel, place.channel_id, place.ts,
    )  # fmt: skip


async def subject_at(tx: Tx, channel_id: str, ts: str) -> str | None:
    """What the card that stands there is about; None: no card does."""
    subject: str | None = await tx.fetchval(
        "SELECT subject FROM card WHERE channel_id = $1 AND ts = $2 LIMIT 1", channel_id, ts
    )
    return subject
