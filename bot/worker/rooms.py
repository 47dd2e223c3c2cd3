"""Looks after the channels of incidents: makes them once, keeps topic, people and pin as they should be, archives.

Each step may be done twice, and is written down once it is done. The name is decided before Slack is asked: when a
process dies between the making and the writing, the next one is told `name_taken` and finds the channel by its name.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from bot.audit import DESK
from bot.desk import Desk
from bot.errors import Permanent, Retryable
from bot.incident import Incident, Status
from bot.lifecycle import rooms as use_cases
from bot.message import retry_delay
from bot.notify.blocks import Reader
from bot.notify.blocks.rooms import say_bookmark, topic_of
from bot.notify.workspace import Gone, SlackWorkspace
from bot.phrase import Phrase, Value
from bot.reason import worded
from bot.room import Bookmark, Room, RoomState, name_of, names_for
from bot.store import cards, incidents, rooms
from bot.store.database import Database, Unavailable

log = structlog.get_logger("rooms")

EVERY: Final = 1.0  # seconds between two looks for what is due


class LeaseLost(Exception):
    """Another replica looks after it now."""


class RoomKeeper:
    """`run` for ever. Safe in several replicas: the row's lease says who works."""

    def __init__(self, db: Database, desk: Desk, workspace: SlackWorkspace, owner: str, public_url: str = "") -> None:
        """`public_url` '': there is no status page to link to."""
        self.db, self.desk, self.workspace, self.owner, self.public_url = db, desk, workspace, owner, public_url

    async def run(self) -> None:
        while True:
            try:
                async with self.db.transaction() as tx:
                    due = await rooms.due(tx)
                for number in due:
                    await self.look(number)
            except Unavailable:
                log.info("not now: the database is away")
            except Exception:
                log.exception("a channel broke")
            await asyncio.sleep(EVERY)

    async def look(self, number: int) -> None:
        """Bring one incident's channel up to date, if that is due and nobody is at it. Raises Unavailable."""
        async with self.db.transaction() as tx:
            room, incident = await rooms.claim(tx, number, self.owner), await incidents.get(tx, number)
        if room is None or incident is None:
            return
        with structlog.contextvars.bound_contextvars(incident=number):
            try:
                await self._keep(room, incident)
            except LeaseLost:
                log.info("another replica looks after the channel")
            except Retryable as later:
                log.info("a channel waits", reason=later.reason)
                async with self.db.transaction() as tx:
                    await rooms.put_off(tx, room, self.owner, retry_delay(room.starts, later.after))
            except Gone as gone:
                log.info("a channel was closed by hand", reason=gone.reason)
                await self._end(incident, room)
            except Permanent as never:
                log.warning("no channel", reason=never.reason)
                async with self.db.transaction() as tx:
                    await incidents.lock(tx, number)  # first, as everywhere
                    why = await use_cases.failed(tx, self.desk, incident, room, worded(never.reason), DESK)
                    await rooms.end(tx, room, RoomState.FAILED, why)

    async def _keep(self, room: Room, incident: Incident) -> None:
        over = incident.status is Status.RESOLVED
        if room.state is RoomState.WANTED:
            if over:
                async with self.db.transaction() as tx:
                    await rooms.end(tx, room, RoomState.FAILED, Phrase("it was over before"))
                return
            room = await self._open(room, incident)
        closes_at = (incident.resolved_at or incident.changed_at) + self.desk.rooms.archive_after if over else None
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
        room = await self._topic(room, incident, now)
        if closes_at is not None and now >= closes_at:
            await self.workspace.archive(room.channel_id)
            await self._end(incident, room)
            return
        room = await self._people(room, incident)
        room = await self._pin(room, incident)
        room = await self._bookmarks(room, incident)
        async with self.db.transaction() as tx:
            await rooms.rest(tx, room, self.owner, closes_at)

    async def _open(self, room: Room, incident: Incident) -> Room:
        """Raises Permanent when Slack does not want it."""
        title = "" if incident.confidential else incident.title  # everybody may read the name
        wanted = name_of(self.desk.rooms.prefix, incident.number, title)
        for name in names_for(room.name, wanted):
            room = await self._held(replace(room, name=name))
            channel = await self.workspace.create(name, private=incident.confidential) or await self._made_before(room)
            if channel is not None:
                break
        else:
            raise Permanent(f"Slack: name_taken (#{room.name})")
        async with self.db.transaction() as tx:
            await incidents.lock(tx, incident.number)
            if not await rooms.opened(tx, room, self.owner, channel):
                raise LeaseLost
            await use_cases.opened(tx, self.desk, incident, room.name, channel, DESK)
        return replace(room, state=RoomState.OPEN, channel_id=channel)

    async def _made_before(self, room: Room) -> str | None:
        """By a process that died before it could write it down."""
        found = await self.workspace.find(room.name, room.since)
        if found is None:
            return None
        async with self.db.transaction() as tx:
            return None if await rooms.is_anothers(tx, found, room.incident) else found

    async def _topic(self, room: Room, incident: Incident, now: datetime) -> Room:
        topic = topic_of(incident, Reader.of(self.desk, self.desk.language, now))
        if topic == room.topic:
            return room
        try:
            await self.workspace.set_topic(room.channel_id, topic)
        except Gone:
            raise
        except Permanent as never:
            await self._hampered(
                room, incident, Phrase("⚠️ The topic could not be set: {reason}", {"reason": worded(never.reason)})
            )
        return await self._held(replace(room, topic=topic))

    async def _people(self, room: Room, incident: Incident) -> Room:
        async with self.db.transaction() as tx:
            wanted = await use_cases.company(tx, self.desk, incident, room)
        for user in wanted:
            if user in room.invited:
                continue
            try:
                await self.workspace.invite(room.channel_id, user)
            except Gone:
                raise
            except Permanent as never:
                person = self.desk.person_of_slack(user)
                facts: dict[str, Value | Phrase] = {
                    "name": person.name if person else user,
                    "reason": worded(never.reason),
                }
                await self._hampered(room, incident, Phrase("⚠️ {name} could not be invited: {reason}", facts))
            room = await self._held(replace(room, invited=(*room.invited, user)))
        return room

    async def _pin(self, room: Room, incident: Incident) -> Room:
        """Once the card stands there; its posting brings us here again."""
        async with self.db.transaction() as tx:
            place = await cards.place(tx, f"incident:{incident.number}", room.channel_id)
        if place is None or place.ts == room.pinned:
            return room
        try:
            await self.workspace.pin(place.channel_id, place.ts)
        except Gone:
            raise
        except Permanent as never:
            said = Phrase("⚠️ The card could not be pinned: {reason}", {"reason": worded(never.reason)})
            await self._hampered(room, incident, said)
        return await self._held(replace(room, pinned=place.ts))

    async def _bookmarks(self, room: Room, incident: Incident) -> Room:
        """Each once, in their order, when its card stands there; one that was taken away by hand stays away."""
        if not room.pinned:
            return room
        for which in Bookmark:
            if which.value in room.bookmarks:
                continue
            title = say_bookmark(which, Reader.of(self.desk, self.desk.language, room.since))
            try:
                if link := await self._link(which, room, incident):
                    await self.workspace.bookmark(room.channel_id, title, link)
            except Gone:
                raise
            except Permanent as never:
                said = Phrase("⚠️ Links could not be set above the channel: {reason}", {"reason": worded(never.reason)})
                await self._hampered(room, incident, said)
                return await self._held(replace(room, bookmarks=tuple(each.value for each in Bookmark)))
            room = await self._held(replace(room, bookmarks=(*room.bookmarks, which.value)))
        return room

    async def _link(self, which: Bookmark, room: Room, incident: Incident) -> str:
        """'' for what is not there. The story hangs below the card in the incidents channel."""
        match which:
            case Bookmark.CARD:
                return await self.workspace.permalink(room.channel_id, room.pinned)
            case Bookmark.TIMELINE:
                async with self.db.transaction() as tx:
                    place = await cards.place(tx, f"incident:{incident.number}", self.desk.incidents_channel)
                if place is None or incident.confidential:
                    return ""
                return await self.workspace.permalink(place.channel_id, place.ts)
            case Bookmark.CALL:
                return self.desk.rooms.call_of(incident.number)
            case Bookmark.RUNBOOK:
                service = self.desk.services.get(incident.service)
                return service.runbook if service else ""
            case Bookmark.STATUS:
                return f"{self.public_url}/status" if self.public_url and self.desk.status_page.shown else ""

    async def _held(self, room: Room) -> Room:
        """What was done is written down. Raises LeaseLost."""
        async with self.db.transaction() as tx:
            if not await rooms.hold(tx, room, self.owner):
                raise LeaseLost
        return room

    async def _hampered(self, room: Room, incident: Incident, said: Phrase) -> None:
        log.warning("a channel is not all that it should be", why=str(said))
        async with self.db.transaction() as tx:
            await use_cases.hampered(tx, incident, room, said, DESK)

    async def _end(self, incident: Incident, room: Room) -> None:
        async with self.db.transaction() as tx:
            if await rooms.end(tx, room, RoomState.ARCHIVED):
                await use_cases.archived(tx, incident, room.name, DESK)
