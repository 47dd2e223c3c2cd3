"""Public holidays: rotations that are bound to hours take them for Sundays, and offices are closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

FIXED: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
AFTER_EASTER: Final = (1, 39, 50)  # Monday, Ascension, Whit Monday


@dataclass(frozen=True, slots=True)
class Holidays:
    """`days`, and with `french` those of the Code du travail, article L3133-1."""

    days: frozenset[date] = frozenset()
    french: bool = False

    def __contains__(self, day: date) -> bool:
        return day in self.days or (self.french and day in of_france(day.year))

    def to_json(self) -> dict[str, object]:
        return {"days": sorted(day.isoformat() for day in self.days), "french": self.french}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Holidays":
        return cls(frozenset(map(date.fromisoformat, kept.get("days", ()))), bool(kept.get("french")))


NO_HOLIDAYS: Final = Holidays()


@cache
def of_france(year: int) -> frozenset[date]:
    sunday = easter(year)
    moving = (sunday + timedelta(days=days) for days in AFTER_EASTER)
    return frozenset((*(date(year, month, day) for month, day in FIXED), *moving))


def easter(year: int) -> date:
    """Easter Sunday (Meeus, Jones and Butcher's algorithm for the Gregorian calendar)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
