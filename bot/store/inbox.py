"""Texts that we ask for ourselves: how far we have read, whose turn it is to ask, and which were answered.

By the real clock, as their provider's: a story's clock is not Twilio's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.message import Kind
from bot.store.database import Tx


async def turn(tx: Tx, number: str, every: timedelta, overlap: timedelta) -> datetime | None:
    """From when on texts to `number` are to be asked for; None: another replica has just asked.

    `overlap` before what was read last, but not before the desk first asked; the provider's times are whole seconds.
    """
    since: datetime | None = await tx.fetchval(
        "INSERT INTO sms_inbox (number) VALUES ($1) ON CONFLICT (number) DO UPDATE SET asked_at = clock_timestamp()"
        " WHERE sms_inbox.asked_at <= clock_timestamp() - $2::interval "
        " RETURNING greatest(read_until - $3::interval, begun_at - interval '2 seconds')",
        number, every, overlap,
    )  # fmt: skip
    return since


async def read(tx: Tx, number: str, until: datetime) -> None:
    await tx.execute(
        "UPDATE sms_inbox SET read_until = greatest(read_until, $2) WHERE number = $1", number, until
    )  # fmt: skip


async def unheard(tx: Tx, sids: Sequence[str]) -> set[str]:
    rows = await tx.fetch(
        "SELECT sid FROM unnest($1::text[]) AS sid WHERE NOT EXISTS (SELECT FROM sms_heard h WHERE h.sid = sid.sid)",
        list(sids),
    )
    return {row["sid"] for row in rows}


async def heard(tx: Tx, sid: str) -> bool:
    """False: it was answered already."""
    done = await tx.execute("INSERT INTO sms_heard (sid) VALUES ($1) ON CONFLICT DO NOTHING", sid)
    return done == "INSERT 0 1"


async def unsettled(tx: Tx, within: timedelta, limit: int) -> list[tuple[Kind, str]]:
    """(kind, provider's id) of texts and calls that left lately and whose fate is not known, the latest first."""
    rows = await tx.fetch(
        "SELECT kind, provider_id FROM message WHERE kind IN ('sms', 'voice') AND state = 'sent'"
        " AND sent_at > app_now() - $1::interval AND provider_id IS NOT NULL AND NOT body ? 'via'"
        " GROUP BY kind, provider_id ORDER BY max(sent_at) DESC LIMIT $2",
        within, limit,
    )  # fmt: skip
    return [(Kind(row["kind"]), row["provider_id"]) for row in rows]


async def prune(tx: Tx) -> None:
    """Forget what was read long before the point that we read from."""
    await tx.execute("DELETE FROM sms_heard WHERE at < clock_timestamp() - interval '7 days'")
