"""A message that has to reach somebody: by which channel, about what, and how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bot.phrase import Phrase


class Kind(StrEnum):
    """The channel kinds; each has a lane of its own, so that a slow one never holds another."""

    SLACK = "slack"
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"


class About(StrEnum):
    """What a message is, which decides its wording and whether it is still wanted when it is about to leave."""

    PAGE = "page"  # an incident nobody has taken: dropped once it is taken
    PAGE_EDIT = "page_edit"  # a page in Slack is brought up to date: it was taken, or it is over
    CARD = "card"  # the incident's one card in a channel: posted once, edited after
    NOTE = "note"  # a sentence in a thread or a channel
    RUN_CARD = "run_card"  # a run's plan, progress and result, edited
    TELL = "tell"  # a sentence to a person: always sent
    ASK = "ask"  # a question to a person, with a button; edited once somebody has answered
    REMINDER = "reminder"  # are you still on it? Dropped when they are not
    RUNBOOK_CARD = "runbook_card"  # the steps of people's runbook, edited
    DRILL = "drill"  # proof that they are reached: dropped once they have answered
    DIGEST = "digest"  # to a manager: what is open when it leaves, at most so often
    POSTMORTEM = "postmortem"  # its draft, as files in the thread of the card, or as a canvas
    RUN_OUTPUT = "run_output"  # the last lines of what a run says, in the thread of its card; edited
    TAIL = "tail"  # the last lines of a log that somebody follows, in their own messages; edited
    FILE = "file"  # a picture or a whole text, uploaded
    UPDATE = "update"  # to a manager: how the incident that they were told of stands
    REVIEW = "review"  # a week or a month looked back on
    PICTURES = "pictures"  # its figures as pictures, once the text stands there


EDITED: Final = frozenset({About.CARD, About.RUN_CARD, About.RUNBOOK_CARD, About.RUN_OUTPUT, About.TAIL})
"""One of each stands in a channel, and at most one edit of it waits."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The button of a question: `action` is its action_id, `value` comes back with the press."""

    label: Phrase
    action: str
    value: Mapping[str, str | int]

    def to_json(self) -> dict[str, object]:
        return {"label": self.label.to_json(), "action": self.action, "value": dict(self.value)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Ask":
        return cls(Phrase.from_json(kept["label"]), kept["action"], kept["value"])


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


ALLOWED: Final[dict[State, frozenset[State]]] = {  # from -> to
    State.WAITING: frozenset({State.SENDING, State.DROPPED}),
    State.SENDING: frozenset({State.SENT, State.WAITING, State.FAILED, State.DROPPED, State.SENDING}),
    State.SENT: frozenset({State.DELIVERED, State.FAILED}),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset(),
    State.DROPPED: frozenset(),
}
LEASE: Final = timedelta(seconds=6)
"""How long a sender holds a message without a sign of life; then another takes it over (real time, not the movable
clock). With a look each second, the pages of a process that died or hangs leave within 10 s."""
MAX_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Message:
    """One row of `message`. `to` is an address of `kind`; `person` is set when it is for one; `attempt` from 1.

    `unsure`: a try was broken off, and nobody knows whether it went through.
    """

    id: int
    kind: Kind
    about: About
    to: str
    due_at: datetime
    incident: int | None = None
    run: int | None = None
    procedure: int | None = None
    round: int = 0
    level: int = 0
    level_name: str = ""
    person: str | None = None
    attempt: int = 1
    starts: int = 0
    body: Mapping[str, object] = field(default_factory=dict)
    tail: int | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is yet to be queued; it is due `after` that moment."""

    kind: Kind
    about: About
    to: str
    incident: int | None = None
    run: int | None = None
    round: int = 0
    level: int = 0
    level_name: str = ""
    person: str | None = None
    attempt: int = 1
    body: Mapping[str, object] = field(default_factory=dict)
    after: timedelta = timedelta(0)
    procedure: int | None = None


def retry_delay(starts: int, wish: float | None = None) -> timedelta:
    """Back-off before try `starts` + 1: 1, 2, 4, 8 s, or the provider's own wish, at most a minute."""
    return timedelta(seconds=min(60.0, max(wish or 0.0, float(2 ** max(0, starts - 1)))))
