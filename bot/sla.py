"""The resolution clock of an incident (guide §5.1: 1 h, 4 h, 24 h), and how an acknowledgement runs out. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.escalation import Hours
from bot.incident import RESOLVE_WITHIN, Priority

REMINDED_BEFORE: Final = timedelta(minutes=5)
"""So long before an acknowledgement runs out its owner is asked."""
LATELY: Final = timedelta(minutes=1)
"""A level that was told so recently is the one that a breach would call."""
LONGEST_SNOOZE: Final = timedelta(hours=24)


class Due(StrEnum):
    """What becomes due for an incident besides its levels: one row of `incident_due` each."""

    ACK_REMINDER = "ack_reminder"
    ACK_EXPIRY = "ack_expiry"
    SNOOZE_OVER = "snooze_over"
    HALF = "clock_half"
    MOST = "clock_most"
    BREACH = "clock_breach"
    NEWS = "news"  # everybody who waits for news: ask for some
    LAST_RESORT = "last_resort"  # everybody was unreachable: try again


OF_ACK: Final = (Due.ACK_REMINDER, Due.ACK_EXPIRY, Due.SNOOZE_OVER)
OF_CLOCK: Final = (Due.HALF, Due.MOST, Due.BREACH)
PARTS: Final = {Due.HALF: 0.5, Due.MOST: 0.8, Due.BREACH: 1.0}


@dataclass(frozen=True, slots=True)
class Point:
    due: Due
    at: datetime


def clock(priority: Priority, opened_at: datetime, hours: Hours | None = None) -> tuple[Point, ...]:
    """At 50 %, at 80 %, and when the time is over; what may disturb nobody now comes when business hours open."""
    points = [Point(due, opened_at + RESOLVE_WITHIN[priority] * part) for due, part in PARTS.items()]
    return tuple(Point(each.due, hours.next_open(each.at) if hours else each.at) for each in points)


def acknowledged(now: datetime, lasts: timedelta) -> tuple[Point, ...]:
    """When the owner is asked, and when it goes back to the team. A short time is asked about at its half."""
    ends = now + lasts
    return Point(Due.ACK_REMINDER, max(ends - REMINDED_BEFORE, now + lasts / 2)), Point(Due.ACK_EXPIRY, ends)
