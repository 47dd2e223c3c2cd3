"""Pages that leave together: how many went to a person lately, who goes along, who waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.carrier import VIA
from bot.message import LEASE, Kind, Message
from bot.store import jobs, messages
from bot.store.database import Tx


async def take_turns(tx: Tx, message: int, kinds: Sequence[Kind]) -> None:
    """If it is a page of one of these kinds: one sender at a time decides about its person's pages of that kind."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('pages|' || kind || '|' || person, 0)) FROM message"
        " WHERE id = $1 AND about = 'page' AND kind = ANY($2::text[]) AND person IS NOT NULL",
        message, list(kinds),
    )  # fmt: skip


async def left_within(tx: Tx, page: Message, within: timedelta) -> list[datetime]:
    """When texts or calls left for this person lately, oldest first; those under way count as just leaving."""
    rows = await tx.fetch(
        "SELECT min(coalesce(sent_at, app_now())) AS at FROM message WHERE about = 'page' AND person = $1 AND kind = $2"
        " AND coalesce(bundle, id) <> coalesce((SELECT bundle FROM message WHERE id = $3), $3) AND id <> $3"
        " AND (state = 'sending' OR sent_at > app_now() - $4::interval) GROUP BY coalesce(bundle, id) ORDER BY at",
        page.person, page.kind, page.id, within,
    )  # fmt: skip
    return [row["at"] for row in rows]


async def queued_for(tx: Tx, page: Message) -> timedelta:
    waited: timedelta = await tx.fetchval("SELECT app_now() - queued_at FROM message WHERE id = $1", page.id)
    return waited


async def put_off(tx: Tx, page: Message, after: timedelta) -> None:
    """Back to waiting; that was no try."""
    await tx.execute(
        "UPDATE message SET state = 'waiting', due_at = app_now() + $2::interval, starts = starts - 1, bundle = NULL,"
        " lease_owner = NULL, lease_until = NULL WHERE id = $1",
        page.id, after,
    )  # fmt: skip
    key = f"bundle:{page.id}:{page.starts}:{after.total_seconds():.0f}"
    await jobs.enqueue(tx, [jobs.Job(jobs.deliver_lane(page.kind), page.id, key, after)])


async def gather(tx: Tx, page: Message, owner: str) -> list[Message]:
    """Take every other page that waits for the same person and kind along with `page`."""
    rows = await tx.fetch(
        "UPDATE message m SET state = 'sending', starts = m.starts + 1, lease_owner = $3, bundle = $4,"
        " lease_until = clock_timestamp() + $5 FROM (SELECT id FROM message WHERE about = 'page' AND person = $1"
        "  AND kind = $2 AND state = 'waiting' AND id <> $4 AND (body ->> 'via') IS NOT DISTINCT FROM $6"
        "  ORDER BY id FOR UPDATE SKIP LOCKED) o"
        " WHERE m.id = o.id RETURNING m.*",
        page.person, page.kind, owner, page.id, LEASE, page.body.get(VIA),
    )  # fmt: skip
    await tx.execute("UPDATE message SET bundle = id WHERE id = $1", page.id)
    return [messages.from_row(row) for row in sorted(rows, key=lambda row: row["id"])]


async def arrived(tx: Tx, page: Message, owner: str, provider_id: str) -> list[Message]:
    """Those that left with `page` are sent as well."""
    rows = await tx.fetch(
        "UPDATE message SET state = 'sent', provider_id = $3, sent_at = app_now(), lease_owner = NULL,"
        " lease_until = NULL WHERE bundle = $1 AND id <> $1 AND state = 'sending' AND lease_owner = $2 RETURNING *",
        page.id, owner, provider_id,
    )  # fmt: skip
    return [messages.from_row(row) for row in rows]


async def release(tx: Tx, page: Message, owner: str) -> None:
    """It did not leave: the others wait on their own again."""
    rows = await tx.fetch(
        "UPDATE message SET state = 'waiting', starts = starts - 1, bundle = NULL, lease_owner = NULL,"
        " lease_until = NULL, due_at = app_now() WHERE bundle = $1 AND id <> $1 AND state = 'sending'"
        " AND lease_owner = $2 RETURNING id",
        page.id, owner,
    )  # fmt: skip
    lane = jobs.deliver_lane(page.kind)
    keys = {row["id"]: f"alone:{row['id']}:{page.id}:{page.starts}" for row in rows}
    await jobs.enqueue(tx, [jobs.Job(lane, message, key) for message, key in keys.items()])
