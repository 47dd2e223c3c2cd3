"""One rotation: people who take turns, perhaps only at certain hours. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.oncall.holidays import NO_HOLIDAYS, Holidays
from bot.oncall.wall import instant

SUNDAY = 6
DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """On each of `days` (Monday is 0) from `starts` until `ends`, `later` days after; wall time.

    A holiday counts as a Sunday, unless `by_calendar`: a weekend that begins on a Friday begins on a holiday, too.
    """

    days: frozenset[int]
    starts: time
    ends: time
    later: int = 0
    by_calendar: bool = False

    def begins_on(self, day: date, holidays: Holidays) -> bool:
        counts_as = SUNDAY if not self.by_calendar and day in holidays else day.weekday()
        return counts_as in self.days

    def around(self, first: date, last: date, zone: ZoneInfo, holidays: Holidays) -> Iterator[Span]:
        """The spans, in UTC, that begin or end between these days; an empty one is left out."""
        day = first - DAY * self.later
        while day <= last:
            if self.begins_on(day, holidays):
                start, end = instant(day, self.starts, zone), instant(day + DAY * self.later, self.ends, zone)
                if start < end:
                    yield start, end
            day += DAY


@dataclass(frozen=True, slots=True)
class Rotation:
    """`people` take turns of `days` local days, handing off at `hand_off` wall time; the first turn starts on `starts`.

    Shifts are intervals of *local* days, so that a change to summer time neither opens a gap nor an overlap. With
    `only`, somebody is on call within those hours alone; never within those of `outside`. Of several layers the
    highest that has somebody counts.
    """

    people: tuple[str, ...]
    starts: date
    days: int
    hand_off: time
    zone: ZoneInfo
    only: tuple[Hours, ...] = ()
    outside: tuple[Hours, ...] = ()
    layer: int = 1
    holidays: Holidays = NO_HOLIDAYS

    def on_call(self, now: datetime) -> str | None:
        """The person whose turn holds the instant `now` (aware); None before the first turn, with nobody, or at other
        hours.
        """
        today = now.astimezone(self.zone).date()
        elapsed = (today - self.starts).days - (0 if now >= self._hand_off_on(today) else 1)
        if elapsed < 0 or not self.people or not self.is_at_work(now):
            return None
        return self.people[(elapsed // self.days) % len(self.people)]

    def is_at_work(self, now: datetime) -> bool:
        """Are these its hours?"""
        return (not self.only or self._within(self.only, now)) and not self._within(self.outside, now)

    def next_change(self, now: datetime) -> datetime:
        """The instant of the next hand-off after `now`."""
        today = now.astimezone(self.zone).date()
        day = max(today if now < self._hand_off_on(today) else today + DAY, self.starts)
        return self._hand_off_on(day + DAY * (-(day - self.starts).days % self.days))

    def changes(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Every instant from `start` until before `end` at which another may be on call; in no order, some twice."""
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        change = self.next_change(start - timedelta(microseconds=1))
        while change < end:
            yield change
            change = self.next_change(change)
        for hours in (*self.only, *self.outside):
            for span in hours.around(first, last, self.zone, self.holidays):
                yield from (moment for moment in span if start <= moment < end)

    def _within(self, spans: tuple[Hours, ...], now: datetime) -> bool:
        today = now.astimezone(self.zone).date()
        return any(
            start <= now < end for hours in spans for start, end in hours.around(today, today, self.zone, self.holidays)
        )

    def _hand_off_on(self, day: date) -> datetime:
        """In UTC: between two times of one zone Python compares what the clock on the wall reads, and 02:30 comes twice
        in October.
        """
        return instant(day, self.hand_off, self.zone)
