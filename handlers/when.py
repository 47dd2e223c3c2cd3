"""Days and hours as people type them; moments and spans are in `span`. Pure; wall time of the desk's zone."""

import re
from datetime import date, time, timedelta
from typing import Final

from bot.target import fold

NAMES: Final = (
    "monday lundi", "tuesday mardi", "wednesday mercredi", "thursday jeudi", "friday vendredi", "saturday samedi",
    "sunday dimanche",
)  # fmt: skip
DAYS: Final = {word: day for day, names in enumerate(NAMES) for name in names.split() for word in (name, name[:3])}
EVERY_DAY: Final = frozenset({"daily", "everyday", "quotidien", "quotidienne"})
CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)?")
DATE: Final = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?"
)
TODAY: Final = frozenset({"today", "aujourd'hui", "aujourd’hui"})
TOMORROW: Final = frozenset({"tomorrow", "demain"})


def days(word: str) -> frozenset[int] | None:
    """`sunday`, `dim`, `lundis`, `mon,wed`, `daily`; Monday is 0. None: these are no days."""
    if fold(word) in EVERY_DAY:
        return frozenset(range(7))
    found = frozenset(DAYS.get(part, DAYS.get(part.removesuffix("s"), -1)) for part in fold(word).split(","))
    return None if -1 in found else found


def clock(word: str) -> time | None:
    """`22:00`, `2h`, `2h30`."""
    found = CLOCK.fullmatch(word.strip())
    return time(int(found[1]), int(found[2] or 0)) if found else None


def hours(word: str) -> tuple[time, time] | None:
    """`02:00-04:00`, `22h–6h`. None: these are no hours."""
    start, dash, end = word.replace("–", "-").replace("—", "-").partition("-")
    begins, ends = clock(start), clock(end)
    return (begins, ends) if dash and begins is not None and ends is not None and begins != ends else None


def day(word: str, today: date) -> date | None:
    """`2026-11-30`, `30/11`, `30/11/2026`, `tomorrow`, `demain`. Without its year: the next one. None: no date."""
    if fold(word) in TODAY:
        return today
    if fold(word) in TOMORROW:
        return today + timedelta(days=1)
    found = DATE.fullmatch(word)
    if found is None:
        return None
    try:
        if found["y"]:
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
        told = date(int(found["year"] or today.year), int(found["month"]), int(found["day"]))
        return told.replace(year=told.year + 1) if told < today and not found["year"] else told
    except ValueError:
        return None
