"""A mail server that keeps what it gets, parsed, one mailbox per person."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.sandbox.faults import Faults
from bot.sandbox.record import Record


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as one recipient got it; `text` and `html` are "" for a part that is not there."""

    sender: str
    to: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def header(self, name: str) -> str:
        """A header's value, or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def parsed(sender: str, recipient: str, content: bytes) -> Mail:
    """Read a mail from its wire form."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    parts = {kind: message.get_body(preferencelist=(kind,)) for kind in ("plain", "html")}
    text, html = (str(part.get_content()) if part is not None else "" for part in (parts["plain"], parts["html"]))
    headers = tuple((key, str(value)) for key, value in message.items())
    return Mail(sender, recipient, str(message["Subject"] or ""), text, html, headers)


class PostOffice:
    """The SMTP server. Faults: `faults.arm("RCPT", error=550, to=…)`, `faults.arm("DATA", error=451)`."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.faults = Faults()
        self.mails: list[Mail] = []
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, host: str, port: int = 0) -> None:
        """Listen; 0 takes a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="sandbox", enable_SMTPUTF8=True, loop=loop), host, port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse it for good when a fault says so."""
        fault = self.faults.strike("RCPT", {"to": address})
        if fault is not None and fault.error is not None:
            return f"{fault.error} 5.1.1 {address}: refused by the sandbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail once per recipient, or put it off when a fault says so."""
        fault = self.faults.strike("DATA", {"from": envelope.mail_from or ""})
        await (fault.hold() if fault else asyncio.sleep(0))
        if fault is not None and not fault.applied and fault.error is not None:
            return f"{fault.error} 4.3.0 try again later"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mails = [parsed(envelope.mail_from or "", to, content) for to in envelope.rcpt_tos]
        self.mails += mails
        for mail in mails:
            self.record.add("mail", "DATA", {"from": mail.sender, "to": mail.to, "subject": mail.subject})
        if fault is not None and fault.error is not None:
            return f"{fault.error} 4.3.0 try again later"
        return "250 OK"

    def of(self, address: str) -> Iterator[Mail]:
        """One person's mailbox, oldest first."""
        return (mail for mail in self.mails if mail.to.lower() == address.lower())
