"""Telling people at once, without database or queue: for whoever finds out that these are away."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from bot.carrier import VIA
from bot.errors import Permanent, Retryable
from bot.message import About, Kind, Message
from bot.notify.channel import Channel, Outgoing
from bot.person import Person
from bot.phrase import Phrase

log = structlog.get_logger("direct")

SENT_WITHIN: Final = 20.0  # seconds
AT_ONCE: Final = (Kind.SMS, Kind.SLACK, Kind.EMAIL)


class Direct:
    """`language`: what somebody reads. `second_sms`: by which else a text may go, as `carrier.VIA` has it. A channel
    that is not there is passed over.
    """

    def __init__(
        self, channels: Mapping[Kind, Channel], language: Callable[[Person], str], second_sms: str | None = None
    ) -> None:
        self.channels, self.language, self.second_sms = channels, language, second_sms

    async def tell(self, people: Sequence[Person], said: Phrase, now: datetime) -> dict[str, frozenset[Kind]]:
        """By everything that wakes; by a call where nothing else went through. By id: what did; nobody: not in it."""
        arrived = await asyncio.gather(*(self._tell_one(person, said, now) for person in people))
        return {person.id: kinds for person, kinds in zip(people, arrived, strict=True) if kinds}

    async def _tell_one(self, person: Person, said: Phrase, now: datetime) -> frozenset[Kind]:
        sent = await asyncio.gather(*(self.send(kind, person, said, now) for kind in AT_ONCE))
        arrived = frozenset(kind for kind, well in zip(AT_ONCE, sent, strict=True) if well)
        if not arrived and await self.send(Kind.VOICE, person, said, now):
            return frozenset({Kind.VOICE})
        return arrived

    async def send(self, kind: Kind, person: Person, said: Phrase, now: datetime) -> bool:
        """False: they have no such way, or it did not go through (which is logged)."""
        address, channel = person.address(kind), self.channels.get(kind)
        if address is None or channel is None:
            return False
        message = Message(
            id=int(now.timestamp()), kind=kind, about=About.TELL, to=address, due_at=now, person=person.id, starts=1,
            body={"phrase": said.to_json()},
        )  # fmt: skip
        outgoing = Outgoing(message, self.language(person), None, None, None, as_of=now)
        if await self._sent(channel, outgoing):
            return True
        if kind is not Kind.SMS or self.second_sms is None:
            return False
        by_second = replace(message, body={**message.body, VIA: self.second_sms})
        return await self._sent(channel, replace(outgoing, message=by_second))

    async def _sent(self, channel: Channel, outgoing: Outgoing) -> bool:
        try:
            async with asyncio.timeout(SENT_WITHIN):
                await channel.send(outgoing)
        except (Permanent, Retryable, TimeoutError) as failed:
            log.warning("not told", channel=channel.kind.value, person=outgoing.message.person, reason=str(failed))
            return False
        return True


def keep(file: Path, content: bytes) -> None:
    """Whole or not at all; for our eyes only. What cannot be written is logged: telling people matters more."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.write(content)
        fresh.replace(file)
    except OSError as error:
        log.warning("what has to be remembered cannot be kept on disk", file=str(file), error=str(error))
