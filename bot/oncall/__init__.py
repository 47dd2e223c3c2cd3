"""Who is on call: rotations in wall time and zone, in layers; calendars; overrides on top. Pure."""

from bot.oncall.holidays import Holidays
from bot.oncall.lineup import Feed, Gap, Lineup, Row, Weeks
from bot.oncall.rotation import Hours, Rotation
from bot.oncall.schedule import Booked, CalendarLayer, Imported, Override, Schedule, Shift

__all__ = [
    "Booked",
    "CalendarLayer",
    "Feed",
    "Gap",
    "Holidays",
    "Hours",
    "Imported",
    "Lineup",
    "Override",
    "Rotation",
    "Row",
    "Schedule",
    "Shift",
    "Weeks",
]
