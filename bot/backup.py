"""What is backed up, when, and for how long it is kept (guide, 5.2). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.secret import Secret

SUNDAY: Final = 6


class Kind(StrEnum):
    """What it is for. Each is a whole dump, and the kind says how long it is kept; a test brings the last one back into
    a scratch database, a restore beside the service's own, and a cutover puts that one in its place."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MANUAL = "manual"
    TEST = "test"
    RESTORE = "restore"
    CUTOVER = "cutover"

    @property
    def dumps(self) -> bool:
        return self not in (Kind.TEST, Kind.RESTORE, Kind.CUTOVER)


class BackupState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BackupEntry:
    """One entry of `backups`: the database behind `url`, dumped into `bucket` each day at `at`.

    `environment` and `service` are our ids; `endpoint` is None for Amazon's own S3; `keep` is for all but archives;
    `scratch`: a server where the restore test may make a database. `recipients`: who can read the dumps, public keys of
    age; none: they are not encrypted. `key`: their secret one. `admin`: the same database, by a user who may make and
    rename others beside it; None: people restore by hand.
    """

    name: str
    url: Secret
    bucket: str
    environment: str
    service: str
    at: time
    keep: timedelta
    endpoint: str | None = None
    scratch: Secret | None = None
    recipients: tuple[str, ...] = ()
    key: Secret | None = None
    admin: Secret | None = None

    def secrets(self) -> tuple[Secret, ...]:
        return tuple(each for each in (self.url, self.scratch, self.key, self.admin) if each)

    @property
    def heartbeat(self) -> str:
        """The sign of life that each success gives: what fails or is missed becomes an incident by it."""
        return heartbeat_of(self.name)

    @property
    def test_heartbeat(self) -> str:
        """The same of the monthly restore test."""
        return test_heartbeat_of(self.name)

    @property
    def chore(self) -> str:
        """The calendar's slot and the job."""
        return f"backup:{self.name}"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup, done or under way. `sha256` is that of the object, `bytes` its size; `why` is set when it failed.
    `facts`: `rows:checksum` of each table, in the dump's own snapshot. `source`: of a restore, the dump it brings back.
    """

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
    facts: Mapping[str, str] = field(default_factory=dict)
    source: int | None = None


def heartbeat_of(name: str) -> str:
    return f"backup-{name}"


def test_heartbeat_of(name: str) -> str:
    return f"restore-test-{name}"


def kind_of(day: date) -> Kind:
    """The first of the month is the archive, Sunday the weekly one; the archive wins."""
    if day.day == 1:
        return Kind.MONTHLY
    return Kind.WEEKLY if day.weekday() == SUNDAY else Kind.DAILY
