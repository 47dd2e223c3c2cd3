"""What is checked of a running container: its configuration (the guide's `validate_config`), its age, its patches.

Variables are names: their values never leave the engine's side.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.phrase import Phrase

SOON: Final = timedelta(days=30)
WRONG_FROM: Final = 500  # an HTTP status: 401 says that somebody is there, and asks for a key


@dataclass(frozen=True, slots=True)
class Reached:
    """An address that a variable names, asked from inside the container. `where`: without user, query or value."""

    variable: str
    where: str
    status: int | None = None
    problem: Phrase | None = None

    @property
    def well(self) -> bool:
        return self.status is not None and self.status < WRONG_FROM


@dataclass(frozen=True, slots=True)
class Key:
    """A JSON web token in a variable, as Supabase's keys are. `public`: its name says that browsers get it."""

    variable: str
    role: str = ""
    issued: datetime | None = None
    expires: datetime | None = None
    public: bool = False

    @property
    def given_away(self) -> bool:
        """The key that may do everything, in what is shipped to every browser."""
        return self.public and self.role == "service_role"


@dataclass(frozen=True, slots=True)
class Validated:
    """`missing` and `empty` are of those required; `required` how many there are."""

    container: str
    required: int
    missing: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    reached: tuple[Reached, ...] = ()
    keys: tuple[Key, ...] = ()

    def expired(self, now: datetime) -> tuple[Key, ...]:
        return tuple(key for key in self.keys if key.expires is not None and key.expires <= now)

    def is_well(self, now: datetime) -> bool:
        wrong = any(not each.well for each in self.reached) or any(key.given_away for key in self.keys)
        return not (self.missing or self.empty or wrong or self.expired(now))


class Severity(StrEnum):
    """The worst first; npm's `moderate` is Trivy's `medium`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """`fixed`: the version that has it no more; '' when there is none yet."""

    id: str
    package: str
    severity: Severity
    installed: str = ""
    fixed: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scanner said; `problem`: why it said nothing. `top`: the worst first."""

    tool: str
    counts: Mapping[Severity, int] = field(default_factory=dict)
    top: tuple[Vulnerability, ...] = ()
    problem: Phrase | None = None

    @property
    def grave(self) -> int:
        """How many should not wait."""
        return self.counts.get(Severity.CRITICAL, 0) + self.counts.get(Severity.HIGH, 0)


@dataclass(frozen=True, slots=True)
class Patches:
    """`created`: when the image was made; None: it does not say."""

    container: str
    version: str
    reference: str
    created: datetime | None
    scans: tuple[Scan, ...]

    @property
    def scanned(self) -> bool:
        return any(scan.problem is None for scan in self.scans)

    @property
    def grave(self) -> int:
        return max((scan.grave for scan in self.scans), default=0)
