"""A link in a mail that lets one person take one incident, or answer one drill: signed, for a while, for them. Pure.

The key is derived from the desk's own secret, so that nothing need be stored for a mail that is never opened.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

GOOD_FOR: Final = timedelta(hours=24)
SIGNED: Final = 16  # bytes of the signature: 128 bits


class Purpose(StrEnum):
    """What a link is for, and where it leads. Each has a key of its own: none can be used for another's."""

    ACKNOWLEDGE = "ack"
    DRILL = "drill"


KEYS: Final = {Purpose.ACKNOWLEDGE: b"ecotrajet/acknowledge/1", Purpose.DRILL: b"ecotrajet/drill/1"}


@dataclass(frozen=True, slots=True)
class Pass:
    """`number` of the incident, or drill. `message` is the page that carried it: one link acts once."""

    number: int
    person: str
    message: int
    until: datetime

    def is_over(self, now: datetime) -> bool:
        return now >= self.until


class Links:
    """`base`: the desk's public address, without a slash at its end."""

    def __init__(self, secret: str, base: str) -> None:
        self._keys = {each: hmac.new(secret.encode(), key, hashlib.sha256).digest() for each, key in KEYS.items()}
        self.base = base

    def to_acknowledge(self, incident: int, person: str, message: int, now: datetime) -> str:
        """The whole address."""
        return self._address(Pass(incident, person, message, now + GOOD_FOR), Purpose.ACKNOWLEDGE)

    def to_answer(self, drill: int, person: str, message: int, now: datetime) -> str:
        """The whole address."""
        return self._address(Pass(drill, person, message, now + GOOD_FOR), Purpose.DRILL)

    def _address(self, given: Pass, purpose: Purpose) -> str:
        return f"{self.base}/{purpose}/{self.write(given, purpose)}"

    def write(self, given: Pass, purpose: Purpose = Purpose.ACKNOWLEDGE) -> str:
        said = f"{given.number}|{given.message}|{int(given.until.timestamp())}|{given.person}".encode()
        return base64.urlsafe_b64encode(self._sign(said, purpose) + said).decode().rstrip("=")

    def read(self, token: str, purpose: Purpose = Purpose.ACKNOWLEDGE) -> Pass | None:
        """None: it is none of ours. Whether it is over is asked by `Pass.is_over`."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            signature, said = raw[:SIGNED], raw[SIGNED:]
            if not hmac.compare_digest(signature, self._sign(said, purpose)):
                return None
            number, message, until, person = said.decode().split("|", 3)
            return Pass(int(number), person, int(message), datetime.fromtimestamp(int(until), UTC))
        except (ValueError, binascii.Error, OverflowError):
            return None

    def _sign(self, said: bytes, purpose: Purpose) -> bytes:
        return hmac.new(self._keys[purpose], said, hashlib.sha256).digest()[:SIGNED]
