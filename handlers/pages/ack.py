"""`GET /ack/{token}`: what it is about, and a button; `POST`: take it. The link comes by mail (`bot.link`).

A GET never acts: mail programs and their scanners open links by themselves. The page is in the person's language.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from aiohttp import web

from bot.access import why_not_respond
from bot.answers import Acknowledged, AlsoOnIt, Repeated, Shared, TookOver
from bot.audit import Actor, Door
from bot.desk import Desk
from bot.incident import Incident, Status
from bot.lifecycle import Lifecycle, Unavailable
from bot.link import Links, Pass
from bot.notify.blocks import Reader
from bot.notify.blocks.marks import LIGHT, severity
from bot.notify.blocks.responding import impact
from bot.notify.blocks.state import state
from bot.phrase import Phrase
from bot.questions import Questions
from handlers import sms_reply
from handlers.pages.paper import LONGEST, Paper

log = structlog.get_logger("ack page")


class AckPages:
    def __init__(
        self, links: Links, lifecycle: Lifecycle, questions: Questions, desk: Desk, now: Callable[[], datetime]
    ) -> None:
        self.links, self.lifecycle, self.questions, self.desk, self.now = links, lifecycle, questions, desk, now
        self.paper = Paper()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/ack/{token}", self.ask), web.post("/ack/{token}", self.take)]

    async def ask(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._ask)

    async def take(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._take)

    async def _answered(self, request: web.Request, work: Callable[[Pass], Awaitable[web.Response]]) -> web.Response:
        given = self.links.read(request.match_info["token"][:LONGEST])
        if given is None or given.person not in self.desk.people:
            return self._page(None, Phrase("This link is not one of ours."), 404)
        if (refusal := why_not_respond(self.desk.people, self.desk.teams, given.person)) is not None:
            return self._page(given, refusal, 403)
        if given.is_over(self.now()):
            how = Phrase("This link is too old. In Slack: {command}", {"command": command(given)})
            return self._page(given, how, 410)
        try:
            return await work(given)
        except Unavailable:
            return self._page(given, Phrase("The desk cannot write it down just now. Try again in a minute."), 503)

    async def _ask(self, given: Pass) -> web.Response:
        view = await self.questions.incident(given.number)
        if view is None:
            return self._page(given, sms_reply.nothing_open(), 404)
        incident = view.incident
        reader = self._reader(given)
        open_to_them = incident.status is Status.TRIGGERED and given.person not in incident.on_it
        asked = incident.status is Status.ACKNOWLEDGED and view.waits_for(given.person)
        if open_to_them and await self.questions.was_heard(self._by(given)):
            return self._page(given, used(given), 410, incident)
        if open_to_them or asked:
            return self._page(given, state(incident, reader), 200, incident, button=True)
        return self._page(given, state(incident, reader), 200, incident)

    async def _take(self, given: Pass) -> web.Response:
        answer = await self.lifecycle.acknowledge(given.number, self._by(given))
        view = await self.questions.incident(given.number)
        incident = view.incident if view else None
        if isinstance(answer, Repeated) and incident is not None:
            if incident.status is Status.TRIGGERED and given.person not in incident.on_it:
                return self._page(given, used(given), 410, incident)  # it was theirs, and came back since
            return self._page(given, state(incident, self._reader(given)), 200, incident)
        done = isinstance(answer, Acknowledged | Shared | AlsoOnIt | TookOver)
        return self._page(given, sms_reply.worded(answer) or sms_reply.nothing_open(), 200, incident, done=done)

    def _by(self, given: Pass) -> Actor:
        """The link is what is delivered: it acts once."""
        person = self.desk.people[given.person]
        return Actor(person.id, person.name, Door.EMAIL, delivery=f"ack-link:{given.message}:{given.person}")

    def _title(self, incident: Incident, given: Pass | None, reader: Reader) -> str:
        """Managers read what it means, as in their page."""
        if given is not None and self.desk.is_manager(given.person):
            return reader.say(impact(incident, reader))
        return incident.title

    def _reader(self, given: Pass | None) -> Reader:
        person = self.desk.people.get(given.person) if given else None
        return Reader.of(self.desk, self.desk.language_of(person), self.now())

    def _page(
        self, given: Pass | None, said: Phrase, status: int, incident: Incident | None = None, *,
        button: bool = False, done: bool = False,
    ) -> web.Response:  # fmt: skip
        reader = self._reader(given)
        words: dict[str, object] = {
            "language": reader.language, "said": reader.say(said), "title": "ÉcoTrajet", "grade": "", "where": "",
            "done": done, "button": "",
        }  # fmt: skip
        if incident is not None:
            grade = f"{incident.priority} {reader.say(severity(incident.priority))} · #{incident.number}"
            words |= {
                "title": self._title(incident, given, reader), "grade": f"{LIGHT[incident.priority]} {grade}",
                "where": reader.place(incident.environment, incident.service),
                "since": reader.say(Phrase("since {time}", {"time": incident.opened_at})),
            }  # fmt: skip
        if button and incident is not None:
            words["button"] = reader.say(Phrase("I take incident #{number}", {"number": incident.number}))
        return self.paper.page(words, status)


def command(given: Pass) -> str:
    return f"/ecotrajet ack {given.number}"


def used(given: Pass) -> Phrase:
    return Phrase(
        "This link took it once already, and it came back since. The newest mail has a link of its own; in Slack:"
        " {command}",
        {"command": command(given)},
    )
