"""A text message as Twilio knows it. Source: twilio.com/docs/messaging/api/message-resource."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from bot.sandbox.record import Json

API_VERSION = "2010-04-01"
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


def segments(body: str) -> int:
    """How many messages one pays for: 160 (153) characters of GSM-7, or 70 (67) of UCS-2."""
    alone, joined = (160, 153) if set(body) <= GSM7 else (70, 67)
    length = len(body) if alone == 160 else len(body.encode("utf-16-be")) // 2
    return 1 if length <= alone else -(-length // joined)


def new_sid(prefix: str) -> str:
    """SM…, CA…: 34 characters."""
    return prefix + secrets.token_hex(16)


def stamp(at: datetime | None) -> str | None:
    """Twilio's API writes times as RFC 2822 in UTC."""
    return format_datetime(at.astimezone(UTC)) if at else None


@dataclass(slots=True, eq=False)
class Sms:
    """One message; `inbound` ones come from the person. `status` moves queued → sent → delivered (or undelivered)."""

    sender: str
    to: str
    body: str
    inbound: bool = False
    status: str = "queued"
    error_code: int | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    sid: str = field(default_factory=lambda: new_sid("SM"))
    status_callback: str = ""

    @property
    def arrived(self) -> bool:
        """The person has it on the screen."""
        return self.inbound or self.status == "delivered"

    def as_twilio(self, account: str) -> Json:
        """The message resource."""
        uri = f"/{API_VERSION}/Accounts/{account}/Messages/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": account,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": stamp(self.at),
            "date_sent": stamp(self.at),
            "date_updated": stamp(self.at),
            "direction": "inbound" if self.inbound else "outbound-api",
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "to": self.to,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "uri": f"{uri}.json",
        }
