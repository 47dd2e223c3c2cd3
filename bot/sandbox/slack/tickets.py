"""Things of short life: trigger ids (3 s, once) and response URLs (30 min, five times)."""

import secrets
import time
from dataclasses import dataclass, field

TRIGGER_LIFE = 3.0
RESPONSE_LIFE = 30 * 60.0
RESPONSE_USES = 5


@dataclass(slots=True)
class Trigger:
    """Whose press it was and when (monotonic seconds)."""

    user: str
    born: float
    used: bool = False


class Triggers:
    """Trigger ids given out with payloads. Source: docs.slack.dev/interactivity/handling-user-interaction."""

    def __init__(self) -> None:
        self.life = TRIGGER_LIFE
        self._known: dict[str, Trigger] = {}

    def give(self, user: str) -> str:
        """A fresh one."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._known[trigger_id] = Trigger(user, time.monotonic())
        return trigger_id

    def take(self, trigger_id: str) -> str:
        """The user behind it; LookupError with Slack's error word when it is wrong, used or too old."""
        trigger = self._known.get(trigger_id)
        if trigger is None:
            raise LookupError("invalid_trigger_id")
        if trigger.used:
            raise LookupError("exchanged_trigger_id")
        if time.monotonic() - trigger.born > self.life:
            raise LookupError("expired_trigger_id")
        trigger.used = True
        return trigger.user


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer sent to it goes: to whom, where, and which message it may replace."""

    channel: str
    user: str
    message_ts: str | None
    delivery: str
    born: float
    uses: int = 0


@dataclass(slots=True)
class ResponseUrls:
    """Response URLs given out. Source: docs.slack.dev/interactivity/handling-user-interaction#message_responses."""

    life: float = RESPONSE_LIFE
    known: dict[str, ResponseUrl] = field(default_factory=dict)

    def give(self, channel: str, user: str, message_ts: str | None, delivery: str) -> str:
        """A fresh token, the last part of the URL."""
        token = secrets.token_urlsafe(18)
        self.known[token] = ResponseUrl(channel, user, message_ts, delivery, time.monotonic())
        return token

    def take(self, token: str) -> ResponseUrl:
        """Spend one use; LookupError with Slack's error word when it is unknown, spent or too old."""
        found = self.known.get(token)
        if found is None or time.monotonic() - found.born > self.life:
            raise LookupError("expired_url")
        if found.uses >= RESPONSE_USES:
            raise LookupError("used_url")
        found.uses += 1
        return found
