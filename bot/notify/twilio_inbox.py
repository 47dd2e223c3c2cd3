"""Asks Twilio for what it would otherwise call us for: a desk without a public address hears by this alone.

Source: https://www.twilio.com/docs/messaging/api/message-resource (list, newest first, filtered by whole days)
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from bot.errors import Permanent
from bot.inbound import Fate, Text
from bot.message import Kind
from bot.notify.twilio_client import Twilio

A_PAGE: Final = 100
ARRIVED: Final = frozenset({"delivered", "read", "completed"})
LOST: Final = frozenset({"undelivered", "failed", "busy", "no-answer", "canceled"})


class TwilioInbox:
    """Raises Retryable or Permanent, as `Twilio.talking` does."""

    def __init__(self, twilio: Twilio) -> None:
        self.twilio = twilio

    async def close(self) -> None:
        await self.twilio.close()

    async def since(self, moment: datetime) -> list[Text]:
        """Texts to our number from `moment` on, oldest first."""
        found: list[Text] = []
        day = datetime.combine(moment.astimezone(UTC).date(), datetime.min.time(), UTC)
        async with self.twilio.talking() as client:
            listed = await client.messages.stream_async(
                to=self.twilio.sender, date_sent_after=day, page_size=A_PAGE
            )  # fmt: skip
            async for one in listed:
                at = one.date_sent or one.date_created
                if at < moment:
                    break
                if one.direction == "inbound":
                    found.append(Text(str(one.sid), str(one.from_), str(one.body or ""), at))
        return found[::-1]

    async def fates(self, asked: Sequence[tuple[Kind, str]]) -> list[Fate]:
        """Of these messages of ours, those that have come to an end."""
        found: list[Fate] = []
        for kind, sid in asked:
            with suppress(Permanent):  # it is not there any more
                found += await self.fate(kind, sid)
        return found

    async def fate(self, kind: Kind, sid: str) -> list[Fate]:
        """Nothing while it is on its way."""
        async with self.twilio.talking() as client:
            resource = client.messages(sid) if kind is Kind.SMS else client.calls(sid)
            one = await resource.fetch_async()
        word, code = str(one.status), getattr(one, "error_code", None)
        return [Fate(kind, sid, word in ARRIVED, f"{word} {code or ''}".strip())] if word in ARRIVED | LOST else []
