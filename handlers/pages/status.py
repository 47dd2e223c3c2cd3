"""`GET /status`, for everybody, and `/status.json`, for programs. Nobody signs in: nothing of the inside is shown.

One look at the database serves all visitors for some seconds, so that a crowd, which comes just when something is
wrong, costs the desk nothing. While the database is away the last look is shown, with its time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from jinja2 import Environment, PackageLoader, select_autoescape

from bot.language import known, moment, say
from bot.lifecycle import Unavailable
from bot.phrase import Phrase
from bot.statuspage import Page, State, Trouble, Work

log = structlog.get_logger("status page")

FRESH: Final = 5.0  # seconds
LIGHTS: Final = {State.OPERATIONAL: "🟢", State.MAINTENANCE: "🔧", State.DEGRADED: "🟡", State.DOWN: "🔴"}
HEADERS: Final = {"Cache-Control": "public, max-age=10", "X-Content-Type-Options": "nosniff"}
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class StatusPages:
    def __init__(self, look: Callable[[], Awaitable[Page]], shown: bool, zone: ZoneInfo, language: str) -> None:
        self._look, self._shown, self._zone, self._language = look, shown, zone, language
        self._last: Page | None = None
        self._looked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()
        self._pages = Environment(
            loader=PackageLoader("handlers.pages", ""), autoescape=select_autoescape(), trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/status", self.page), web.get("/status.json", self.json)] if self._shown else []

    async def page(self, request: web.Request) -> web.Response:
        found, is_old = await self._present()
        language = spoken(request.headers.get("Accept-Language", ""), self._language)
        if found is None:
            return web.Response(status=503, text=say(_blind(), language, self._zone), headers={"Retry-After": "30"})
        html = self._pages.get_template("status.html").render(words(found, is_old, language, self._zone))
        headers = {**HEADERS, "Content-Security-Policy": POLICY, "Vary": "Accept-Language"}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def json(self, _request: web.Request) -> web.Response:
        found, is_old = await self._present()
        if found is None:
            return web.json_response({"status": "unknown"}, status=503, headers={"Retry-After": "30"})
        return web.json_response(as_json(found, is_old), headers={**HEADERS, "Access-Control-Allow-Origin": "*"})

    async def _present(self) -> tuple[Page | None, bool]:
        """The page and whether it is the last one before the database went away."""
        async with self._one_at_a_time:
            if time.monotonic() - self._looked_at < FRESH:
                return self._last, False
            try:
                self._last = await self._look()
            except (Unavailable, OSError):
                log.warning("the status page shows what was seen last: the database is away")
                return self._last, True
            self._looked_at = time.monotonic()
            return self._last, False


def spoken(accepted: str, default: str) -> str:
    """The first language of an Accept-Language header (RFC 9110, section 12.5.4) that we speak."""
    weighed: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weighed.append((-float(quality or 1), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    wanted = [language for weight, language in sorted(weighed, key=lambda each: each[0]) if weight]
    return next((language for language in wanted if language in ("fr", "en")), known(default))


def as_json(page: Page, is_old: bool) -> dict[str, object]:
    """Times are ISO 8601 in UTC; `status` is operational, maintenance, degraded or down."""
    return {
        "title": page.settings.title,
        "status": page.state.value,
        "as_of": _utc(page.as_of),
        "stale": is_old,
        "services": [
            {"id": line.id, "name": line.name, "status": line.state.value, "since": _utc(line.since)}
            for line in page.lines
        ],
        "incidents": [_incident(each) for each in (*page.now, *page.past)],
        "maintenance": [
            {
                "services": list(each.services), "starts_at": _utc(each.starts_at), "ends_at": _utc(each.ends_at),
                "reason": each.reason,
            }
            for each in page.work
        ],
    }  # fmt: skip


def _incident(trouble: Trouble) -> dict[str, object]:
    return {
        "service": trouble.service, "status": trouble.state.value, "since": _utc(trouble.since),
        "until": _utc(trouble.until), "somebody_is_on_it": trouble.taken,
        "updates": [{"at": _utc(each.at), "text": each.text} for each in trouble.said],
    }  # fmt: skip


def _utc(when: datetime | None) -> str | None:
    return when.astimezone(ZoneInfo("UTC")).isoformat(timespec="seconds").replace("+00:00", "Z") if when else None


def words(page: Page, is_old: bool, language: str, zone: ZoneInfo) -> dict[str, object]:
    """What the template holds, in the visitor's language."""

    def said(phrase: Phrase) -> str:
        return say(phrase, language, zone, page.as_of)

    def at(when: datetime) -> str:
        return moment(when, language, zone, page.as_of)

    return {
        "language": language,
        "title": page.settings.title,
        "heading": said(overall(page.state)),
        "light": LIGHTS[page.state],
        "state": page.state.value,
        "as_of": said(_as_of(page.as_of, is_old)),
        "services_title": said(Phrase("Services")),
        "lines": [
            {
                "name": line.name, "light": LIGHTS[line.state], "state": line.state.value,
                "word": said(state_name(line.state)),
                "since": said(Phrase("since {time}", {"time": line.since})) if line.since else "",
            }
            for line in page.lines
        ],
        "now_title": said(Phrase("Going on")),
        "now": [_told(each, page, said, at) for each in page.now],
        "work_title": said(Phrase("Planned maintenance")),
        "work": [_planned(each, page, said, at) for each in page.work],
        "past_title": said(Phrase("The last seven days")),
        "past": [_over(each, page, said, at) for each in page.past],
        "calm": said(Phrase("No interruption.")),
        "contact": said(Phrase("A question? {contact}", {"contact": page.settings.contact}))
        if page.settings.contact
        else "",
    }  # fmt: skip


