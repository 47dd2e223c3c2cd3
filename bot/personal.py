"""How one person wants to be reached, by day and by night. Pure.

The night is told in wall time and the person's own zone: it ends at 07:00 by the clock on their wall, in summer as in
winter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bot.incident import Priority
from bot.oncall.wall import instant
from bot.person import Person, Step, Steps, methods

DAY: Final = timedelta(days=1)


class When(StrEnum):
    DAY = "day"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Night:
    """From `start` to `end`, past midnight as a rule. The same time twice: this person has no night."""

    start: time = time(22)
    end: time = time(7)

    def over(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The instant at which the night that `now` falls into is over; None: it is day."""
        if self.start == self.end:
            return None
        today = now.astimezone(zone).date()
        for evening in (today - DAY, today):
            morning = evening if self.start < self.end else evening + DAY
            if instant(evening, self.start, zone) <= now < (over := instant(morning, self.end, zone)):
                return over
        return None


@dataclass(frozen=True, slots=True)
class Ways:
    """How one page reaches somebody. `held`: nothing before this instant, for they want to sleep."""

    steps: tuple[Step, ...]
    held: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """`night` holds only the priorities that are reached otherwise then. An empty choice there holds their pages until
    the morning, and never those of a P1."""

    day: Steps
    night: Mapping[Priority, tuple[Step, ...]] = field(default_factory=dict)
    hours: Night = field(default_factory=Night)

    def steps(self, when: When, priority: Priority) -> tuple[Step, ...]:
        """What was chosen for this time; by night, the day's where nothing else was."""
        return self.night.get(priority, self.day[priority]) if when is When.NIGHT else self.day[priority]

    def ways(self, person: Person, priority: Priority, now: datetime, zone: ZoneInfo, *, may_wait: bool = True) -> Ways:
        """`zone`: the desk's, for whoever has none. `may_wait` False: somebody is needed now, asleep or not."""
        over = self.hours.over(now, person.zone or zone)
        chosen = self.steps(When.NIGHT if over is not None else When.DAY, priority)
        if chosen or over is None or priority is Priority.P1 or not may_wait:
            return Ways(methods(person, priority, {priority: chosen or self.day[priority]}))
        later = over - now
        usual = methods(person, priority, self.day)
        return Ways(tuple(Step(step.kind, later + step.after) for step in usual), over)
