"""`GET /oncall/{secret}.ics`: somebody's own shifts; `/oncall/{secret}/{schedule}.ics`: everybody's in one schedule.

The secret is the key (`bot.lifecycle.feeds`): a wrong one is answered as if there was nothing. RFC 5545; calendar
programs ask again every hour or so, which RFC 7986's REFRESH-INTERVAL suggests.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from aiohttp import web
from icalendar import Calendar, Event

from bot.desk import Desk
from bot.language import say
from bot.lifecycle import Unavailable
from bot.lifecycle.rota import Rota
from bot.oncall import Feed, Shift
from bot.phrase import Phrase

log = structlog.get_logger("ical")

REFRESH: Final = timedelta(hours=1)
RETRY_AFTER: Final = "30"  # seconds
LONGEST_SECRET: Final = 64
Handler = Callable[[web.Request], Awaitable[web.Response]]


def routes(rota: Rota) -> list[web.RouteDef]:
    async def get(request: web.Request) -> web.Response:
        secret, schedule = request.match_info["secret"], request.match_info.get("schedule")
        try:
            found = await rota.feed(secret[:LONGEST_SECRET], schedule)
        except (Unavailable, OSError):
            return web.Response(status=503, headers={"Retry-After": RETRY_AFTER})
        if found is None:
            return web.Response(status=404)
        return web.Response(
            body=written(found, rota.desk), content_type="text/calendar", charset="utf-8",
            headers={"Cache-Control": "private, max-age=600", "X-Robots-Tag": "noindex"},
        )  # fmt: skip

    return [web.get("/oncall/{secret}.ics", get), web.get("/oncall/{secret}/{schedule}.ics", get)]


def written(feed: Feed, desk: Desk) -> bytes:
    """The calendar, in the holder's language. Shifts are instants in UTC: no program can misread them."""
    made = Calendar()
    made.add("prodid", "-//EcoTrajet//incident desk//FR")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _said(feed, desk, Phrase("On call"), feed.schedule))
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for schedule, shift in feed.shifts:
        made.add_component(event(feed, desk, schedule, shift))
    body: bytes = made.to_ical()
    return body


def event(feed: Feed, desk: Desk, schedule: str, shift: Shift) -> Event:
    names = ", ".join(person.name for each in shift.people if (person := desk.people.get(each)) is not None)
    made = Event()
    made.add("uid", _uid(schedule, shift))
    made.add("dtstamp", feed.now)
    made.add("dtstart", shift.starts_at)
    made.add("dtend", shift.ends_at)
    made.add("summary", _said(feed, desk, Phrase("On call"), f"{schedule} ({names})" if feed.schedule else schedule))
    made.add("transp", "TRANSPARENT")  # being on call does not make them busy
    return made


def _uid(schedule: str, shift: Shift) -> str:
    """The same for the same shift at each reading, so that programs change it and do not repeat it."""
    words = f"{schedule}|{'+'.join(shift.people)}|{shift.starts_at.isoformat()}"
    return f"{hashlib.sha256(words.encode()).hexdigest()[:32]}@ecotrajet"


def _said(feed: Feed, desk: Desk, what: Phrase, more: str | None) -> str:
    said = say(what, feed.language, desk.zone, feed.now)
    return f"{said} · {more}" if more else said
