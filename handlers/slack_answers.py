"""What is answered to each kind of thing that Slack delivers, once it is acked; and by which way."""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

import structlog

from bot.access import stranger
from bot.errors import UserError
from bot.notify import blocks
from bot.notify.blocks import Card
from bot.notify.blocks.declaring import offer
from bot.notify.blocks.modal import Modal
from bot.notify.blocks.story import File
from bot.phrase import Phrase
from bot.report import Report
from handlers import actions, commands, declaring, escalating, kept, modals, parse, people, written
from handlers.commands import Tools
from handlers.people import Visitor
from handlers.slack_messages import Messages, said_in

log = structlog.get_logger("slack")

ESCALATE_MESSAGE: Final = "escalate_message"  # callback id of the shortcut, as in manifest.yml
Body = Mapping[str, Any]
Say = Callable[[Card], Awaitable[None]]


class Answers:
    """Each answers one delivery; what it raises, an errand tells."""

    def __init__(self, tools: Tools, messages: Messages) -> None:
        self.tools, self.messages = tools, messages

    def mouth(self, body: Body, visitor: Visitor) -> Say:
        """How this person, and nobody else, is answered: where they are, else in their own messages."""
        if body.get("type") == "block_actions" and body.get("view"):
            close = self.tools.reader(visitor.language).say(Phrase("Close"))
            return partial(self.messages.before, body, close)
        if (url := str(body.get("response_url") or "")) or "command" in body or body.get("type") == "block_actions":
            return partial(self.messages.answer, url, people.slack_id(body))
        if "event" in body and written.is_written(body["event"]):
            return partial(self.messages.back, body["event"])
        if "event" in body:
            return partial(self.messages.beside, body["event"])
        return partial(self.messages.direct, people.slack_id(body))

    async def command(self, body: Body, visitor: Visitor, say: Say) -> None:
        with structlog.contextvars.bound_contextvars(delivery=visitor.by.delivery, by=visitor.by.id):
            log.info("command", text=body.get("text", ""))
            await self._say(say, body, visitor, await commands.answer(self.tools, str(body.get("text", "")), visitor))

    async def words(self, body: Body, visitor: Visitor, say: Say) -> None:
        with structlog.contextvars.bound_contextvars(delivery=visitor.by.delivery, by=visitor.by.id):
            log.info("words", text=body["event"].get("text", ""))
            await self._say(say, body, visitor, await written.answer(self.tools, body["event"], visitor))

    async def press(self, body: Body, visitor: Visitor, say: Say) -> None:
        pressed = body["actions"][0]
        with structlog.contextvars.bound_contextvars(delivery=visitor.by.delivery, by=visitor.by.id):
            log.info("press", action=pressed.get("action_id"))
            await self._say(say, body, visitor, await actions.answer(self.tools, pressed, visitor))

    async def shortcut(self, body: Body, visitor: Visitor, say: Say) -> None:
        log.info("shortcut", callback=body.get("callback_id"), by=visitor.by.id)
        report, text = Report(""), said_in(body.get("message") or {})
        if body.get("callback_id") == ESCALATE_MESSAGE:
            await self._say(say, body, visitor, await escalating.form(self.tools, visitor, text))
            return
        if body.get("message"):
            report = Report.of({"what": text, "link": await self.messages.link_of(body)})
        await self._say(say, body, visitor, declaring.questions(self.tools, visitor, report))

    async def submission(self, body: Body, visitor: Visitor, say: Say) -> None:
        with structlog.contextvars.bound_contextvars(delivery=visitor.by.delivery, by=visitor.by.id):
            log.info("submission", callback=body["view"].get("callback_id"))
            await self._say(say, body, visitor, await modals.end(self.tools, body["view"], visitor))

    async def mention(self, body: Body, visitor: Visitor, say: Say) -> None:
        event = body["event"]
        text = parse.unescape(re.sub(r"<@[A-Z0-9]+(\|[^>]*)?>", "", str(event.get("text") or ""), count=1).strip())
        link = await self.messages.permalink(str(event["channel"]), str(event["ts"]))
        await self._offer(visitor, say, text, link)

    async def reaction(self, body: Body, visitor: Visitor, say: Say) -> None:
        channel, ts = str(body["event"]["item"]["channel"]), str(body["event"]["item"]["ts"])
        text = await self.messages.text_of(channel, ts)
        await self._offer(visitor, say, text, await self.messages.permalink(channel, ts))

    async def mark(self, body: Body, visitor: Visitor, _say: Say) -> None:
        await kept.happened(self.tools, self.messages, body["event"], visitor)

    async def home(self, body: Body, _visitor: Visitor, _say: Say) -> None:
        """The worker publishes it: also again, when it changes."""
        await self.tools.homes.opened(str(body["event"]["user"]))

    async def _offer(self, visitor: Visitor, say: Say, text: str, link: str) -> None:
        """An event opens no modal, a press does."""
        if visitor.person is None:
            raise UserError(stranger())
        await say(offer(self.tools.reader(visitor.language), text, link))

    async def _say(self, say: Say, body: Body, visitor: Visitor, reply: commands.Reply) -> None:
        if reply is None:
            return
        if isinstance(reply, Modal):
            above = (body.get("view") or {}).get("type") == "modal" and body.get("type") == "block_actions"
            await self.messages.open(str(body.get("trigger_id") or ""), reply, above=above)
            return
        if isinstance(reply, File):
            reply = await self.messages.send_file(visitor.slack_user, reply)
        if isinstance(reply, Phrase):  # in their language by now: they may just have chosen another one
            language = self.tools.desk.language_of(visitor.person, visitor.slack_user)
            reply = blocks.answer(reply, self.tools.reader(language))
        await say(reply)
