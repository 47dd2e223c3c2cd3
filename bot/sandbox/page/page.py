"""The browser page's doors: the page, its pieces, its live refresh, and what its buttons do."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox.mail import PostOffice
from bot.sandbox.page.acts import Acts
from bot.sandbox.page.look import HERE
from bot.sandbox.page.scene import Eyes, Stage
from bot.sandbox.people import Person
from bot.sandbox.slack.slack import Slack
from bot.sandbox.telephone.exchange import Exchange

FastForward = Callable[[int], Awaitable[None]]  # minutes
STEPS = frozenset({15, 30, 60})
CALM = 0.05  # seconds between two refreshes of one browser
PULSE = 15.0
POLICY = "default-src 'self'; img-src 'self' data: https:; frame-src 'self'; base-uri 'none'; form-action 'self'"


class Page:
    """Serves `/`. `fast_forward` (minutes) makes its clock show buttons."""

    def __init__(
        self,
        slack: Slack,
        exchange: Exchange,
        office: PostOffice,
        fast_forward: FastForward | None,
        suggestions: tuple[str, ...] = (),
    ) -> None:
        self.slack = slack
        self.office = office
        self.fast_forward = fast_forward
        self.stage = Stage(slack.workspace, exchange, office, suggestions)
        self.acts = Acts(slack, exchange)
        self.closing = False

    def routes(self) -> list[web.AbstractRouteDef]:
        """What the sandbox's server serves for it."""
        return [
            web.get("/", self.index),
            web.get("/archives/{place}/{message}", self.index),
            web.get("/page/scene", self.scene),
            web.get("/page/events", self.events),
            web.get("/page/mail/{owner}/{number}", self.letter),
            web.post("/page/act/{act}", self.act),
            web.static("/static", HERE / "static"),
        ]

    async def close(self) -> None:
        """Let go of the browsers."""
        self.closing = True
        self.slack.workspace.changed()

    async def index(self, request: web.Request) -> web.Response:
        """The page; a permalink opens it at its channel."""
        place = request.match_info.get("place", "")
        html = self.stage.look.html("index.html", place=place or "C0INCIDEN")
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    def _person(self, key: str | None) -> Person:
        people = {one.key: one for one in self.slack.workspace.people.values()}
        return people.get(key or "") or next(iter(people.values()))

    async def scene(self, request: web.Request) -> web.Response:
        """The pieces for one pair of eyes."""
        query = request.query
        me = self._person(query.get("me"))
        place = query.get("place", "C0INCIDEN")
        if place.startswith("D"):
            place = self.slack.workspace.dm(me.slack_id).id
        eyes = Eyes(me, place, query.get("thread", ""), self._person(query.get("owner") or me.key))
        scene = self.stage.scene(eyes, clock=self.fast_forward is not None)
        return web.json_response(scene | {"me": me.key, "place": place, "owner": eyes.owner.key})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one number whenever something is different."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # the tab was closed
            await self._tell(request, response)
        return response

    async def _tell(self, request: web.Request, response: web.StreamResponse) -> None:
        changes, told = self.slack.workspace.record.changes, -1
        while not self.closing and request.transport is not None and not request.transport.is_closing():
            if told != changes.count:
                told = changes.count
                await response.write(f"data: {told}\n\n".encode())
                await asyncio.sleep(CALM)
                continue
            try:
                async with asyncio.timeout(PULSE):
                    await changes.next()
            except TimeoutError:
                await response.write(b": still here\n\n")

    async def letter(self, request: web.Request) -> web.Response:
        """A mail's HTML part for its frame, where no script runs."""
        mails = list(self.office.of(self._person(request.match_info["owner"]).email or "-"))
        number = int(request.match_info["number"])
        if number >= len(mails):
            raise web.HTTPNotFound
        headers = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
        return web.Response(text=mails[number].html, content_type="text/html", headers=headers)

    async def act(self, request: web.Request) -> web.Response:
        """One act; the own header keeps other sites' forms out."""
        if request.headers.get("X-Sandbox") != "1":
            raise web.HTTPForbidden
        body, name = json.loads(await request.text()), request.match_info["act"]
        if name == "forward":
            return await self._forward(int(body["minutes"]))
        if name not in self.acts.table:
            raise web.HTTPNotFound
        try:
            status = await self.acts.table[name](self._person(body.get("me")), body)
        except KeyError as gone:
            raise web.HTTPNotFound(text=f"gone: {gone}") from None
        return web.json_response({"status": status})

    async def _forward(self, minutes: int) -> web.Response:
        if self.fast_forward is None or minutes not in STEPS:
            raise web.HTTPNotFound
        self.slack.workspace.offset += minutes * 60
        await self.fast_forward(minutes)
        self.slack.workspace.changed()
        return web.json_response({"status": "forwarded"})
