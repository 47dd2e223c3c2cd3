"""Answers to drills: a text with one word, a key during a call."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

import structlog
from aiohttp import web
from twilio.twiml.voice_response import VoiceResponse

from bot.audit import Actor, Door
from bot.desk import Desk
from bot.language import say
from bot.person import Person
from bot.phrase import Phrase
from bot.target import fold
from handlers import sms_reply

log = structlog.get_logger(__name__)

WORDS: Final = frozenset({"present", "presente", "here", "drill", "exercice"})
AROUND: Final = " .!,;:«»“”\"'\u00a0\u202f"
KEY: Final = "4"
VOICES: Final = {"fr": "fr-FR", "en": "en-GB"}


class Answering(Protocol):
    """What this door asks of `Reach`."""

    async def present(self, person: Person, by: Actor) -> Phrase | None: ...


def says_present(text: str) -> bool:
    """The one word that the drill's text asks for, and nothing that could be meant for an incident."""
    return fold(text.strip(AROUND)) in WORDS


async def by_text(reach: Answering, person: Person, sid: str | None) -> Phrase | None:
    """What to text back; None for a repeated delivery."""
    try:
        return await reach.present(person, Actor(person.id, person.name, Door.SMS, sid))
    except Exception:
        log.exception("drill.answer_failed", person=person.id)
        return sms_reply.out_of_order()


def key_pressed(
    reach: Answering, desk: Desk, now: Callable[[], datetime]
) -> Callable[[web.Request, Mapping[str, str]], Awaitable[web.Response]]:
    """`POST /twilio/drill`: the key that was pressed during the drill's call."""

    async def voice(_request: web.Request, form: Mapping[str, str]) -> web.Response:
        person = desk.person_of_phone(form.get("To", ""))
        language = desk.language_of(person)
        said: Phrase | None = sms_reply.stranger()
        if person is not None and form.get("Digits") != KEY:
            said = Phrase("That was another key: nothing was noted.")
        elif person is not None:
            by = Actor(person.id, person.name, Door.VOICE, f"{form.get('CallSid', '')}:drill")
            try:
                said = await reach.present(person, by)
            except Exception:
                log.exception("drill.answer_failed", person=person.id)
                said = sms_reply.out_of_order()
        response = VoiceResponse()
        text = say(said or Phrase("Noted already."), language, desk.zone, now())
        response.say(text, language=VOICES.get(language, VOICES["en"]))
        return web.Response(text=str(response), content_type="text/xml", charset="utf-8")

    return voice
