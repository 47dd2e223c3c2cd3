"""Webhooks out: who is told of which events, how it is signed, and when a failed one is tried again.

Signed as https://www.standardwebhooks.com says, so that its libraries verify it in any language: HMAC-SHA256 over
`id.timestamp.body`, in base64, with the timestamp of each try in whole seconds.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.secret import Secret

PREFIX: Final = "whsec_"
SHORTEST: Final = 16  # characters of a secret
BACK_OFF: Final = tuple(
    timedelta(seconds=each) for each in (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800)
)  # fmt: skip
"""After each failed try; a day in all, and then it is given up."""
FAMILIES: Final = frozenset(
    ("ack", "alert", "backup", "clock", "digest", "drill", "freeze", "incident", "ladder", "level", "maintenance")
).union(("message", "oncall", "page", "reach", "rule", "run", "silence", "target", "task", "validation"))


@dataclass(frozen=True, slots=True)
class Hook:
    """`events`: `incident.opened`, `incident.*` or `*`. `private`: its address may be of this host or network, and
    plain http. The address may hold a token, so it is hidden like a secret.
    """

    name: str
    url: Secret
    secret: Secret
    events: tuple[str, ...]
    private: bool = False

    def patterns(self) -> list[str]:
        """For SQL's LIKE."""
        return [each.replace("_", r"\_").replace("*", "%") for each in self.events]


def key_of(secret: Secret) -> bytes:
    """`whsec_` and base64, as the standard's own libraries make it; any other text is taken as it is."""
    text = secret.reveal()
    if text.startswith(PREFIX):
        try:
            return base64.b64decode(text.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return text.encode()


def signature(secret: Secret, id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    digest = hmac.new(key_of(secret), f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def next_try(starts: int) -> timedelta | None:
    """After the `starts`-th try failed; None: it is given up."""
    return BACK_OFF[starts - 1] if starts <= len(BACK_OFF) else None
