"""Twilio's door: answers to texts and calls, and delivery receipts. Only what Twilio signed is read.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security and …/messaging/guides/webhook-request
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from multidict import MultiDict
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.access import why_not_respond
from bot.answers import AcknowledgeAnswer, EscalateAnswer, ResolveAnswer
from bot.audit import Actor, Door
from bot.desk import Desk
from bot.language import say
from bot.language.gsm import to_gsm
from bot.message import Kind
from bot.person import Person
from bot.phrase import Phrase
from bot.secret import Secret
from handlers import drills, sms_reply
from handlers.sms_reply import Reply, Wish, understand
from handlers.sources.body import clean

LARGEST: Final = 64 * 1024
KEYS: Final = {"4": Wish.TAKE, "5": Wish.ESCALATE, "6": Wish.RESOLVE}
VOICES: Final = {"fr": "fr-FR", "en": "en-GB"}
DELIVERED: Final = frozenset({"delivered", "read", "completed"})
NOT_DELIVERED: Final = frozenset({"undelivered", "failed", "busy", "no-answer", "canceled"})
MACHINES: Final = frozenset({"machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax"})
STOPS: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
JUST_NOW: Final = timedelta(minutes=1)  # whoever asks by text for more people did not know of a level that fired since
PATIENCE: Final = (0.1, 0.2, 0.4, 0.8, 1.6)  # a receipt may overtake the row it is about
Form = MultiDict[str]
Answer = Callable[[web.Request, Form], Awaitable[web.Response]]

log = structlog.get_logger(__name__)


class Deciding(Protocol):
    """What this door asks of `Lifecycle`."""

    async def acknowledge(self, number: int, by: Actor) -> AcknowledgeAnswer: ...

    async def resolve(self, number: int, by: Actor, note: str = "") -> ResolveAnswer: ...

    async def escalate(self, number: int, by: Actor, as_of: datetime | None = None) -> EscalateAnswer: ...

    async def receipt(self, kind: Kind, provider_id: str, *, delivered: bool, reason: str) -> bool:
        """False: no message has this id (yet)."""
        ...


class Asking(Protocol):
    """What this door asks of `Questions`."""

    async def latest_page_of(self, person: str) -> int | None: ...

    async def page_with_code(self, person: str, code: int) -> int | None: ...


class Opting(Protocol):
    """What this door asks of `Reach`."""

    async def opted(self, person: Person, by: Actor, *, out: bool) -> None: ...

    async def present(self, person: Person, by: Actor) -> Phrase | None: ...


def routes(
    lifecycle: Deciding,
    questions: Asking,
    desk: Desk,
    auth_token: Secret,
    public_url: str,
    reach: Opting,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[web.RouteDef]:
    """`public_url`: as Twilio calls us, since that is what it signs. `now` words times ("at 10:42")."""
    door = TwilioDoor(lifecycle, questions, desk, reach, now)
    signed = Signed(auth_token, public_url)
    return [
        web.post("/twilio/sms", signed(door.sms)),
        web.post("/twilio/voice", signed(door.voice)),
        web.post("/twilio/status", signed(door.status)),
        web.post("/twilio/drill", signed(drills.key_pressed(reach, desk, now))),
    ]


class Signed:
    """Lets through what carries Twilio's signature for our public address."""

    def __init__(self, auth_token: Secret, public_url: str) -> None:
        self.validator = RequestValidator(auth_token.reveal())
        self.public_url = public_url.rstrip("/")

    def __call__(self, answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def checked(request: web.Request) -> web.Response:
            form = await form_of(request)
            if form is None:
                return web.Response(status=413, text="too large")
            signature = request.headers.get("X-Twilio-Signature", "")
            if not self.validator.validate(self.public_url + request.raw_path, form, signature):
                log.warning("twilio.signature_refused", path=request.path)
                return web.Response(status=403, text="signature refused")
            told = MultiDict((name, clean(value)) for name, value in form.items())  # after it was checked as it came
            return await answer(request, told)

        return checked


async def form_of(request: web.Request) -> Form | None:
    """The fields of the body; None when there is too much of it."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(8192):
        body += chunk
        if len(body) > LARGEST:
            return None
    return MultiDict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


class TwilioDoor:
    def __init__(
        self, lifecycle: Deciding, questions: Asking, desk: Desk, reach: Opting, now: Callable[[], datetime]
    ) -> None:
        self.reach = reach
        self.lifecycle = lifecycle
        self.questions = questions
        self.desk = desk
        self.now = now

    async def sms(self, _request: web.Request, form: Form) -> web.Response:
        """`POST /twilio/sms`: the answer goes back as a text; nothing for a repeated delivery or a STOP."""
        person, said = await self.heard(form)
        if said is None:
            return messages()
        language = self.desk.language_of(person)
        return messages(to_gsm(say(said, language, self.desk.zone, self.now())))

    async def heard(self, form: Form) -> tuple[Person | None, Phrase | None]:
        """Acts on a text; who sent it, and what they are told in return, if anything."""
        person = self.desk.person_of_phone(form.get("From", ""))
        if (word := opt_out(form)) is not None:  # Twilio deals with STOP, START and HELP itself
            await self.opted(person, word, form)
            return person, None
        return person, await self.answered(person, form)

    async def opted(self, person: Person | None, word: str, form: Form) -> None:
        """Told elsewhere; an outage only costs them the explanation."""
        if person is None or word not in ("STOP", "START"):
            return
        by = Actor(person.id, person.name, Door.SMS, form.get("MessageSid") or None)
        try:
            await self.reach.opted(person, by, out=word == "STOP")
        except Exception:
            log.exception("twilio.opt_out_not_told", person=person.id)

    async def answered(self, person: Person | None, form: Form) -> Phrase | None:
        if person is None:
            return sms_reply.stranger()
        if drills.says_present(form.get("Body", "")):
            return await drills.by_text(self.reach, person, form.get("MessageSid") or None)
        if (refusal := why_not_respond(self.desk.people, self.desk.teams, person.id)) is not None:
            return refusal
        wished = understand(form.get("Body", ""))
        if wished is None:
            return sms_reply.not_understood()
        by = Actor(person.id, person.name, Door.SMS, form.get("MessageSid") or None)
        as_of = self.now() - JUST_NOW
        if wished.code is not None:
            return await self.coded(wished.wish, wished.code, by, as_of)
        return await self.done(wished, by, as_of)

    async def coded(self, wish: Wish, code: int, by: Actor, as_of: datetime) -> Phrase | None:
        """The answer to the page that carried this code."""
        try:
            number = await self.questions.page_with_code(by.id, code)
        except Exception:
            log.exception("twilio.answer_failed", person=by.id)
            return sms_reply.out_of_order()
        return sms_reply.unknown_code(code) if number is None else await self.done(Reply(wish, number), by, as_of)

    async def done(self, wished: Reply, by: Actor, as_of: datetime | None) -> Phrase | None:
        try:
            number = wished.number if wished.number is not None else await self.questions.latest_page_of(by.id)
            if number is None:
                return sms_reply.nothing_open()
            match wished.wish:
                case Wish.TAKE:
                    return sms_reply.worded(await self.lifecycle.acknowledge(number, by))
                case Wish.RESOLVE:
                    return sms_reply.worded(await self.lifecycle.resolve(number, by))
                case Wish.ESCALATE:
                    return sms_reply.worded(await self.lifecycle.escalate(number, by, as_of))
        except Exception:
            log.exception("twilio.answer_failed", person=by.id)
            return sms_reply.out_of_order()

    async def voice(self, request: web.Request, form: Form) -> web.Response:
        """`POST /twilio/voice?incident=N&as_of=MICROSECONDS`: a key pressed during the call that was made then."""
        person = self.desk.person_of_phone(form.get("To", ""))
        number = request.query.get("incident", "")
        if person is None or not number.isdigit():
            return self.speaks(sms_reply.stranger(), self.desk.language)
        wish = KEYS.get(form.get("Digits", ""))
        if wish is None:
            again = Phrase("Nothing was changed. Press 4 to take the incident, 5 to escalate, 6 to resolve.")
            return self.speaks(again, self.desk.language_of(person), str(request.rel_url))
        if (refusal := why_not_respond(self.desk.people, self.desk.teams, person.id)) is not None:
            return self.speaks(refusal, self.desk.language_of(person))
        by = Actor(person.id, person.name, Door.VOICE, f"{form.get('CallSid', '')}:{form.get('Digits')}")
        said = await self.done(Reply(wish, int(number)), by, moment_of(request.query.get("as_of", "")))
        # A repeated key press is answered, too: the caller must not hear silence.
        return self.speaks(
            said or Phrase("#{number}: done already.", {"number": int(number)}), self.desk.language_of(person)
        )

    def speaks(self, said: Phrase, language: str, listens_at: str = "") -> web.Response:
        """TwiML that says it and hangs up, or waits for another key."""
        voice = VOICES.get(language, VOICES["en"])
        text = say(said, language, self.desk.zone, self.now()).replace("#", "")
        response = VoiceResponse()
        if listens_at:
            gather = Gather(num_digits=1, timeout=8, action=listens_at, method="POST")
            gather.say(text, language=voice)
            response.append(gather)
        else:
            response.say(text, language=voice)
        return xml(str(response))

    async def status(self, _request: web.Request, form: Form) -> web.Response:
        """`POST /twilio/status`: what became of a text or a call; if it did not arrive, the next channel follows."""
        word = form.get("MessageStatus") or form.get("CallStatus") or ""
        if (by := form.get("AnsweredBy", "")) in MACHINES:  # told while the call still goes on, and at its end
            word = by
        if word not in DELIVERED | NOT_DELIVERED | MACHINES:
            return web.Response(status=204)
        kind, sid = (Kind.SMS, form["MessageSid"]) if form.get("MessageSid") else (Kind.VOICE, form.get("CallSid", ""))
        if not sid:
            return web.Response(status=204)
        try:
            await self.receipt(kind, sid, word in DELIVERED, reason_of(form, word))
        except Exception:
            log.exception("twilio.receipt_failed", sid=sid)
            return web.Response(status=503, text="try again later", headers={"Retry-After": "5"})
        return web.Response(status=204)

    async def receipt(self, kind: Kind, sid: str, delivered: bool, reason: str) -> None:
        for pause in (*PATIENCE, None):
            known = await self.lifecycle.receipt(kind, sid, delivered=delivered, reason=reason)
            if known is not False or pause is None:
                return
            await asyncio.sleep(pause)  # its sender is about to write down the id that Twilio gave it


def moment_of(microseconds: str) -> datetime | None:
    """Since 1970; None when the call was made before its moment was written into its address."""
    return datetime.fromtimestamp(int(microseconds) / 1_000_000, UTC) if microseconds.isdigit() else None


def opt_out(form: Form) -> str | None:
    """STOP, START or HELP, as Twilio understood it, or would have (docs: Twilio support for opt-out keywords)."""
    word = form.get("OptOutType") or form.get("Body", "").strip().upper()
    if word in STOPS:
        return "STOP"
    return word if word in ("START", "UNSTOP", "HELP") or form.get("OptOutType") else None


def reason_of(form: Mapping[str, str], word: str) -> str:
    code = form.get("ErrorCode", "")
    return f"{word} {code}".strip()


def messages(text: str = "") -> web.Response:
    response = MessagingResponse()
    if text:
        response.message(text)
    return xml(str(response))


def xml(body: str) -> web.Response:
    return web.Response(text=body, content_type="text/xml", charset="utf-8")
