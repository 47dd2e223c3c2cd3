"""`GET /drill/{token}`: that it is a drill, and a button; `POST`: mail reached them. The link comes by mail.

A GET never answers: mail programs and their scanners open links by themselves.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from aiohttp import web

from bot.audit import Actor, Door
from bot.desk import Desk
from bot.lifecycle import Unavailable
from bot.link import Links, Pass, Purpose
from bot.notify.blocks import Reader
from bot.phrase import Phrase
from handlers.drills import Answering
from handlers.pages.paper import LONGEST, Paper

log = structlog.get_logger("drill page")


class DrillPages:
    def __init__(self, links: Links, reach: Answering, desk: Desk, now: Callable[[], datetime]) -> None:
        self.links, self.reach, self.desk, self.now = links, reach, desk, now
        self.paper = Paper()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/drill/{token}", self.ask), web.post("/drill/{token}", self.answer)]

    async def ask(self, request: web.Request) -> web.Response:
        given = self._given(request)
        if isinstance(given, web.Response):
            return given
        said = Phrase("A drill, no incident: press the button, so that we know that mail reaches you.")
        return self._page(given.person, said, 200, button=True)

    async def answer(self, request: web.Request) -> web.Response:
        given = self._given(request)
        if isinstance(given, web.Response):
            return given
        person = self.desk.people[given.person]
        by = Actor(person.id, person.name, Door.EMAIL, delivery=f"drill-link:{given.message}:{given.person}")
        try:
            said = await self.reach.present(person, by)
        except Unavailable:
            sorry = Phrase("The desk cannot write it down just now. Try again in a minute.")
            return self._page(given.person, sorry, 503, button=True)
        return self._page(given.person, said or Phrase("Noted already."), 200, done=True)

    def _given(self, request: web.Request) -> Pass | web.Response:
        """Or what to say to whoever has no good link."""
        given = self.links.read(request.match_info["token"][:LONGEST], Purpose.DRILL)
        if given is None or given.person not in self.desk.people:
            return self._page("", Phrase("This link is not one of ours."), 404)
        if given.is_over(self.now()):
            return self._page(given.person, Phrase("No drill waits for your answer. Thank you all the same."), 410)
        return given

    def _page(
        self, who: str, said: Phrase, status: int, *, button: bool = False, done: bool = False
    ) -> web.Response:  # fmt: skip
        person = self.desk.people.get(who)
        reader = Reader.of(self.desk, self.desk.language_of(person), self.now())
        words = {
            "language": reader.language, "said": reader.say(said), "title": reader.say(Phrase("Drill")), "grade": "",
            "where": "", "done": done, "button": reader.say(Phrase("It reached me")) if button else "",
        }  # fmt: skip
        return self.paper.page(words, status)
