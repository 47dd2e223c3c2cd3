"""A run: one plan on its way from request to result. Its states, its only moves, and what its use cases answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.phrase import Phrase
from bot.runbook import Plan


class RunStatus(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REFUSED = "refused"  # approved, but the world or the rights changed before it started
    CANCELLED = "cancelled"
    RUNNING = "running"
    INTERRUPTED = "interrupted"  # its process died in the middle; a repair ends it
    SUCCEEDED = "succeeded"
    REVERTED = "reverted"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        return not ALLOWED[self]


_ENDS: Final = frozenset({RunStatus.SUCCEEDED, RunStatus.REVERTED, RunStatus.FAILED})
ALLOWED: Final[dict[RunStatus, frozenset[RunStatus]]] = {  # from -> to
    RunStatus.REQUESTED: frozenset({RunStatus.APPROVED, RunStatus.REJECTED, RunStatus.EXPIRED, RunStatus.CANCELLED}),
    RunStatus.APPROVED: frozenset({RunStatus.RUNNING, RunStatus.REFUSED, RunStatus.EXPIRED, RunStatus.CANCELLED}),
    RunStatus.RUNNING: _ENDS | {RunStatus.INTERRUPTED, RunStatus.CANCELLED, RunStatus.REFUSED},
    RunStatus.INTERRUPTED: _ENDS,
    RunStatus.SUCCEEDED: frozenset(),
    RunStatus.REVERTED: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.REJECTED: frozenset(),
    RunStatus.EXPIRED: frozenset(),
    RunStatus.REFUSED: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}
ACTIVE: Final = frozenset({RunStatus.APPROVED, RunStatus.RUNNING, RunStatus.INTERRUPTED})
"""At most one run per environment and service is in one of these (partial unique index `run_active_once`)."""
LEASE: Final = timedelta(seconds=15)
"""How long a worker holds a run without a sign of life (real time); then it counts as interrupted."""
SHOWN_LINES: Final = 15
"""How many of the last lines that a run said are shown while it is under way; all of them are a file at its end."""
STARTS_WITHIN: Final = timedelta(minutes=10)
"""An approved run that no worker could start for so long expires: nobody is watching it any more."""


def may_come_from(to: RunStatus) -> list[RunStatus]:
    """The statuses from which a move to `to` is allowed."""
    return [status for status, following in ALLOWED.items() if to in following]


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The last word about a run. `healthy` None: nothing was touched. `downtime` in seconds."""

    phrase: Phrase
    remarks: tuple[Phrase, ...] = ()
    healthy: bool | None = None
    downtime: float | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "phrase": self.phrase.to_json(),
            "remarks": [remark.to_json() for remark in self.remarks],
            "healthy": self.healthy,
            "downtime": self.downtime,
        }

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> "RunEnd":
        """The inverse of `to_json`. Raises ValueError when `stored` was not made by it."""
        match stored:
            case {"phrase": dict(phrase), "remarks": list(remarks), "healthy": healthy, "downtime": downtime}:
                return cls(
                    Phrase.from_json(phrase),
                    tuple(Phrase.from_json(each) for each in remarks),
                    healthy if isinstance(healthy, bool) else None,
                    float(downtime) if isinstance(downtime, int | float) else None,
                )
            case _:
                raise ValueError("not a stored end of a run")


@dataclass(frozen=True, slots=True)
class Run:
    """One row of `run`. People are ids; `fingerprint` is the plan's as it was shown for approval."""

    id: int
    status: RunStatus
    plan: Plan
    fingerprint: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    break_glass: str | None = None
    incident: int | None = None
    cancel_asked: bool = False
    starts: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    end: RunEnd | None = None

    @property
    def action(self) -> str:
        return self.plan.action

    @property
    def environment(self) -> str:
        return self.plan.environment

    @property
    def service(self) -> str:
        return self.plan.service


@dataclass(frozen=True, slots=True)
class Line:
    """What a run said while `step` was under way: text of a container, or a sentence of ours. `number` from 1."""

    number: int
    step: str
    said: str | Phrase

    def to_json(self) -> dict[str, object]:
        """Of what was said alone."""
        return {"line": self.said} if isinstance(self.said, str) else self.said.to_json()

    @classmethod
    def from_json(cls, number: int, step: str, stored: Mapping[str, object]) -> "Line":
        """The inverse of `to_json`. Raises ValueError when `stored` was not made by it."""
        plain = stored.get("line")
        return cls(number, step, plain if isinstance(plain, str) else Phrase.from_json(stored))


# What the use cases answer ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoSuchRun:
    id: int


@dataclass(frozen=True, slots=True)
class Requested:
    """`approved`: it needs no approval and starts at once; else `by` names some of those who may approve it."""

    run: Run
    approved: bool
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A dry run: what would be done."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Approved:
    run: Run
    broke_glass: bool


@dataclass(frozen=True, slots=True)
class Rejected:
    run: Run


@dataclass(frozen=True, slots=True)
class Cancelled:
    """`at_once` False: it is running; it stops before its next step if the service is still untouched."""

    run: Run
    at_once: bool


@dataclass(frozen=True, slots=True)
class NotNow:
    """Not done; the phrase says why and what to do instead."""

    phrase: Phrase
