"""SMS through Twilio: one or two pieces, and how to answer in the text itself."""

from collections.abc import Callable
from typing import Final

from bot.carrier import VIA
from bot.desk import Desk
from bot.errors import Permanent
from bot.language.gsm import is_gsm, segments, to_gsm
from bot.message import About, Kind
from bot.notify.blocks import digest
from bot.notify.blocks.reader import Reader
from bot.notify.bundle import bundled
from bot.notify.channel import Outgoing, because_of, phrase_of
from bot.notify.sms_second import Carrier
from bot.notify.twilio_client import Twilio
from bot.notify.wording import manager_answer, manager_text, plain, short_page

MAX_SEGMENTS: Final = 2
LONGEST: Final = 300


class SmsChannel:
    kind = Kind.SMS

    def __init__(self, twilio: Twilio, desk: Desk, second: Carrier | None = None) -> None:
        self.twilio = twilio
        self.desk = desk
        self.second = second

    async def close(self) -> None:
        await self.twilio.close()
        if self.second is not None:
            await self.second.close()

    async def send(self, outgoing: Outgoing) -> str:
        """Twilio's sid of the message (`SM…`), or the second provider's name and its id."""
        reader = Reader.of(self.desk, outgoing.language, outgoing.as_of)
        via = outgoing.message.body.get(VIA)
        if via is not None:
            if self.second is None or self.second.name != via:
                raise Permanent(f"{via} is not configured any more")
            text = text_of(outgoing, reader, answer_to=self.twilio.sender)
            return f"{via}:{await self.second.carry(outgoing.message.to, text)}"
        text = text_of(outgoing, reader)
        async with self.twilio.talking() as client:
            sent = await client.messages.create_async(
                to=outgoing.message.to,
                from_=self.twilio.sender,
                body=text,
                **self.twilio.callback("/twilio/status"),
            )
        return str(sent.sid)


def text_of(outgoing: Outgoing, reader: Reader, answer_to: str = "") -> str:
    """At most two pieces: a longer title is cut, how to answer never is. Raises Permanent without anything to say.

    `answer_to`: the desk's number, when the text does not come from it.
    """
    code = outgoing.code
    if outgoing.message.about is About.PAGE and outgoing.view is not None:
        incident = outgoing.view.incident
        if outgoing.together:
            return fitted(lambda room: bundled(outgoing.together, reader, room, code, answer_to))
        if outgoing.manager:
            told, how = manager_text(outgoing.view, reader), manager_answer(incident, reader, code, answer_to)
            return fitted(lambda room: f"{plain(told, room)} {how}".rstrip())
        because = because_of(outgoing.message)
        first = f"{reader.say(because)}: " if because else ""
        return fitted(lambda room: first + short_page(incident, reader, plain(incident.title, room), code, answer_to))
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