def _as_of(when: datetime, is_old: bool) -> Phrase:
    if is_old:
        return Phrase("Seen last at {time}. We cannot look just now and try again.", {"time": when})
    return Phrase("As of {time}", {"time": when})


def overall(state: State) -> Phrase:
    return {
        State.OPERATIONAL: Phrase("Everything works"),
        State.MAINTENANCE: Phrase("Maintenance is going on"),
        State.DEGRADED: Phrase("Something does not work as it should"),
        State.DOWN: Phrase("A service is unavailable"),
    }[state]


def state_name(state: State) -> Phrase:
    """In the guide's words."""
    return {
        State.OPERATIONAL: Phrase("operational"),
        State.MAINTENANCE: Phrase("in maintenance"),
        State.DEGRADED: Phrase("slightly degraded"),
        State.DOWN: Phrase("unavailable"),
    }[state]


def _nothing() -> Phrase:
    return Phrase("We are still working on it.")


def _told(
    trouble: Trouble, page: Page, said: Callable[[Phrase], str], at: Callable[[datetime], str]
) -> dict[str, object]:
    work = Phrase("Our team is on it.") if trouble.taken else Phrase("Our team has been called.")
    since = Phrase("since {time}", {"time": trouble.since})
    return {
        "light": LIGHTS[trouble.state], "what": _what(trouble, page, said),
        "when": said(since), "more": said(work),
        "said": [f"{at(each.at)} · {each.text or said(_nothing())}" for each in trouble.said],
    }  # fmt: skip


def _over(trouble: Trouble, page: Page, said: Callable[[Phrase], str], at: Callable[[datetime], str]) -> dict[str, str]:
    assert trouble.until is not None  # only what is over
    lasted = Phrase("lasted {length}", {"length": trouble.until - trouble.since})
    return {
        "light": LIGHTS[trouble.state], "what": _what(trouble, page, said),
        "when": at(trouble.since), "more": said(lasted),
    }  # fmt: skip


def _planned(work: Work, page: Page, said: Callable[[Phrase], str], at: Callable[[datetime], str]) -> dict[str, str]:
    names = ", ".join(page.settings.services.get(each, each) for each in work.services)
    return {
        "light": LIGHTS[State.MAINTENANCE], "what": names, "when": f"{at(work.starts_at)} → {at(work.ends_at)}",
        "more": work.reason,
    }  # fmt: skip


def _what(trouble: Trouble, page: Page, said: Callable[[Phrase], str]) -> str:
    name = page.settings.services.get(trouble.service) or said(Phrase("One of our services"))
    return f"{name} · {said(state_name(trouble.state))}"


def _blind() -> Phrase:
    return Phrase("We cannot see the state of our services just now. Please come back in a minute.")
