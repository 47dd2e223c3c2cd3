"""Twilio's door for a desk that has no public address: we knock at theirs, every few seconds."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog
from multidict import MultiDict

from bot.errors import Permanent, Retryable
from bot.inbound import Fate, Text
from bot.lifecycle import Unavailable
from bot.lifecycle.inbox import Inbox
from bot.message import Kind
from handlers.sms_reply import out_of_order
from handlers.twilio import TwilioDoor

EVERY: Final = timedelta(seconds=3)
PATIENCE: Final = timedelta(minutes=1)  # then its sender is told that it could not be done

log = structlog.get_logger(__name__)


class Provider(Protocol):
    """What is asked of Twilio; each raises Retryable or Permanent."""

    async def since(self, moment: datetime) -> list[Text]: ...

    async def fates(self, asked: Sequence[tuple[Kind, str]]) -> list[Fate]: ...

    async def close(self) -> None: ...


class Polled:
    """`number` is the desk's own, in E.164. Of several replicas one asks at a time."""

    def __init__(self, door: TwilioDoor, inbox: Inbox, provider: Provider, number: str) -> None:
        self.door, self.inbox, self.provider, self.number = door, inbox, provider, number
        self.trouble = ""

    async def run(self) -> None:
        """For ever. What cannot be read or written now is read again in the next round."""
        while True:
            try:
                await self.round()
            except (Retryable, Permanent) as away:
                self.troubled(away.reason)
            except Unavailable:
                self.troubled("the database is away")
            except Exception:
                log.exception("texts.round_broke")
            else:
                self.trouble = ""
            await asyncio.sleep(EVERY.total_seconds())

    def troubled(self, reason: str) -> None:
        if reason != self.trouble:
            log.warning("texts.not_read", reason=reason)
        self.trouble = reason

    async def round(self) -> None:
        """Act on what came since the last one."""
        since = await self.inbox.turn(self.number, EVERY * 0.8)
        if since is None:
            return
        texts = await self.provider.since(since)
        for text in await self.inbox.unheard(texts):
            await self.hear(text)
        if texts:
            await self.inbox.read(self.number, texts)
        if asked := await self.inbox.unsettled():
            for fate in await self.provider.fates(asked):
                await self.door.lifecycle.receipt(fate.kind, fate.sid, delivered=fate.delivered, reason=fate.reason)

    async def hear(self, text: Text) -> None:
        """The act has the text's sid for its delivery, so that it is done once; then the text is put aside.

        Without an answer it was done before, or at this moment by another replica, which is about to answer.
        """
        form = MultiDict({"From": text.sender, "Body": text.body, "MessageSid": text.sid})
        person, said = await self.door.heard(form)
        if said == out_of_order() and datetime.now(UTC) - text.sent_at < PATIENCE:
            return  # it stands in the list in the next round as well
        if said is not None:
            await self.inbox.answered(text, person, said)
