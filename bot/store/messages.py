"""The outbox: what is to be said to whom. A sender holds a lease while it speaks; the row says how far it has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import msgspec

from bot.message import ALLOWED, EDITED, LEASE, About, Draft, Kind, Message, State
from bot.phrase import Phrase
from bot.store import jobs
from bot.store.database import Tx


def from_row(row: asyncpg.Record) -> Message:
    return Message(
        id=row["id"], kind=Kind(row["kind"]), about=About(row["about"]), to=row["recipient"], due_at=row["due_at"],
        incident=row["incident"], run=row["run"], round=row["round"], level=row["level"], level_name=row["level_name"],
        person=row["person"], attempt=row["attempt"], starts=row["starts"], body=row["body"],
        procedure=row["procedure"], tail=row["tail"], unsure=row["unsure"],
    )  # fmt: skip


async def queue(
    tx: Tx, *, kind: Kind, about: About, to: str, incident: int | None = None, run: int | None = None, round: int = 0,
    level: int = 0, level_name: str = "", person: str | None = None, attempt: int = 1,
    body: Mapping[str, object] | None = None, after: timedelta = timedelta(0), procedure: int | None = None,
    tail: int | None = None,
) -> int | None:  # fmt: skip
    """The new message's id; None when the same page, or the card's next edit, is queued already.

    An edit that waits already is held until the caller has committed: whoever took it now would draw what was before.
    """
    insert = (
        "INSERT INTO message (kind, about, recipient, incident, run, round, level, level_name, person, attempt, body,"
        " due_at, procedure, tail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, app_now() + $12::interval,"
        " $13, $14)"
        " ON CONFLICT DO NOTHING RETURNING id"
    )
    row = (
        kind, about, to, incident, run, round, level, level_name, person, attempt, dict(body or {}), after, procedure,
        tail,
    )  # fmt: skip
    message: int | None = await tx.fetchval(insert, *row)
    if message is None and about in EDITED and not await held(tx, about, to, (incident, run, procedure, tail)):
        message = await tx.fetchval(insert, *row)  # it was taken in between, with what was before
    if message is not None:
        await jobs.enqueue(tx, [jobs.deliver_job(kind, about, message, 0, after)])
    return message


QUEUE_ALL: Final = """
WITH given AS MATERIALIZED (
    SELECT nextval('message_id_seq') AS id, d.* FROM unnest(
        $1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::int[], $7::int[], $8::text[], $9::text[],
        $10::int[], $11::text[], $12::interval[], $13::bigint[]
    ) WITH ORDINALITY AS d (kind, about, recipient, incident, run, round, level, level_name, person, attempt, body,
        after, procedure, place)
), queued AS (
    INSERT INTO message (id, kind, about, recipient, incident, run, round, level, level_name, person, attempt, body,
        due_at, procedure) OVERRIDING SYSTEM VALUE
    SELECT id, kind, about, recipient, incident, run, round, level, level_name, person, attempt, body::jsonb,
        app_now() + after, procedure FROM given ORDER BY place
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT id, place FROM given JOIN queued USING (id) ORDER BY id
"""


async def queue_all(tx: Tx, drafts: Sequence[Draft]) -> None:
    """As `queue` for each, in their order; two or three statements, however many they are. Of what is edited only cards
    may be among them.
    """
    if not drafts:
        return
    columns = zip(*map(row_of, drafts), strict=True)
    rows = await tx.fetch(QUEUE_ALL, *map(list, columns))
    queued = [(row["id"], drafts[row["place"] - 1]) for row in rows]
    await jobs.enqueue(
        tx, [jobs.deliver_job(draft.kind, draft.about, message, 0, draft.after) for message, draft in queued]
    )
    new = {row["place"] - 1 for row in rows}
    if known := [draft for place, draft in enumerate(drafts) if place not in new and draft.about is About.CARD]:
        await hold_cards(tx, known)


async def hold_cards(tx: Tx, known: Sequence[Draft]) -> None:
    """Edits of these cards wait already: held as in `queue`. One that was taken in between is queued anew."""
    rows = await tx.fetch(
        "SELECT incident, recipient FROM message WHERE about = 'card' AND state = 'waiting'"
        " AND incident = ANY($1::bigint[]) AND recipient = ANY($2::text[]) ORDER BY id FOR UPDATE",
        [draft.incident for draft in known], [draft.to for draft in known],
    )  # fmt: skip
    waiting = {(row["incident"], row["recipient"]) for row in rows}
    for draft in known:
        if (draft.incident, draft.to) not in waiting:
            await queue(tx, kind=draft.kind, about=draft.about, to=draft.to, incident=draft.incident)


def row_of(draft: Draft) -> tuple[object, ...]:
    return (
        draft.kind, draft.about, draft.to, draft.incident, draft.run, draft.round, draft.level, draft.level_name,
        draft.person, draft.attempt, msgspec.json.encode(draft.body).decode(), draft.after, draft.procedure,
    )  # fmt: skip


async def held(tx: Tx, about: About, to: str, of: tuple[int | None, int | None, int | None, int | None]) -> bool:
    """Whether the edit still waits; its row is locked then. `of`: incident, run, procedure, tail."""
    waiting = await tx.fetchval(
        "SELECT id FROM message WHERE about = $1 AND recipient = $2 AND state = 'waiting'"
        " AND incident IS NOT DISTINCT FROM $3 AND run IS NOT DISTINCT FROM $4 AND procedure IS NOT DISTINCT FROM $5"
        " AND tail IS NOT DISTINCT FROM $6 FOR UPDATE",
        about, to, *of,
    )  # fmt: skip
    return waiting is not None


async def on_its_way(tx: Tx, about: About, incident: int) -> bool:
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM message WHERE incident = $1 AND about = $2"
            " AND state IN ('waiting', 'sending'))",
            incident, about.value,
        )
    )  # fmt: skip


async def claim(tx: Tx, message: int, owner: str) -> Message | None:
    """Take a message that is due, or whose sender stopped holding it; None when it is not to be taken."""
    row = await tx.fetchrow(
        "UPDATE message SET state = 'sending', starts = starts + 1, lease_owner = $2,"
        " unsure = unsure OR state = 'sending', lease_until = clock_timestamp() + $3"
        " WHERE id = $1 AND ((state = 'waiting' AND due_at <= app_now())"
        "  OR (state = 'sending' AND lease_until < clock_timestamp())) RETURNING *",
        message, owner, LEASE,
    )  # fmt: skip
    return from_row(row) if row else None


async def hold(tx: Tx, message: int, owner: str) -> bool:
    """A sign of life of its sender; False when the lease went to another."""
    held = await tx.execute(
        "UPDATE message SET lease_until = clock_timestamp() + $3"
        " WHERE (id = $1 OR bundle = $1) AND lease_owner = $2 AND state = 'sending'", message, owner, LEASE,
    )  # fmt: skip
    return held != "UPDATE 0"


async def move(
    tx: Tx, message: int, to: State, owner: str | None, *, provider_id: str | None = None, why: Phrase | None = None
) -> bool:
    """False when the message is not in a state from which this is allowed, or `owner` lost its lease."""
    moved = await tx.execute(
        "UPDATE message SET state = $2, provider_id = coalesce($4, provider_id), why = coalesce($5, why),"
        " sent_at = CASE WHEN $2 = 'sent' THEN app_now() ELSE sent_at END, lease_owner = NULL, lease_until = NULL"
        " WHERE id = $1 AND state = ANY($6::text[]) AND ($3::text IS NULL OR lease_owner = $3)",
        message, to, owner, provider_id, why.to_json() if why else None,
        [state for state, following in ALLOWED.items() if to in following],
    )  # fmt: skip
    return moved == "UPDATE 1"


async def doubt(tx: Tx, message: int) -> None:
    """It failed, and may have gone through all the same."""
    await tx.execute("UPDATE message SET unsure = true WHERE id = $1", message)


async def again(tx: Tx, message: Message, owner: str, after: timedelta) -> bool:
    """Back to waiting, due after `after`, with its alarm; a card or digest gives way to a newer one that waits."""
    moved = await tx.execute(
        "UPDATE message m SET state = 'waiting', due_at = app_now() + $3, lease_owner = NULL, lease_until = NULL"
        " WHERE id = $1 AND state = 'sending' AND lease_owner = $2 AND NOT EXISTS (SELECT FROM message o"
        "  WHERE o.about = m.about AND m.about = ANY($4::text[]) AND o.state = 'waiting'"
        "  AND o.incident IS NOT DISTINCT FROM m.incident AND o.run IS NOT DISTINCT FROM m.run"
        "  AND o.procedure IS NOT DISTINCT FROM m.procedure AND o.tail IS NOT DISTINCT FROM m.tail"
        "  AND o.recipient = m.recipient)"
        " AND NOT EXISTS (SELECT FROM message o WHERE m.about = 'digest' AND o.about = 'digest'"
        "  AND o.state = 'waiting' AND o.person = m.person)",
        message.id, owner, after, [about.value for about in EDITED],
    )  # fmt: skip
    if moved == "UPDATE 1":
        await jobs.enqueue(tx, [jobs.deliver_job(message.kind, message.about, message.id, message.starts, after)])
    return moved == "UPDATE 1"


async def intend(tx: Tx, message: int, owner: str, files: Sequence[str]) -> bool:
    """These files are about to be shared; False when `owner` lost its lease."""
    noted = await tx.execute(
        "UPDATE message SET body = body || jsonb_build_object('files', coalesce(body -> 'files', '[]') || $3::jsonb)"
        " WHERE id = $1 AND state = 'sending' AND lease_owner = $2",
        message, owner, list(files),
    )  # fmt: skip
    return noted == "UPDATE 1"


async def card_may_stand(tx: Tx, card: Message) -> bool:
    """Whether a try to post this card, by this message or another edit of it, was broken off or is under way."""
    return card.unsure or bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM message WHERE about = $1 AND recipient = $2 AND id <> $3"
            " AND (unsure OR state = 'sending') AND incident IS NOT DISTINCT FROM $4 AND run IS NOT DISTINCT FROM $5"
            " AND procedure IS NOT DISTINCT FROM $6 AND tail IS NOT DISTINCT FROM $7)",
            card.about, card.to, card.id, card.incident, card.run, card.procedure, card.tail,
        )
    )  # fmt: skip


async def gives_way(tx: Tx, message: int, after: timedelta) -> bool:
    """True: this edit waits on, for its card is being posted or edited at this moment, here or elsewhere.

    Asked before it is claimed: put back afterwards, its row waits for whoever holds the incident, who may wait for it.
    """
    row = await tx.fetchrow(
        "UPDATE message m SET due_at = app_now() + $2::interval WHERE id = $1 AND state = 'waiting'"
        " AND due_at <= app_now() AND about = ANY($3::text[]) AND EXISTS (SELECT FROM message o WHERE o.about = m.about"
        "  AND o.recipient = m.recipient AND o.id <> m.id AND o.state = 'sending' AND o.lease_until > clock_timestamp()"
        "  AND o.incident IS NOT DISTINCT FROM m.incident AND o.run IS NOT DISTINCT FROM m.run"
        "  AND o.procedure IS NOT DISTINCT FROM m.procedure AND o.tail IS NOT DISTINCT FROM m.tail)"
        " RETURNING kind, due_at",
        message, after, [about.value for about in EDITED],
    )  # fmt: skip
    if row is not None:
        key = f"turn:{message}:{row['due_at'].timestamp()}"
        await jobs.enqueue(tx, [jobs.Job(jobs.deliver_lane(Kind(row["kind"])), message, key, after)])
    return row is not None


async def overdue(tx: Tx, grace: timedelta, stuck: timedelta, limit: int = 200) -> Sequence[asyncpg.Record]:
    """(id, kind, page, stuck) of messages that should have left `grace` ago, or whose sender went away; pages first.
    `stuck`: a page that should have left so long ago that whoever rescues pages does not get it out either.
    """
    return await tx.fetch(
        "(SELECT id, kind, about = 'page' AS page, about = 'page' AND due_at <= app_now() - $3::interval AS stuck"
        "  FROM message WHERE state = 'waiting' AND due_at <= app_now() - $1::interval"
        "  ORDER BY about <> 'page', due_at LIMIT $2)"
        " UNION ALL"
        " (SELECT id, kind, about = 'page', about = 'page' AND due_at <= app_now() - $3::interval FROM message"
        "  WHERE state = 'sending' AND lease_until < clock_timestamp() LIMIT $2)",
        grace, limit, stuck,
    )  # fmt: skip


async def by_provider_id(tx: Tx, kind: Kind, provider_id: str) -> list[Message]:
    """Several when they left in one text or call; else the newest alone: Slack's ids name a place, not a sending."""
    rows = await tx.fetch(
        "SELECT * FROM message WHERE kind = $1 AND provider_id = $2 ORDER BY id DESC LIMIT 100", kind, provider_id
    )
    return [from_row(row) for row in rows if row["id"] == rows[0]["id"] or row["bundle"] is not None]


async def late_by(tx: Tx, due_at: datetime) -> timedelta:
    late: timedelta = await tx.fetchval("SELECT greatest(interval '0', app_now() - $1::timestamptz)", due_at)
    return late
