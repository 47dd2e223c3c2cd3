"""The section `schedules`: rotations in layers, hours, holidays, calendars."""

import re
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from bot.config.models import (
    Date,
    Day,
    Holiday,
    Name,
    Section,
    Text,
    TimeOfDay,
    Turn,
    Zone,
    day,
    holidays_of,
    time_of_day,
)
from bot.oncall import CalendarLayer, Holidays, Hours, Rotation, Schedule

Layer = Annotated[int, Field(ge=1, le=9)]


def moment_of_week(value: object) -> tuple[int | None, time]:
    """`09:00`, or `friday 18:00`: (weekday or None, time)."""
    name, space, clock = str(value).strip().rpartition(" ")
    return (day(name) if space else None), time_of_day(clock)


def address(value: object) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"(?:https?|webcal)://[^/\s@]+\S*", text):
        raise ValueError("must be an address, such as https://calendar.example/private.ics")
    return re.sub(r"^webcal:", "https:", text)


def user_group(value: object) -> str:
    if not re.fullmatch(r"S[A-Z0-9]{4,}", str(value)):
        raise ValueError("must be a Slack user group's id, such as S012AB3CD")
    return str(value)


class HoursSection(Section):
    """Either `days` with two times of day, or two moments of the week (`friday 18:00`)."""

    days: tuple[Day, ...] = ()
    start: Annotated[tuple[int | None, time], BeforeValidator(moment_of_week)] = (None, time(0))
    end: Annotated[tuple[int | None, time], BeforeValidator(moment_of_week)] = (None, time(0))

    @model_validator(mode="after")
    def _one_way_or_the_other(self) -> "HoursSection":
        named = [self.start[0], self.end[0]]
        if named.count(None) == 1 or (self.days and None not in named):
            raise ValueError("needs either days with start and end (09:00), or a day in both start and end")
        return self

    def word(self) -> Hours:
        (first, starts), (last, ends) = self.start, self.end
        over = 0 if starts < ends else 1
        if first is None or last is None:
            return Hours(frozenset(self.days or range(7)), starts, ends, over)
        return Hours(frozenset({first}), starts, ends, (last - first) % 7 or over * 7, by_calendar=True)


class RotationSection(Section):
    people: Annotated[list[Name], Field(min_length=1)]
    starts: Date
    every: Turn = 7
    hand_off: TimeOfDay = time(9, 0)
    time_zone: Zone | None = None
    layer: Layer = 1
    only: tuple[HoursSection, ...] = ()
    outside: tuple[HoursSection, ...] = ()


class CalendarSection(Section):
    url: Annotated[str, BeforeValidator(address)] = ""
    file: Text | None = None
    layer: Layer = 1

    @model_validator(mode="after")
    def _one_place(self) -> "CalendarSection":
        if bool(self.url) == bool(self.file):
            raise ValueError("needs either url or file")
        return self


class ScheduleSection(Section):
    rotations: tuple[RotationSection, ...] = ()
    calendars: tuple[CalendarSection, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    announce_hand_offs: bool = True
    slack_group: Annotated[str, BeforeValidator(user_group)] = ""

    @model_validator(mode="after")
    def _somebody(self) -> "ScheduleSection":
        if not self.rotations and not self.calendars:
            raise ValueError("needs rotations, or calendars")
        return self


def schedule(name: str, entry: ScheduleSection, zone: ZoneInfo) -> Schedule:
    """`zone`: the workspace's, for rotations that name none."""
    holidays = holidays_of(entry.holidays)
    return Schedule(
        name,
        tuple(rotation(each, zone, holidays) for each in entry.rotations),
        tuple(CalendarLayer(each.url or str(each.file), each.layer) for each in entry.calendars),
        entry.announce_hand_offs,
        entry.slack_group,
    )


def rotation(entry: RotationSection, zone: ZoneInfo, holidays: Holidays) -> Rotation:
    return Rotation(
        tuple(entry.people), entry.starts, entry.every, entry.hand_off, entry.time_zone or zone,
        tuple(hours.word() for hours in entry.only), tuple(hours.word() for hours in entry.outside), entry.layer,
        holidays,
    )  # fmt: skip
