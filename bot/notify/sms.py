"""SMS through Twilio: one or two pieces, and how to answer in the text itself."""

from collections.abc import Callable
from typing import Final

from bot.desk import Desk
from bot.errors import Permanent
from bot.language.gsm import is_gsm, segments, to_gsm
from bot.message import About, Kind
from bot.notify.blocks import digest
from bot.notify.blocks.reader import Reader
from bot.notify.bundle import bundled
from bot.notify.channel import Outgoing, because_of, phrase_of
from bot.notify.twilio_client import Twilio
from bot.notify.wording import manager_text, plain, short_page

MAX_SEGMENTS: Final = 2
LONGEST: Final = 300


class SmsChannel:
    kind = Kind.SMS

    def __init__(self, twilio: Twilio, desk: Desk) -> None:
        self.twilio = twilio
        self.desk = desk

    async def close(self) -> None:
        await self.twilio.close()

    async def send(self, outgoing: Outgoing) -> str:
        """Twilio's sid of the message (`SM…`)."""
        text = text_of(outgoing, Reader.of(self.desk, outgoing.language, outgoing.as_of))
        async with self.twilio.talking() as client:
            sent = await client.messages.create_async(
                to=outgoing.message.to,
                from_=self.twilio.sender,
                body=text,
                **self.twilio.callback("/twilio/status"),
            )
        return str(sent.sid)


def text_of(outgoing: Outgoing, reader: Reader) -> str:
    """At most two pieces: a longer title is cut, how to answer never is. Raises Permanent without anything to say."""
    if outgoing.message.about is About.PAGE and outgoing.view is not None:
        incident = outgoing.view.incident
        if outgoing.together:
            return fitted(lambda room: bundled(outgoing.together, reader, room))
        if outgoing.manager:
            told = manager_text(outgoing.view, reader)
            return fitted(lambda room: plain(told, room))
        because = because_of(outgoing.message)
        first = f"{reader.say(because)}: " if because else ""
        return fitted(lambda room: first + short_page(incident, reader, plain(incident.title, room)))
    if outgoing.digest is not None:
        rows = digest.told(outgoing.digest, reader)
        lines = [reader.say(digest.headline(outgoing.digest)), *(f"{what}, {how}" for what, how in rows)]
        return fitted(lambda room: plain(". ".join(lines), room))
    try:
        said = reader.say(phrase_of(outgoing.message))
    except ValueError as broken:
        raise Permanent(str(broken)) from None
    return fitted(lambda room: plain(said, room))


def fitted(worded: Callable[[int], str]) -> str:
    """`worded(room)` with as much room as two pieces allow."""
    room = LONGEST
    text = to_gsm(worded(room))
    while segments(text) > MAX_SEGMENTS and room > 20:
        room -= 5 if is_gsm(text) else 10
        text = to_gsm(worded(room))
    return text
