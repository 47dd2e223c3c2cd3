"""A call through Twilio that says the page twice and takes a key (TwiML given with the call): 4 takes the incident, 5
calls the next level, 6 resolves it."""

import re
from collections.abc import Sequence
from typing import Final

from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.desk import Desk
from bot.errors import Permanent
from bot.incident import Incident
from bot.message import About, Kind
from bot.notify.blocks.marks import severity
from bot.notify.blocks.reader import Reader
from bot.notify.bundle import more
from bot.notify.channel import Outgoing, phrase_of
from bot.notify.twilio_client import Twilio
from bot.notify.wording import plain
from bot.phrase import Phrase, Value

TAKE, ESCALATE, RESOLVE = "4", "5", "6"
VOICES: Final = {"fr": "fr-FR", "en": "en-GB"}
SAID: Final = 160
LONGEST: Final = 400
TAGS: Final = re.compile(r"[\[\]{}<>_|/\\#*`~^=]+")


class VoiceChannel:
    kind = Kind.VOICE

    def __init__(self, twilio: Twilio, desk: Desk) -> None:
        self.twilio = twilio
        self.desk = desk

    async def close(self) -> None:
        await self.twilio.close()

    async def send(self, outgoing: Outgoing) -> str:
        """Twilio's sid of the call (`CA…`)."""
        reader = Reader.of(self.desk, outgoing.language, outgoing.as_of)
        if outgoing.view is not None:
            worst = outgoing.together[0] if outgoing.together else outgoing.view.incident
            twiml = spoken(worst, reader, self.twilio.public_url, others=outgoing.together)
        elif outgoing.message.about is About.TELL:
            twiml = announced(phrase_of(outgoing.message), reader)
        elif outgoing.message.about is About.DRILL:
            twiml = rehearsed(phrase_of(outgoing.message), reader, self.twilio.public_url)
        else:
            raise Permanent("a call needs an incident to tell about")
        async with self.twilio.talking() as client:
            call = await client.calls.create_async(
                to=outgoing.message.to,
                from_=self.twilio.sender,
                twiml=twiml,
                timeout=30,
                **self.twilio.callback("/twilio/status"),
                **self.twilio.who_answers("/twilio/status"),
            )
        return str(call.sid)


def announced(said: Phrase, reader: Reader) -> str:
    """TwiML of a sentence, said twice, that asks for no key."""
    response = VoiceResponse()
    for _ in range(2):
        response.say(
            TAGS.sub(" ", plain(reader.say(said), LONGEST)), language=VOICES.get(reader.language, VOICES["en"])
        )
        response.pause(length=1)
    return str(response)


def rehearsed(said: Phrase, reader: Reader, public_url: str) -> str:
    """TwiML of a drill: said twice, and any key is awaited. Raises Permanent where no key can come back."""
    if not public_url:
        raise Permanent("no public address: a drill's call could not be answered")
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=8, action=f"{public_url}/twilio/drill", method="POST")
    for _ in range(2):
        text = TAGS.sub(" ", plain(reader.say(said), LONGEST))
        gather.say(text, language=VOICES.get(reader.language, VOICES["en"]))
        gather.pause(length=1)
    response.append(gather)
    return str(response)


def spoken(incident: Incident, reader: Reader, public_url: str, others: Sequence[Incident] = ()) -> str:
    """TwiML. Without a public address no key can come back, so none is offered."""
    language = VOICES.get(reader.language, VOICES["en"])
    told = Phrase(
        "ÉcoTrajet alert, {severity}, incident {number}. {title}.",
        {
            "severity": severity(incident.priority),
            "number": str(incident.number),
            "title": plain(TAGS.sub(" ", incident.title), SAID),
        },
    )
    if others:
        told = Phrase("{first} {then}", {"first": told, "then": more(others)})
    response = VoiceResponse()
    if public_url:
        drawn = int(reader.now.timestamp() * 1_000_000)  # a level that fires later makes the key 5 a late one
        action = f"{public_url}/twilio/voice?incident={incident.number}&as_of={drawn}"
        gather = Gather(num_digits=1, timeout=8, action=action, method="POST")
        keys: dict[str, Value | Phrase] = {"take": TAKE, "escalate": ESCALATE, "resolve": RESOLVE}
        press = reader.say(
            Phrase("Press {take} to take it, {escalate} to call the next level, {resolve} to resolve it.", keys)
        )
        for _ in range(2):
            gather.say(f"{reader.say(told)} {press}", language=language)
            gather.pause(length=1)
        response.append(gather)
    else:
        for _ in range(2):
            response.say(reader.say(told), language=language)
    response.say(reader.say(Phrase("Goodbye.")), language=language)
    return str(response)
