"""The telephone exchange: what was sent to which number, how it fared, and what people send back."""

import asyncio
import secrets
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.sandbox.faults import Faults
from bot.sandbox.people import Person
from bot.sandbox.record import Record
from bot.sandbox.telephone.calls import Call
from bot.sandbox.telephone.sms import API_VERSION, Sms, segments
from bot.sandbox.telephone.twiml import answers
from bot.sandbox.telephone.webhooks import Webhooks

SMS_PATH = "/twilio/sms"
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "ARRET"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
FAILED_LATER = frozenset({30001, 30002, 30003, 30004, 30005, 30006, 30007, 30008})


@dataclass(frozen=True, slots=True)
class Account:
    """The credentials of one sandbox, new each time, and the desk's own number."""

    sid: str = field(default_factory=lambda: "AC" + secrets.token_hex(16))
    auth_token: str = field(default_factory=lambda: secrets.token_hex(16))
    number: str = "+33755500100"


class Exchange:
    """All messages and calls of the sandbox."""

    def __init__(self, people: Iterable[Person], record: Record, session: aiohttp.ClientSession) -> None:
        self.people = {person.phone: person for person in people if person.phone}
        self.record = record
        self.account = Account()
        self.webhooks = Webhooks(session, record, self.account.auth_token)
        self.faults = Faults()  # of Messages and Calls that are sent: arm("Messages.create", number=…, error=21211)
        self.reading_faults = Faults()  # of what is only asked for
        self.messages: list[Sms] = []
        self.calls: list[Call] = []
        self.stopped: set[str] = set()
        self.public_url: str | None = None
        self.ring_seconds = 60.0
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on behind an answer: a delivery, a call."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Stop whatever still rings."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def accept(self, message: Sms, later_error: int | None = None) -> None:
        """Take a message and let it travel; `later_error` makes it undelivered on its way."""
        self.messages.append(message)
        self.record.changes.tell()
        self.start(self._travel(message, later_error))

    async def _travel(self, message: Sms, later_error: int | None) -> None:
        told: list[dict[str, str]] = []
        for status in ("sent", "undelivered" if later_error else "delivered"):
            message.status = status
            message.error_code = later_error if status == "undelivered" else None
            told.append(self._status_form(message))
            self.record.changes.tell()
        for form in told if message.status_callback else []:  # the phone does not wait for a bot that hangs
            await self.webhooks.post(message.status_callback, form)

    def _status_form(self, message: Sms) -> dict[str, str]:
        form = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "AccountSid": self.account.sid,
            "From": message.sender,
            "To": message.to,
            "MessageStatus": message.status,
            "SmsStatus": message.status,
            "ApiVersion": API_VERSION,
        }
        return form | ({"ErrorCode": str(message.error_code)} if message.error_code else {})

    def dial(self, call: Call) -> None:
        """Let a call ring."""
        self.calls.append(call)
        self.start(call.ring())

    async def receive(self, number: str, body: str, sid: str | None = None) -> tuple[Sms, list[str]]:
        """A person sends a text message to the desk; it, and the texts the desk answers with.

        The same `sid` again is Twilio's redelivery of a message that it had posted before.
        """
        message = Sms(number, self.account.number, body, inbound=True, status="received")
        if sid is not None:
            message.sid = sid
        else:
            self.messages.append(message)
        word = body.strip().upper()
        self.stopped -= {number} if word in START_WORDS else set()
        self.stopped |= {number} if word in STOP_WORDS else set()
        self.record.changes.tell()
        if self.public_url is None:  # the number has no webhook: the message waits in the list
            return message, []
        url = f"{self.public_url.rstrip('/')}{SMS_PATH}"
        twiml = await self.webhooks.post(url, self._inbound_form(message))
        return message, self._answered(message, twiml or "")

    def _answered(self, message: Sms, twiml: str) -> list[str]:
        try:
            texts = answers(twiml)
        except ValueError as broken:
            self.record.violation(f"twilio: answer to an inbound message: {broken}")
            return []
        for text in texts:
            reply = Sms(self.account.number, message.sender, text, status="delivered")
            self.messages.append(reply)
        self.record.changes.tell()
        return texts

    def _inbound_form(self, message: Sms) -> dict[str, str]:
        places = {f"{end}{what}": "" for end in ("To", "From") for what in ("City", "State", "Zip")}
        return places | {
            "ToCountry": "FR",
            "FromCountry": "FR",
            "SmsMessageSid": message.sid,
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "NumMedia": "0",
            "NumSegments": str(segments(message.body)),
            "Body": message.body,
            "To": message.to,
            "From": message.sender,
            "AccountSid": self.account.sid,
            "ApiVersion": API_VERSION,
        }

    def of(self, number: str) -> list[Sms]:
        """The conversation on one phone, as its screen shows it."""
        return [one for one in self.messages if one.arrived and number in (one.sender, one.to)]
