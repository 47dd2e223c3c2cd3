"""Channels of incidents: one row each. Who looks after one holds its lease; the row says what was done there."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import asyncpg

from bot.message import About, Kind
from bot.phrase import Phrase
from bot.room import MOST_AT_ONCE, ONCE_IS, Room, RoomState, may_come_from
from bot.store import jobs, messages
from bot.store.database import Tx

LEASE = timedelta(seconds=6)


def from_row(row: asyncpg.Record) -> Room:
    return Room(
        incident=row["incident"], state=RoomState(row["state"]), asked_by=row["asked_by"], since=row["since"],
        name=row["name"], channel_id=row["channel_id"], topic=row["topic"], invited=tuple(row["invited"]),
        pinned=row["pinned"], bookmarks=tuple(row["bookmarks"]), starts=row["starts"],
        why=Phrase.from_json(row["why"]) if row["why"] else None,
    )  # fmt: skip


async def want(tx: Tx, incident: int, by: str) -> bool:
    """False: it is there, or asked for already. One that failed, or was archived, is asked for anew."""
    asked = await tx.execute(
        "INSERT INTO incident_channel AS c (incident, asked_by) VALUES ($1, $2) ON CONFLICT (incident) DO UPDATE"
        " SET state = 'wanted', automatic = false, asked_by = $2, asked_at = app_now(), since = clock_timestamp(),"
        " name = '', channel_id = '', topic = '', invited = '{}', pinned = '', bookmarks = '{}', starts = 0,"
        " look_at = app_now(), why = NULL WHERE c.state = ANY($3::text[])",
        incident, by, may_come_from(RoomState.WANTED),
    )  # fmt: skip
    return asked == "INSERT 0 1"


async def want_automatically(tx: Tx, incident: int, by: str) -> bool:
    """False: it is there already, or too many were opened just now."""
    asked = await tx.execute(
        "INSERT INTO incident_channel (incident, asked_by, automatic) SELECT $1, $2, true WHERE $3 > (SELECT count(*)"
        " FROM incident_channel WHERE automatic AND asked_at > app_now() - $4::interval) ON CONFLICT DO NOTHING",
        incident, by, MOST_AT_ONCE, ONCE_IS,
    )  # fmt: skip
    return asked == "INSERT 0 1"


async def get(tx: Tx, incident: int) -> Room | None:
    row = await tx.fetchrow("SELECT * FROM incident_channel WHERE incident = $1", incident)
    return from_row(row) if row else None


async def incident_of(tx: Tx, channel_id: str) -> int | None:
    """Whose own channel it is, or was; None: nobody's."""
    number: int | None = await tx.fetchval("SELECT incident FROM incident_channel WHERE channel_id = $1", channel_id)
    return number


async def due(tx: Tx, limit: int = 20) -> list[int]:
    """Incidents whose channel is to be looked after, and nobody does."""
    rows = await tx.fetch(
        "SELECT incident FROM incident_channel WHERE look_at <= app_now()"
        " AND (lease_until IS NULL OR lease_until < clock_timestamp()) ORDER BY look_at LIMIT $1",
        limit,
    )
    return [row["incident"] for row in rows]


async def claim(tx: Tx, incident: int, owner: str) -> Room | None:
    """What happens from now on is looked at anew. None: not due, or somebody else's."""
    row = await tx.fetchrow(
        "UPDATE incident_channel SET lease_until = clock_timestamp() + $3, lease_owner = $2, starts = starts + 1,"
        " look_at = app_now() + $3 WHERE incident = $1 AND look_at <= app_now()"
        " AND (lease_until IS NULL OR lease_until < clock_timestamp()) RETURNING *",
        incident, owner, LEASE,
    )  # fmt: skip
    return from_row(row) if row else None


async def hold(tx: Tx, room: Room, owner: str) -> bool:
    """A sign of life, with what was done so far; False: the lease went to another."""
    held = await tx.execute(
        "UPDATE incident_channel SET lease_until = clock_timestamp() + $3, name = $4, topic = $5, invited = $6,"
        " pinned = $7, bookmarks = $8 WHERE incident = $1 AND lease_owner = $2",
        room.incident, owner, LEASE, room.name, room.topic, list(room.invited), room.pinned, list(room.bookmarks),
    )  # fmt: skip
    return held == "UPDATE 1"


async def opened(tx: Tx, room: Room, owner: str, channel_id: str) -> bool:
    """False: somebody else was first, or the channel is another incident's."""
    done = await tx.execute(
        "UPDATE incident_channel SET state = 'open', channel_id = $3, starts = 0, look_at = app_now()"
        " WHERE incident = $1 AND lease_owner = $2 AND state = ANY($4::text[])",
        room.incident, owner, channel_id, may_come_from(RoomState.OPEN),
    )  # fmt: skip
    return done == "UPDATE 1"


async def is_anothers(tx: Tx, channel_id: str, incident: int) -> bool:
    taken: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM incident_channel WHERE channel_id = $1 AND incident <> $2)", channel_id, incident
    )
    return taken


async def end(tx: Tx, room: Room, to: RoomState, why: Phrase | None = None) -> bool:
    """Archived or failed: nothing is looked after any more."""
    done = await tx.execute(
        "UPDATE incident_channel SET state = $2, why = $3, look_at = NULL, lease_until = NULL"
        " WHERE incident = $1 AND state = ANY($4::text[])",
        room.incident, to.value, why.to_json() if why else None, may_come_from(to),
    )  # fmt: skip
    return done == "UPDATE 1"


async def rest(tx: Tx, room: Room, owner: str, until: datetime | None) -> None:
    """Until then there is nothing to do, unless something happened meanwhile; None: until something happens."""
    await tx.execute(
        "UPDATE incident_channel SET lease_until = NULL, starts = 0,"
        " look_at = CASE WHEN look_at <= app_now() THEN look_at ELSE $3::timestamptz END"
        " WHERE incident = $1 AND lease_owner = $2 AND state = 'open'",
        room.incident, owner, until,
    )  # fmt: skip


async def put_off(tx: Tx, room: Room, owner: str, wait: timedelta) -> None:
    await tx.execute(
        "UPDATE incident_channel SET lease_until = NULL, look_at = app_now() + $3::interval"
        " WHERE incident = $1 AND lease_owner = $2",
        room.incident, owner, wait,
    )  # fmt: skip


async def look_again(tx: Tx, incident: int) -> str | None:
    """Something happened: its channel, if it has one, is to be brought up to date. Its Slack id; None: it has none."""
    channel: str | None = await tx.fetchval(
        "UPDATE incident_channel SET look_at = app_now() WHERE incident = $1 AND state = 'open' RETURNING channel_id",
        incident,
    )
    return channel


async def follow(tx: Tx, incident: int) -> None:
    """The card was edited in the incidents channel: so it is in the incident's own."""
    channel = await look_again(tx, incident)
    if channel is not None:
        await messages.queue(tx, kind=Kind.SLACK, about=About.CARD, to=channel, incident=incident)


async def echo(tx: Tx, incident: int, body: Mapping[str, object]) -> None:
    """What was said in the thread of the card is said in the incident's own channel, too."""
    room = await get(tx, incident)
    if room is not None and room.state is RoomState.OPEN and not body.get("not_echoed"):
        said = {"phrase": body["phrase"]}
        await messages.queue(tx, kind=Kind.SLACK, about=About.TELL, to=room.channel_id, incident=incident, body=said)


async def wake(tx: Tx, incident: int) -> None:
    """The worker looks at once."""
    await jobs.enqueue(tx, [jobs.Job(jobs.ROOM, incident, f"room:{incident}")])
