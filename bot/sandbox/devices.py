"""A person's telephone and mailbox, as tests hold them."""

from dataclasses import dataclass

from bot.sandbox.mail import Mail, PostOffice
from bot.sandbox.record import PATIENCE, Changes
from bot.sandbox.telephone.calls import Call
from bot.sandbox.telephone.exchange import Exchange
from bot.sandbox.telephone.sms import Sms


def spaced(text: str) -> str:
    """French puts no-break spaces before some signs; who looks for words does not want to type them."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def listing(texts: list[str]) -> str:
    """What was there instead, for a failure's message."""
    return "there is:\n" + "\n---\n".join(texts[-8:]) if texts else "there is nothing"


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone. `inbox` is what the desk sent to it and what arrived."""

    number: str
    exchange: Exchange
    changes: Changes

    @property
    def inbox(self) -> list[Sms]:
        """Messages from the desk, oldest first."""
        return [one for one in self.exchange.of(self.number) if not one.inbound]

    @property
    def calls(self) -> list[Call]:
        """All calls to this number, oldest first."""
        return [one for one in self.exchange.calls if one.to == self.number]

    async def gets_sms(self, containing: str = "", within: float = PATIENCE) -> Sms:
        """Wait for a text message that contains this; the newest one."""
        return await self.changes.until(
            lambda: next((one for one in reversed(self.inbox) if spaced(containing) in spaced(one.body)), None),
            within,
            lambda: f"no SMS with {containing!r} to {self.number}; {listing([one.body for one in self.inbox])}",
        )

    async def sends(self, body: str) -> str | None:
        """Send a text message to the desk; what it answers at once, or None."""
        _message, replies = await self.exchange.receive(self.number, body)
        return replies[-1] if replies else None

    async def sends_again(self, message: Sms) -> str | None:
        """Twilio's redelivery of an inbound message: same sid."""
        _message, replies = await self.exchange.receive(self.number, message.body, message.sid)
        return replies[-1] if replies else None

    async def gets_call(self, within: float = PATIENCE) -> Call:
        """Wait for a call, pick it up and listen until it is our turn (or it is over)."""
        call = await self.changes.until(
            lambda: next((one for one in self.calls if one.status in {"queued", "ringing"}), None),
            within,
            lambda: f"no call to {self.number}; earlier calls: {[one.status for one in self.calls]}",
        )
        call.pick_up()
        await self.changes.until(lambda: call.over or call.turns or None, within, lambda: f"silence: {call!r}")
        return call

    async def lets_machine_answer(self, within: float = PATIENCE) -> Call:
        """Wait for a call that the mailbox takes, until it is over."""
        call = await self.changes.until(
            lambda: next((one for one in self.calls if one.status in {"queued", "ringing"}), None),
            within,
            lambda: f"no call to {self.number}; earlier calls: {[one.status for one in self.calls]}",
        )
        call.pick_up(machine=True)
        await self.changes.until(lambda: call.over or None, within, lambda: f"it goes on: {call!r}")
        return call


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox."""

    address: str
    office: PostOffice
    changes: Changes

    @property
    def mails(self) -> list[Mail]:
        """What arrived, oldest first."""
        return list(self.office.of(self.address))

    async def gets(self, containing: str = "", within: float = PATIENCE) -> Mail:
        """Wait for a mail whose subject or text contains this; the newest one."""

        def look() -> Mail | None:
            wanted = spaced(containing)
            return next((m for m in reversed(self.mails) if wanted in spaced(f"{m.subject}\n{m.text}\n{m.html}")), None)

        return await self.changes.until(
            look,
            within,
            lambda: f"no mail with {containing!r} to {self.address}; {listing([m.subject for m in self.mails])}",
        )
