"""An incident: its priority, its status, and the only moves it may make."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.phrase import Phrase
from bot.taking import Taker


class Priority(StrEnum):
    """Guide §5.1: P1 service unavailable, P2 a function degraded, P3 a non-blocking defect."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"

    def outranks(self, other: "Priority") -> bool:
        """P1 outranks P2 outranks P3."""
        return self < other


RESOLVE_WITHIN: Final = {
    Priority.P1: timedelta(hours=1),
    Priority.P2: timedelta(hours=4),
    Priority.P3: timedelta(hours=24),
}
VEIL: Final = "🔒"
REOPEN_WITHIN: Final = timedelta(hours=24)


class Status(StrEnum):
    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


ALLOWED: Final[dict[Status, frozenset[Status]]] = {  # from -> to
    Status.TRIGGERED: frozenset({Status.ACKNOWLEDGED, Status.RESOLVED}),
    Status.ACKNOWLEDGED: frozenset({Status.TRIGGERED, Status.RESOLVED}),  # back: a worse or new alert, the ack ran out
    Status.RESOLVED: frozenset({Status.TRIGGERED}),  # by a human, within REOPEN_WITHIN
}


def may_come_from(to: Status) -> list[Status]:
    """The statuses from which a move to `to` is allowed."""
    return [status for status, following in ALLOWED.items() if to in following]


@dataclass(frozen=True, slots=True)
class Incident:
    """One row of `incident`. `round` counts openings and un-acks: levels and pages belong to one round.

    `flapping_until`: its alerts come and go; it is held open until they have been calm that long.
    `takers`: where a level asks for several people (`takers_wanted`), those who have taken it, the first one first.
    """

    number: int
    status: Status
    priority: Priority
    title: str
    environment: str
    service: str
    rule: str
    why: Phrase
    opened_at: datetime
    changed_at: datetime
    alert_count: int = 1
    round: int = 1
    summary: str = ""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    card_version: int = 1
    flapping_until: datetime | None = None
    takers: tuple[Taker, ...] = ()
    takers_wanted: int = 1
    confidential: bool = False

    @property
    def on_it(self) -> tuple[str, ...]:
        """Ids of whoever has taken it: the owner, or those of several who have, also while more are wanted."""
        owner = (self.acknowledged_by,) if self.acknowledged_by else ()
        return tuple(dict.fromkeys((*owner, *(each.person for each in self.takers))))

    @property
    def resolve_by(self) -> datetime:
        return self.opened_at + RESOLVE_WITHIN[self.priority]

    def veiled(self) -> "Incident":
        """What those may see who do not handle it: of a confidential one neither title nor words."""
        if not self.confidential:
            return self
        why = Phrase("confidential: only those who handle it see what it is about")
        return replace(self, title=VEIL, summary="", why=why)


def title_of(environment_label: str, severity: str, text: str) -> str:
    """The guide's form: `[PROD] [CRITICAL] Database connection lost`; not repeated when the text has it already."""
    clean = " ".join(text.split())
    if clean.startswith("["):
        return clean[:200]
    tags = [f"[{tag.upper()}]" for tag in (environment_label, severity) if tag]
    return " ".join([*tags, clean])[:200]
