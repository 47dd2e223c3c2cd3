"""Freezes that the configuration plans: from Friday evening to Monday morning, or once around Christmas. Pure.

Wall time and zone, as people plan them.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEK: Final = 7  # days


@dataclass(frozen=True, slots=True)
class Moment:
    """`on`: a weekday (Monday is 0) of every week, or a date."""

    on: int | date
    at: time = time(0)


@dataclass(frozen=True, slots=True)
class FreezeWindow:
    """Nothing new in `environments` from `starts` until before `ends`: both of every week, or both dates.

    `key` is `config:NAME`; `why` is shown to whoever is refused.
    """

    key: str
    environments: tuple[str, ...]
    starts: Moment
    ends: Moment
    zone: ZoneInfo
    why: str

    def present(self, now: datetime) -> tuple[datetime, datetime] | None:
        """Beginning and end, in UTC, of the occurrence that holds `now`."""
        for day in self._begins(now.astimezone(self.zone).date()):
            start, end = self._moment(day, self.starts.at), self._end(day)
            if start <= now < end:
                return start, end
        return None

    def coming(self, now: datetime) -> tuple[datetime, datetime] | None:
        """Beginning and end, in UTC, of the next occurrence after `now`; None: there is none any more."""
        today, on = now.astimezone(self.zone).date(), self.starts.on
        days = [on] if isinstance(on, date) else [
            today + timedelta(days=(on - today.weekday()) % WEEK + later) for later in (0, WEEK)
        ]  # fmt: skip
        starts = ((self._moment(day, self.starts.at), day) for day in days)
        return next(((start, self._end(day)) for start, day in starts if start > now), None)

    def _begins(self, today: date) -> list[date]:
        if isinstance(self.starts.on, date):
            return [self.starts.on]
        return [today - timedelta(days=(today.weekday() - self.starts.on) % WEEK + late) for late in (0, WEEK)]

    def _end(self, began: date) -> datetime:
        if isinstance(self.ends.on, date):
            return self._moment(self.ends.on, self.ends.at)
        later = (self.ends.on - began.weekday()) % WEEK
        if not later and self.ends.at <= self.starts.at:
            later = WEEK
        return self._moment(began + timedelta(days=later), self.ends.at)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)
