"""From what the clock on the wall reads to instants, so that the order of the hours is kept when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SECOND: Final = timedelta(seconds=1)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of a wall time. What comes twice in autumn means the first; what spring swallows means the
    very moment at which the clocks jump.

    So a later wall time is never an earlier instant: of two spans of which one ends when the other begins, there is no
    moment that both hold, or none. (Python alone would put 02:15 after 03:10 on that day.)
    """
    wall = datetime.combine(day, at, zone)
    found = wall.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return found
    return _jump(wall.replace(fold=1).astimezone(UTC), found, zone)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second of the new time between two instants around it; offsets change at whole seconds."""
    old = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + SECOND * ((after - before) // SECOND // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
