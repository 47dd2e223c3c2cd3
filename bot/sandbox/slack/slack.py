"""The small Slack as one thing: what `sandbox.slack` gives to tests."""

from pathlib import Path

import aiohttp
from aiohttp import web

from bot.sandbox.faults import Faults
from bot.sandbox.people import DEMO_ROOMS, Person
from bot.sandbox.record import PATIENCE, Record
from bot.sandbox.slack.deliveries import Courier, Delivery
from bot.sandbox.slack.gestures import Gestures
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.pace import Pace
from bot.sandbox.slack.response_url import ResponseDoor
from bot.sandbox.slack.signed_http import SignedHttp
from bot.sandbox.slack.socket_mode import Sockets
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.workspace import Workspace


class Slack:
    """Workspace, Web API, sockets and response URLs, put together."""

    def __init__(
        self,
        people: tuple[Person, ...],
        manifest: Path | None,
        record: Record,
        session: aiohttp.ClientSession,
        ack_limit: float,
        *,
        paced: bool = False,
    ) -> None:
        granted = Manifest.read(manifest) if manifest else Manifest()
        self.workspace = Workspace(people, DEMO_ROOMS, granted, record)
        self.sockets = Sockets(record)
        self.pace = Pace(enforced=paced)
        http = SignedHttp(session, self.workspace.tokens.signing_secret)
        self.courier = Courier(self.workspace, self.sockets, http, ack_limit)
        self.door = ResponseDoor(self.workspace, self.courier)
        self.gestures = Gestures(self.workspace, self.courier, self.door)
        self.web_api = WebApi(self.workspace, self.sockets, self.pace)

    @property
    def faults(self) -> Faults:
        """`faults.arm(method="chat.postMessage", error="ratelimited", retry_after=2, times=3)`"""
        return self.workspace.faults

    @property
    def connections(self) -> int:
        """How many sockets the bot holds open."""
        return len(self.sockets.open)

    @property
    def scopes_used(self) -> frozenset[str]:
        """What the calls and deliveries so far needed, to compare with the manifest."""
        return frozenset(self.workspace.scopes_used)

    def routes(self) -> list[web.RouteDef]:
        """All that the sandbox's server serves for Slack."""
        return [*self.web_api.routes(), *self.sockets.routes(), *self.door.routes()]

    def at(self, url: str) -> None:
        """Where the server listens."""
        self.workspace.url = self.sockets.url = url

    async def connected(self, within: float = PATIENCE, connections: int = 1) -> None:
        """Wait for the bot's socket."""
        await self.workspace.record.changes.until(
            lambda: True if self.connections >= connections else None,
            within,
            lambda: f"{self.connections} of {connections} sockets are open",
        )

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """The same envelope again, as Slack does when it believes the first was lost."""
        await self.courier.carry(delivery)
        return delivery
