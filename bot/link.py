"""A link in a mail that lets one person take one incident: signed, for a while, for whoever it was sent to. Pure.

The key is derived from the desk's own secret, so that nothing need be stored for a mail that is never opened.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

GOOD_FOR: Final = timedelta(hours=24)
PURPOSE: Final = b"ecotrajet/acknowledge/1"
SIGNED: Final = 16  # bytes of the signature: 128 bits


@dataclass(frozen=True, slots=True)
class Pass:
    """`message` is the page that carried it: one link acts once."""

    incident: int
    person: str
    message: int
    until: datetime

    def is_over(self, now: datetime) -> bool:
        return now >= self.until


class Links:
    """`base`: the desk's public address, without a slash at its end."""

    def __init__(self, secret: str, base: str) -> None:
        self._key = hmac.new(secret.encode(), PURPOSE, hashlib.sha256).digest()
        self.base = base

    def to_acknowledge(self, incident: int, person: str, message: int, now: datetime) -> str:
        """The whole address."""
        return f"{self.base}/ack/{self.write(Pass(incident, person, message, now + GOOD_FOR))}"

    def write(self, given: Pass) -> str:
        said = f"{given.incident}|{given.message}|{int(given.until.timestamp())}|{given.person}".encode()
        return base64.urlsafe_b64encode(self._sign(said) + said).decode().rstrip("=")

    def read(self, token: str) -> Pass | None:
        """None: it is none of ours. Whether it is over is asked by `Pass.is_over`."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            signature, said = raw[:SIGNED], raw[SIGNED:]
            if not hmac.compare_digest(signature, self._sign(said)):
                return None
            incident, message, until, person = said.decode().split("|", 3)
            return Pass(int(incident), person, int(message), datetime.fromtimestamp(int(until), UTC))
        except (ValueError, binascii.Error, OverflowError):
            return None

    def _sign(self, said: bytes) -> bytes:
        return hmac.new(self._key, said, hashlib.sha256).digest()[:SIGNED]
