"""What we ask a provider for when it cannot call us: texts that people sent, and what became of ours."""

from dataclasses import dataclass
from datetime import datetime

from bot.message import Kind


@dataclass(frozen=True, slots=True)
class Text:
    """A text message to the desk. `sid` is the provider's id, `sender` in E.164, `sent_at` by the provider's clock."""

    sid: str
    sender: str
    body: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a text or a call of ours; `reason` in the provider's words."""

    kind: Kind
    sid: str
    delivered: bool
    reason: str
