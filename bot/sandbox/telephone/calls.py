"""Phone calls: they ring, somebody picks up, TwiML is spoken, keys are pressed."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.sandbox.record import PATIENCE, Changes, Json
from bot.sandbox.telephone.sms import API_VERSION, new_sid, stamp
from bot.sandbox.telephone.twiml import Gather, read
from bot.sandbox.telephone.webhooks import Webhooks, absolute

OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
MOST_TURNS = 20


@dataclass(slots=True, eq=False)
class Call:
    """One call. `said` is all that was spoken so far, `status` Twilio's word: queued, ringing, in-progress…"""

    sender: str
    to: str
    account: str
    webhooks: Webhooks = field(repr=False)
    changes: Changes = field(repr=False)
    url: str = ""
    twiml: str = ""
    status_callback: str = ""
    status_events: tuple[str, ...] = ("completed",)
    amd_callback: str | None = None
    """Where to tell who answers: None when nobody asked (`MachineDetection`)."""
    machine: bool = False
    ring_seconds: float = 60.0
    key_seconds: float = 30.0
    status: str = "queued"
    said: list[str] = field(default_factory=list)
    keys: str = ""
    turns: int = 0
    listening: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    sid: str = field(default_factory=lambda: new_sid("CA"))
    _picked_up: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _pressed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def over(self) -> bool:
        """Nobody is on the line any more."""
        return self.status in OVER

    async def ring(self) -> None:
        """The whole call, from ringing to its end."""
        await self._move("ringing")
        try:
            async with asyncio.timeout(self.ring_seconds):
                await self._picked_up.wait()
        except TimeoutError:
            await self._move("no-answer")
            return
        if self.over:
            return
        await self._move("in-progress")
        if self.amd_callback:
            await self.webhooks.post(self.amd_callback, self._detected())
        await self._talk()
        if not self.over:
            await self._move("completed")

    async def _talk(self) -> None:
        base, twiml = self.url, self.twiml
        if not twiml:
            twiml = await self.webhooks.post(base, self._form()) or ""
        for _turn in range(MOST_TURNS):
            following = await self._perform(twiml, base)
            if following is None or self.over:
                return
            base, form = following
            twiml = await self.webhooks.post(base, form) or ""

    async def _perform(self, twiml: str, base: str) -> tuple[str, dict[str, str]] | None:
        """Speak and listen; where to ask next, or None when the document ends."""
        try:
            verbs = read(twiml)
        except ValueError as broken:
            self.said.append(f"An application error has occurred ({broken})")
            return None
        for verb in verbs:
            if verb.kind == "say":
                self.said.append(verb.text)
            elif verb.kind == "redirect":
                return absolute(base, verb.text), self._form()
            elif verb.kind == "hangup":
                return None
            elif verb.gather is not None and (keys := await self._listen(verb.gather)):
                return absolute(base, verb.gather.action), self._form() | {"Digits": keys}
        self._turned()
        return None

    async def _listen(self, gather: Gather) -> str:
        """The keys pressed ("" when none came in time); waits longer than asked, since nobody hears a page speak."""
        if self.machine:  # a mailbox presses nothing, and the desk talks to its tape
            return ""
        self.keys, self.listening = "", True
        self._turned()
        try:
            async with asyncio.timeout(max(gather.timeout, self.key_seconds)):
                while not self.over and not self._enough(gather):
                    await self._pressed.wait()
                    self._pressed.clear()
        except TimeoutError:
            pass
        self.listening = False
        return "" if self.over else self.keys.rstrip("#")

    def _enough(self, gather: Gather) -> bool:
        return self.keys.endswith("#") or (gather.digits is not None and len(self.keys) >= gather.digits)

    def _turned(self) -> None:
        self.turns += 1
        self.changes.tell()

    def pick_up(self, *, machine: bool = False) -> None:
        """The person answers, or their mailbox."""
        self.machine = machine
        self._picked_up.set()

    async def presses(self, keys: str, within: float = PATIENCE) -> list[str]:
        """Press keys on the keypad; what is said next, once the bot has answered."""
        await self.changes.until(lambda: self.listening or None, within, lambda: f"nobody listens: {self!r}")
        heard, turns = len(self.said), self.turns
        self.press(keys)
        await self.changes.until(lambda: self.over or self.turns > turns or None, within, lambda: f"silence: {self!r}")
        return self.said[heard:]

    def press(self, keys: str) -> None:
        """Press without waiting."""
        self.keys += keys
        self._pressed.set()

    async def hang_up(self) -> None:
        """The person ends or refuses the call."""
        refused = not self._picked_up.is_set()
        await self._move("busy" if refused else "completed")
        self._picked_up.set()
        self._pressed.set()

    async def _move(self, status: str) -> None:
        self.status = status
        self.changes.tell()
        wanted = {"in-progress": "answered"}.get(status, "completed" if self.over else status)
        if self.status_callback and wanted in self.status_events:
            await self.webhooks.post(self.status_callback, self._form() | {"CallbackSource": "call-progress-events"})

    def _detected(self) -> dict[str, str]:
        """What `AsyncAmdStatusCallback` gets. Source: twilio.com/docs/voice/answering-machine-detection."""
        found = {"CallSid": self.sid, "AccountSid": self.account, "MachineDetectionDuration": "3200"}
        return found | self._answered_by()

    def _answered_by(self) -> dict[str, str]:
        if self.amd_callback is None or not self._picked_up.is_set():
            return {}
        return {"AnsweredBy": "machine_start" if self.machine else "human"}

    def _form(self) -> dict[str, str]:
        return self._answered_by() | {
            "CallSid": self.sid,
            "AccountSid": self.account,
            "From": self.sender,
            "To": self.to,
            "CallStatus": self.status,
            "ApiVersion": API_VERSION,
            "Direction": "outbound-api",
        }

    def as_twilio(self) -> Json:
        """The call resource. Source: twilio.com/docs/voice/api/call-resource."""
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "api_version": API_VERSION,
            "date_created": stamp(self.at),
            "date_updated": stamp(self.at),
            "start_time": stamp(self.at),
            "end_time": stamp(self.at) if self.over else None,
            "direction": "outbound-api",
            "duration": "0" if self.over else None,
            "from": self.sender,
            "to": self.to,
            "status": self.status,
            "price": None,
            "price_unit": "USD",
            "uri": f"/{API_VERSION}/Accounts/{self.account}/Calls/{self.sid}.json",
            "subresource_uris": {},
        }
