"""The sandbox: a small Slack, phones and mailboxes on one free port, for the demo and the tests."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

import aiohttp
from aiohttp import web

from bot.sandbox.actor import Actor
from bot.sandbox.devices import Mailbox, Phone
from bot.sandbox.mail import PostOffice
from bot.sandbox.page.page import FastForward, Page
from bot.sandbox.people import DEMO_PEOPLE, Person
from bot.sandbox.record import PATIENCE, Changes, Received, Record
from bot.sandbox.slack.deliveries import ACK_LIMIT, Delivery
from bot.sandbox.slack.message import ShownMessage
from bot.sandbox.slack.slack import Slack
from bot.sandbox.slack.workspace import Conversation
from bot.sandbox.telephone.api import TwilioApi
from bot.sandbox.telephone.exchange import Exchange

SUGGESTIONS = ("/ecotrajet help", "/ecotrajet status", "/ecotrajet incident list", "/ecotrajet rollback prod")


class Channel:
    """A channel as tests read it."""

    def __init__(self, slack: Slack, conversation: Conversation) -> None:
        self._slack = slack
        self.conversation = conversation

    @property
    def messages(self) -> list[ShownMessage]:
        """All messages as they are now, oldest first; not the ephemeral ones, which people see with `sees`."""
        stored = self.conversation.messages
        return [self._slack.workspace.shown(one) for one in stored if one.ephemeral_to is None]


class Sandbox:
    """`async with Sandbox() as sandbox:`; everything stops with the block.

    `manifest` limits scopes, commands and events to what it grants; `ack_limit` is in seconds; `paced` enforces Slack's
    rate limits; `fast_forward` gets minutes and makes the page's clock show buttons; `suggestions` are offered.
    """

    def __init__(
        self,
        people: Sequence[Person] = DEMO_PEOPLE,
        manifest: Path | None = None,
        *,
        smtp: bool = True,
        port: int = 0,
        host: str = "127.0.0.1",
        ack_limit: float = ACK_LIMIT,
        paced: bool = False,
        fast_forward: FastForward | None = None,
        suggestions: Sequence[str] = SUGGESTIONS,
    ) -> None:
        self._people = tuple(people)
        self._manifest = manifest
        self._smtp = smtp
        self._port = port
        self._host = host
        self._ack_limit = ack_limit
        self._paced = paced
        self._fast_forward = fast_forward
        self._suggestions = tuple(suggestions)
        self._record = Record()
        self._stop = AsyncExitStack()
        self.url = ""

    async def __aenter__(self) -> "Sandbox":
        session = await self._stop.enter_async_context(aiohttp.ClientSession(trust_env=False))
        self.slack = Slack(self._people, self._manifest, self._record, session, self._ack_limit, paced=self._paced)
        self.twilio = Exchange(self._people, self._record, session)
        self.mail = PostOffice(self._record)
        self.page = Page(self.slack, self.twilio, self.mail, self._fast_forward, self._suggestions)
        self._stop.push_async_callback(self.twilio.close)
        if self._smtp:
            await self.mail.open(self._host)
            self._stop.push_async_callback(self.mail.close)
        await self._serve()
        return self

    async def _serve(self) -> None:
        app = web.Application(client_max_size=64 * 2**20)
        app.add_routes([*self.slack.routes(), *TwilioApi(self.twilio).routes(), *self.page.routes()])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._stop.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self._host, self._port)
        await site.start()
        self._stop.push_async_callback(self.slack.sockets.close)
        self._stop.push_async_callback(self.page.close)
        self.url = f"http://{self._host}:{runner.addresses[0][1]}"
        self.slack.at(self.url)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop.aclose()

    def environment(self) -> dict[str, str]:
        """What a bot needs in its environment to live in this sandbox."""
        tokens, account = self.slack.workspace.tokens, self.twilio.account
        return {
            "SLACK_BOT_TOKEN": tokens.bot,
            "SLACK_APP_TOKEN": tokens.app,
            "SLACK_SIGNING_SECRET": tokens.signing_secret,
            "SLACK_API_URL": f"{self.url}/api/",
            "TWILIO_ACCOUNT_SID": account.sid,
            "TWILIO_AUTH_TOKEN": account.auth_token,
            "TWILIO_FROM_NUMBER": account.number,
            "TWILIO_API_URL": self.url,
            "SMTP_URL": f"smtp://{self._host}:{self.mail.port}",
            "EMAIL_FROM": "astreinte@ecotrajet.example",
        }

    def bot_at(self, public_url: str, *, slack_http: bool = False) -> None:
        """Where inbound text messages go, and with `slack_http` Slack's deliveries too (instead of the socket)."""
        self.twilio.public_url = public_url
        self.slack.courier.public_url = public_url if slack_http else None

    def person(self, key: str) -> Actor:
        """Somebody to act as, by their short name; KeyError when unknown."""
        person = {one.key: one for one in self._people}[key]
        phone = Phone(person.phone, self.twilio, self._record.changes) if person.phone else None
        mailbox = Mailbox(person.email, self.mail, self._record.changes) if person.email else None
        return Actor(person, self.slack, phone, mailbox)

    def channel(self, name: str) -> Channel:
        """A channel by name or id; KeyError when there is none."""
        found = self.slack.workspace.find(name)
        if found is None:
            raise KeyError(name)
        return Channel(self.slack, found)

    @property
    def record(self) -> list[Received]:
        """Everything that was received, in order."""
        return self._record.received

    @property
    def violations(self) -> list[str]:
        """What a correct bot would never have done."""
        return self._record.violations

    @property
    def changes(self) -> Changes:
        """For waiting on something of one's own: `await sandbox.changes.until(look, within, missing)`."""
        return self._record.changes

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that was sent to the bot over Slack."""
        return self.slack.courier.all

    async def connected(self, within: float = PATIENCE, connections: int = 1) -> None:
        """Wait for the bot's socket."""
        await self.slack.connected(within, connections)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """The same envelope again."""
        return await self.slack.redeliver(delivery)
