"""Calendars that are layers of schedules: read now and then, by one replica; what one said last holds until it answers.

iCalendar (RFC 5545) with its recurrences. An event's guests, else its title, say who is on call.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp
import recurring_ical_events
import structlog
from icalendar import Calendar, Event

from bot.desk import Desk
from bot.oncall import CalendarLayer, Imported, Schedule
from bot.person import Person
from bot.phrase import Phrase
from bot.store import incidents, oncall
from bot.store.database import Database, Unavailable
from bot.target import fold

log = structlog.get_logger("calendars")

EVERY: Final = "15 minutes"
LOOK: Final = 60.0  # seconds between two looks at whether one is due
WITHIN: Final = 20.0  # seconds for one calendar
LARGEST: Final = 5 * 2**20  # bytes
BEHIND: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=200)
MOST: Final = 1000  # events
STRANGERS: Final = 5
UNDERSTOOD_WITHIN: Final = 60.0  # seconds
TOO_LARGE: Final = Phrase("it is too large")
NO_CALENDAR: Final = Phrase("it is no calendar that can be understood")


class Unreadable(Exception):
    """Why, in words for people: without the address."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why.msgid)
        self.why = why


class Calendars:
    """`run` for ever; `round` once. Only addresses of the configuration are asked, and redirects are not followed."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db = db
        self.desk = desk
        self.layers = {
            (schedule.name, digest(layer)): (schedule, layer)
            for schedule in desk.schedules.values()
            for layer in schedule.calendars
        }

    async def run(self) -> None:
        try:
            await self.prune()
        except Unavailable:
            log.info("calendars that were taken out are forgotten at the next start: the database is away")
        while self.layers:
            try:
                await self.round()
            except Unavailable:
                log.warning("calendars not read: the database is away")
            except Exception:
                log.exception("reading calendars broke")
            await asyncio.sleep(LOOK)

    async def prune(self) -> None:
        async with self.db.transaction() as tx:
            await oncall.prune_calendars(tx, list(self.layers))

    async def round(self) -> None:
        async with self.db.transaction() as tx:
            due = await oncall.due_calendars(tx, list(self.layers), EVERY)
            now = await incidents.now(tx)
        for key in due:
            schedule, layer = self.layers[key]
            try:
                body = await asyncio.wait_for(content(layer.place), WITHIN)
                reading = asyncio.to_thread(read, body, schedule, layer, self.desk, now)
                events, strangers = await asyncio.wait_for(reading, UNDERSTOOD_WITHIN)
            except Exception as broken:  # noqa: BLE001 - a stranger's file makes libraries raise what it will
                await self.not_read(key, reason_of(broken), type(broken).__name__)
                continue
            async with self.db.transaction() as tx:
                await oncall.keep_events(tx, *key, events, strangers)

    async def not_read(self, key: tuple[str, str], reason: Phrase, error: str) -> None:
        """The address itself is a secret: neither logged nor told."""
        log.warning("calendar not read", schedule=key[0], reason=reason.msgid, error=error)
        async with self.db.transaction() as tx:
            why = Phrase("Its calendar cannot be read ({reason}): what it said last still holds.", {"reason": reason})
            await oncall.not_read(tx, *key, why)


def digest(layer: CalendarLayer) -> str:
    return hashlib.sha256(f"{layer.layer}:{layer.place}".encode()).hexdigest()[:24]


async def content(place: str) -> bytes:
    """Of an address or a file. Raises OSError, ClientError, Unreadable."""
    if not place.startswith(("http://", "https://")):
        return await asyncio.to_thread(_file, Path(place))
    async with aiohttp.ClientSession() as session, session.get(place, allow_redirects=False) as answer:
        if 300 <= answer.status < 400:
            raise Unreadable(Phrase("it leads to another address, which has to stand in the configuration"))
        if answer.status != 200:
            raise Unreadable(Phrase("it answers {status}", {"status": str(answer.status)}))
        body = b""
        async for chunk in answer.content.iter_chunked(65_536):
            body += chunk
            if len(body) > LARGEST:
                raise Unreadable(TOO_LARGE)
        return body


def _file(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise Unreadable(TOO_LARGE)
    return path.read_bytes()


def read(
    body: bytes, schedule: Schedule, layer: CalendarLayer, desk: Desk, now: datetime
) -> tuple[list[Imported], list[str]]:
    """(events with our people, titles of those with nobody we know). Raises Unreadable, and what the libraries do."""
    calendar = Calendar.from_ical(body)
    if not isinstance(calendar, Calendar):
        raise Unreadable(NO_CALENDAR)
    if any(endless(each) for event in calendar.events for each in rules_of(event)):
        raise Unreadable(Phrase("one of its events repeats more often than each hour"))
    events: list[Imported] = []
    strangers: dict[str, None] = {}
    for event in recurring_ical_events.of(calendar).between(now - BEHIND, now + AHEAD)[:MOST]:
        if not isinstance(event, Event) or str(event.get("status", "")).upper() == "CANCELLED":
            continue
        start, end = _instant(event.start, desk.zone), _instant(event.end, desk.zone)
        people = meant(event, list(desk.people.values()))
        if start < end:
            events += [Imported(schedule.name, layer.layer, each.id, start, end) for each in people]
        if not people:
            strangers[str(event.get("summary", ""))[:80]] = None
    return events, list(strangers)[:STRANGERS]


def rules_of(event: Event) -> list[Mapping[str, Sequence[object]]]:
    found = event.get("rrule", [])
    return found if isinstance(found, list) else [found]


def endless(rule: Mapping[str, Sequence[object]]) -> bool:
    """Nobody is on call by the minute; spelt out it would be millions of events, or none that ever ends."""
    often = {str(each).upper() for each in rule.get("FREQ", ())} & {"SECONDLY", "MINUTELY"}
    return bool(often) or any(str(each) in ("0", "-0") for each in rule.get("INTERVAL", ()))


def reason_of(broken: Exception) -> Phrase:
    match broken:
        case Unreadable(why=why):
            return why
        case aiohttp.ClientError() | TimeoutError():
            return Phrase("it does not answer")
        case OSError():
            return Phrase("there is no such file, or it may not be read")
        case _:
            return NO_CALENDAR


def meant(event: Event, people: Sequence[Person]) -> list[Person]:
    """Whom the event names: its guests by mail address, else the names in its title."""
    invited = set(_guests(event))
    if guests := [each for each in people if each.email and each.email.casefold() in invited]:
        return guests
    title = fold(str(event.get("summary", "")))
    for names in (
        lambda each: (each.email, each.name, each.id),
        lambda each: (each.name.partition(" ")[0],),
    ):
        found = [p for p in people if any(name and _names(title, fold(name)) for name in names(p))]
        if found:
            return found
    return []


def _guests(event: Event) -> Iterator[str]:
    found = event.get("attendee", [])
    for each in found if isinstance(found, list) else [found]:
        yield re.sub(r"^mailto:", "", str(each), flags=re.IGNORECASE).casefold()


def _names(title: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    """Days, and times without a zone, are the desk's."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(0), zone)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
