"""Slack's door, on bolt: Socket Mode when there is an app token, HTTP otherwise. The ack leaves before any work.

Measured on slack_bolt 1.30: a listener that raises right after `await ack()` makes bolt forget the ack, and Slack waits
for three seconds in vain. So a listener here does two things, neither of which raises: ack, and start an errand.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiohttp import ClientError, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk
from bot.notify import blocks
from bot.phrase import Phrase
from bot.secret import Secret
from handlers import kept, modals, people, written
from handlers.commands import Tools
from handlers.errands import Errands
from handlers.people import Visitor
from handlers.slack_answers import ESCALATE_MESSAGE, Answers, Body, Say
from handlers.slack_http import let_in
from handlers.slack_messages import Messages
from handlers.watched import Reception, Watched

log = structlog.get_logger("slack")

COMMAND: Final = "/ecotrajet"
DECLARE: Final = "declare"  # callback ids of the shortcuts, as in manifest.yml
DECLARE_MESSAGE: Final = "declare_message"
PATH: Final = "/slack/events"
PING: Final = 5.0  # seconds between signs of life of the socket; a dead one is noticed within a few of them
FINISH_WITHIN: Final = 3.0  # seconds; the whole process stops within 5
CLOSE_WITHIN: Final = 1.0  # seconds; aiohttp would wait 10 for the other side's goodbye
Work = Callable[[Body, Visitor, Say], Coroutine[object, object, None]]


@dataclass(frozen=True, slots=True)
class SlackKeys:
    """`app_token`: Socket Mode. Without it `signing_secret` verifies what comes in by HTTP."""

    bot_token: Secret
    app_token: Secret | None = None
    signing_secret: Secret | None = None
    api_url: str = "https://slack.com/api/"


class SlackDoor:
    """`async with door.running():` listens; `routes()` are for our HTTP server and empty in Socket Mode."""

    def __init__(
        self, keys: SlackKeys, tools: Tools, reception: Reception | None = None, watched: tuple[str, ...] = ()
    ) -> None:
        """`reception` takes what other apps post in the channels `watched`."""
        self.keys = keys
        self.errands = Errands()
        self.socket: AsyncSocketModeHandler | None = None
        asking = AsyncWebClient(keys.bot_token.reveal(), base_url=keys.api_url, timeout=10)
        self.messages = Messages(asking)
        self.answers = Answers(tools, self.messages)
        self.watched = Watched(reception, watched, asking) if reception is not None else None
        self.bolt = self._app()

    @property
    def tools(self) -> Tools:
        return self.answers.tools

    def routes(self) -> list[web.RouteDef]:
        """Nothing listens there without a signing secret: an empty one would verify anybody."""
        return [] if self.keys.app_token or not self.keys.signing_secret else [web.post(PATH, self._http)]

    async def connected(self) -> bool:
        """For `/readyz`: is Slack heard? In HTTP mode Slack comes to us, so there is nothing to lose."""
        if not self.keys.app_token:
            return bool(self.keys.signing_secret)
        return self.socket is not None and bool(await self.socket.client.is_connected())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listens until the block ends; then hears no more, and finishes what it accepted."""
        connecting = self._connect() if self.keys.app_token else None
        try:
            yield
        finally:
            if connecting is not None:
                connecting.cancel()
                await asyncio.gather(connecting, return_exceptions=True)
            await self._close()
            await self.errands.finish(FINISH_WITHIN)

    # Hearing -----------------------------------------------------------------------------------------------------

    def _app(self) -> AsyncApp:
        token = self.keys.bot_token.reveal()

        client = AsyncWebClient(base_url=self.keys.api_url, timeout=10)

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            # One workspace, one token. Bolt's own way would ask `auth.test` first: work before the ack.
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

        secret = self.keys.signing_secret.reveal() if self.keys.signing_secret else ""
        app = AsyncApp(name="ecotrajet", client=client, authorize=authorize, signing_secret=secret)
        app.middleware(self.store_first)
        app.command(COMMAND)(self.command)
        app.event("message")(self.message)
        app.action(re.compile(".*", re.DOTALL))(self.press)  # links are acked, too, or Slack shows a warning sign
        app.shortcut(DECLARE)(self.shortcut)
        app.shortcut(DECLARE_MESSAGE)(self.shortcut)
        app.shortcut(ESCALATE_MESSAGE)(self.shortcut)
        app.view(re.compile(".*", re.DOTALL))(self.submission)
        app.event("app_mention")(self.mention)
        app.event("reaction_added")(self.reaction)
        app.event("reaction_removed")(self.mark)
        app.event("pin_added")(self.mark)
        app.event("pin_removed")(self.mark)
        app.event("app_home_opened")(self.home)
        return app

    async def store_first(self, body: dict[str, Any], next: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        """Bolt acks an event before its listener runs; an alert is acked once it is stored. Not acked: 503."""
        if body.get("type") == "event_callback" and self.watched is not None:
            try:
                await self.watched.take(body)
            except Exception as away:  # noqa: BLE001 - whatever it is, Slack delivers it again
                log.warning("not taken: Slack has to deliver it again", error=str(away) or type(away).__name__)
                return BoltResponse(status=503, body="")
        await next()
        return None

    async def mark(self, body: dict[str, Any]) -> None:
        """A pin, a 📌 or a file: perhaps a line of a story. Of other messages all was done before the ack."""
        if kept.tells(body["event"]):
            self._begin(body, people.of_event, self.answers.mark)

    async def message(self, body: dict[str, Any]) -> None:
        """Words to the bot itself are answered, once: Slack repeats what it thinks we did not hear."""
        await self.mark(body)
        if written.is_written(body["event"]) and self.messages.first_time(body["event"]):
            self._begin(body, people.of_words, self.answers.words)

    async def command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._begin(body, people.of_command, self.answers.command)

    async def press(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._begin(body, people.of_press, self.answers.press)

    async def shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._begin(body, people.of_shortcut, self.answers.shortcut)

    async def submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The one kind whose ack says something: which modal follows, or what is wrong with the answers."""
        view, visitor = body["view"], people.of_submission(body, self.tools.desk)
        said = await modals.following(self.tools, view, visitor)
        await ack(**said)
        if said.get("response_action") != "errors":  # it stays open, to be filled in better
            self._begin(body, people.of_submission, self.answers.submission)

    async def mention(self, body: dict[str, Any]) -> None:
        """Bolt has acked already, as with every event. A bot that mentions us, ourselves too, gets no answer."""
        if not body["event"].get("bot_id") and body["event"].get("user"):
            self._begin(body, people.of_event, self.answers.mention)

    async def reaction(self, body: dict[str, Any]) -> None:
        event = body["event"]
        name, item = str(event.get("reaction", "")).partition("::")[0], event.get("item", {})  # `::skin-tone-2`
        if name and name == self.tools.desk.declare_emoji and item.get("type") == "message":
            self._begin(body, people.of_event, self.answers.reaction)
        await self.mark(body)

    async def home(self, body: dict[str, Any]) -> None:
        """The same event tells of the Messages tab."""
        if body["event"].get("tab") == "home":
            self._begin(body, people.of_event, self.answers.home)

    def _begin(self, body: Body, who: Callable[[Body, Desk], Visitor], work: Work) -> None:
        """Nothing here may raise: bolt would forget the ack."""
        try:
            visitor = who(body, self.tools.desk)
        except (KeyError, TypeError, IndexError, AttributeError):
            log.warning("a payload without its usual fields", type=body.get("type"))
            return

        async def tell(phrase: Phrase) -> None:
            await say(blocks.error(phrase, self.tools.reader(visitor.language)))

        say = self.answers.mouth(body, visitor)
        self.errands.start(work(body, visitor, say), tell)

    # The two ways in ---------------------------------------------------------------------------------------------

    async def _http(self, request: web.Request) -> web.Response:
        asked = await let_in(request, self.keys.signing_secret or Secret(""))
        return await to_aiohttp_response(await self.bolt.async_dispatch(asked))

    def _connect(self) -> asyncio.Task[None]:
        """In the background: Slack being away must not keep the pager from starting."""
        token = self.keys.app_token.reveal() if self.keys.app_token else ""
        self.socket = AsyncSocketModeHandler(self.bolt, token, ping_interval=PING)
        connecting = self.socket.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
        return asyncio.create_task(connecting, name="slack socket")

    async def _close(self) -> None:
        if self.socket is None:
            return
        try:
            closing = self.socket.close_async()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
            await asyncio.wait_for(closing, CLOSE_WITHIN)
        except (TimeoutError, ClientError, OSError):
            log.info("the socket was closed without a goodbye")
        client = self.socket.client
        waiting = [client.message_processor, client.current_session_monitor, client.message_receiver]
        for task in waiting:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in waiting if task is not None), return_exceptions=True)
        await client.aiohttp_client_session.close()
