"""Which week or month is looked back on, and when it is told. Pure.

Days, weeks and months are those of the clock on the wall, so that two days of the year have 23 and 25 hours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Self
from zoneinfo import ZoneInfo

from bot.oncall.wall import instant
from bot.target import fold

MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})")
WEEK: Final = re.compile(r"(\d{4})-[ws](\d{1,2})")
DAY: Final = timedelta(days=1)


class Span(StrEnum):
    WEEK = "week"
    MONTH = "month"


WORDS: Final[Mapping[str, Span]] = {
    "week": Span.WEEK, "weekly": Span.WEEK, "semaine": Span.WEEK, "hebdomadaire": Span.WEEK,
    "month": Span.MONTH, "monthly": Span.MONTH, "mois": Span.MONTH, "mensuel": Span.MONTH,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """`weekly`: the weekday on which the week before is told, 0 is Monday; `monthly`: the day of the month on which the
    month before is; None: never. Times are local. `channel` without `#`; '': the incidents channel.
    """

    weekly: int | None = 0
    monthly: int | None = 1
    at: time = time(9, 0)
    channel: str = ""
    night: tuple[time, time] = (time(22, 0), time(7, 0))

    def due(self, day: date) -> list["Period"]:
        """What is to be told on this local day."""
        found = [Period.before(day, Span.WEEK)] if day.weekday() == self.weekly else []
        return found + ([Period.before(day, Span.MONTH)] if day.day == self.monthly else [])


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days from `first` up to, and without, `end`."""

    span: Span
    first: date
    end: date

    @classmethod
    def week(cls, day: date) -> Self:
        """From Monday, the week that holds `day`."""
        monday = day - timedelta(days=day.weekday())
        return cls(Span.WEEK, monday, monday + timedelta(days=7))

    @classmethod
    def month(cls, day: date) -> Self:
        first = day.replace(day=1)
        return cls(Span.MONTH, first, (first + timedelta(days=32)).replace(day=1))

    @classmethod
    def before(cls, day: date, span: Span) -> Self:
        """The last whole one that was over when `day` began."""
        if span is Span.WEEK:
            return cls.week(day - timedelta(days=7))
        return cls.month(day.replace(day=1) - DAY)

    @classmethod
    def named(cls, text: str, today: date) -> Self | None:
        """`week`, `mois`: the last whole one; `2026-10`, `2026-W44`; None: it names nothing that has begun."""
        word = fold(text)
        if (span := WORDS.get(word)) is not None:
            return cls.before(today, span)
        try:
            if found := MONTH.fullmatch(word):
                period = cls.month(date(int(found[1]), int(found[2]), 1))
            elif found := WEEK.fullmatch(word):
                period = cls.week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
            else:
                return None
        except (ValueError, OverflowError):
            return None
        return period if period.first <= today else None

    @property
    def key(self) -> str:
        """`2026-W44` or `2026-10`; `named` reads it back."""
        if self.span is Span.MONTH:
            return f"{self.first:%Y-%m}"
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def last(self) -> date:
        return self.end - DAY

    def previous(self) -> "Period":
        return Period.before(self.first, self.span)

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return instant(self.first, time(), zone), instant(self.end, time(), zone)

    def columns(self) -> list[date]:
        """Of a week its days; of a month its weeks, each by its first day within the month."""
        days = [self.first + DAY * count for count in range((self.end - self.first).days)]
        if self.span is Span.WEEK:
            return days
        return [each for each in days if each == self.first or each.weekday() == 0]
