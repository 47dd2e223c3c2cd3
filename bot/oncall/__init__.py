"""Who is on call: rotations in wall time and zone, in layers; calendars; overrides on top. Pure."""

from bot.oncall.holidays import Holidays
from bot.oncall.rotation import Hours, Rotation
from bot.oncall.schedule import Booked, CalendarLayer, Imported, Override, Schedule, Shift

__all__ = ["Booked", "CalendarLayer", "Holidays", "Hours", "Imported", "Override", "Rotation", "Schedule", "Shift"]
