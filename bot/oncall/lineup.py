"""What people are shown about who is on call."""

from dataclasses import dataclass
from datetime import datetime

from bot.oncall.schedule import Override, Schedule, Shift
from bot.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Row:
    """One schedule: the shift that holds `now` and the next one with other people. `trouble`: of its calendars."""

    schedule: Schedule
    now: Shift
    next: Shift | None
    trouble: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Lineup:
    now: datetime
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Weeks:
    """The shifts of one schedule, gaps among them, and the overrides behind them."""

    now: datetime
    schedule: Schedule
    shifts: tuple[Shift, ...]
    overrides: tuple[Override, ...]
    trouble: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on call for `schedule`."""

    schedule: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A private calendar: shifts of one person, or of one whole schedule; with each its schedule."""

    person: str
    schedule: str | None
    language: str
    now: datetime
    shifts: tuple[tuple[str, Shift], ...]
