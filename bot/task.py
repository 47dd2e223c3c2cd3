"""What is left to do after an incident: by whom, until when, and when its owner is reminded. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DONE: Final = "task.done"  # action id of the button
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewTask:
    """`owner`: a person's id, None: nobody yet. `due_on`: a day of the owner's calendar, None: not said."""

    title: str
    owner: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Chasing:
    """Owners are reminded at `at` by their own clock: the day before, on the day, then every so many days."""

    at: time = time(9)
    every: timedelta = timedelta(days=3)

    def next_after(self, due_on: date | None, now: datetime, zone: ZoneInfo) -> datetime:
        """The first reminder after `now`. What has no day is asked about every so often."""
        today = now.astimezone(zone).date()
        if due_on is None:
            return self._on(today + self.every, zone)
        days = [due_on - DAY, due_on]
        late = max((today - due_on) // self.every, 0)
        days += [due_on + self.every * (late + more) for more in (0, 1, 2)]
        return next(at for day in days if (at := self._on(day, zone)) > now)

    def _on(self, day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, self.at, zone)
