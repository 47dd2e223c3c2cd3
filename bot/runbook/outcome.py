"""What was seen and how it ended: Evidence, Outcome, the status of a service, what a repair did."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.phrase import Phrase
from bot.runbook.plan import Image


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of a container at one moment, secrets already hidden. Memory and disk in bytes, None: unknown."""

    about: str  # container name and version
    taken_at: datetime
    state: str
    log_tail: str = ""
    exit_code: int | None = None
    oom_killed: bool = False
    restart_count: int = 0
    started_at: str = ""
    finished_at: str = ""
    health: str = ""
    health_log: tuple[str, ...] = ()
    memory: int | None = None
    memory_limit: int | None = None
    disk: int | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `taken_at` as ISO 8601."""
        return {**asdict(self), "taken_at": self.taken_at.isoformat()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Evidence":
        """The inverse of `to_json`."""
        moment = datetime.fromisoformat(stored["taken_at"])
        return cls(**{**stored, "taken_at": moment, "health_log": tuple(stored["health_log"])})


class Result(StrEnum):
    """How a run ended, in the words of a run's states."""

    SUCCEEDED = "succeeded"
    REVERTED = "reverted"  # the old container is back
    FAILED = "failed"  # a person must look: it is not as well as it was
    CANCELLED = "cancelled"  # stopped on demand before anything was touched


@dataclass(frozen=True, slots=True)
class Outcome:
    """`downtime` and `timings` (by step) in seconds; `image` and `container_id` are what runs now."""

    result: Result
    phrase: Phrase
    container_id: str = ""
    image: Image | None = None
    healthy: bool = False
    evidence: tuple[Evidence, ...] = ()
    remarks: tuple[Phrase, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    downtime: float | None = None


class Light(StrEnum):
    """The guide's lights (section 6.1)."""

    GREEN = "🟢"
    YELLOW = "🟡"
    RED = "🔴"
    UNKNOWN = "⚪"  # the engine does not answer


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One line of `/ecotrajet status`. `health`: healthy, unhealthy, starting, none; `problem` only when not green.

    `state`: Docker's word, a Swarm's, or '' where it is not known. `since` tells of the state.
    """

    environment: str
    service: str
    light: Light
    container: str = ""
    container_id: str = ""
    version: str = ""
    image_id: str = ""  # short
    reference: str = ""
    state: str = ""
    health: str = ""
    since: datetime | None = None
    restarts: int = 0
    problem: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Repaired:
    """A rollback found half done and brought to an end. `fingerprint` is that of its plan."""

    environment: str
    service: str
    result: Result
    phrase: Phrase
    fingerprint: str = ""
    container_id: str = ""
    image: Image | None = None
    healthy: bool = False
    evidence: tuple[Evidence, ...] = ()
