"""What is backed up, when, and for how long it is kept (guide, 5.2). Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.secret import Secret

SUNDAY: Final = 6


class Kind(StrEnum):
    """What a backup is for. Each is a whole dump: the kind says how long it is kept."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MANUAL = "manual"


class BackupState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BackupEntry:
    """One entry of `backups`: the database behind `url`, dumped into `bucket` each day at `at`.

    `environment` and `service` are our ids; `endpoint` is None for Amazon's own S3; `keep` is for all but archives.
    """

    name: str
    url: Secret
    bucket: str
    environment: str
    service: str
    at: time
    keep: timedelta
    endpoint: str | None = None

    @property
    def heartbeat(self) -> str:
        """The sign of life that each success gives: what fails or is missed becomes an incident by it."""
        return heartbeat_of(self.name)

    @property
    def chore(self) -> str:
        """The calendar's slot and the job."""
        return f"backup:{self.name}"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup, done or under way. `sha256` is that of the object, `bytes` its size; `why` is set when it failed."""

    id: int
    name: str
    slot: str
    kind: Kind
    state: BackupState
    starts: int
    asked_by: str
    created_at: datetime
    finished_at: datetime | None = None
    object: str = ""
    bytes: int = 0
    sha256: str = ""
    why: str = ""


def heartbeat_of(name: str) -> str:
    return f"backup-{name}"


def kind_of(day: date) -> Kind:
    """The first of the month is the archive, Sunday the weekly one; the archive wins."""
    if day.day == 1:
        return Kind.MONTHLY
    return Kind.WEEKLY if day.weekday() == SUNDAY else Kind.DAILY
