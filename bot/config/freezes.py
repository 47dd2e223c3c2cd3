"""The section `freezes`: when nothing new goes where, each week or once."""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from bot.config.models import Name, Section, Zone, day, day_of, time_of_day
from bot.freeze import FreezeWindow, Moment


def moment(value: object) -> Moment:
    """`friday 16:00`, `vendredi`, `2026-12-18`, `2027-01-04 08:00`; without a time: at midnight."""
    first, _, last = str(value).strip().partition(" ")
    try:
        at = time_of_day(last) if last.strip() else time(0)
        return Moment(day_of(first) if first[:1].isdigit() else day(first), at)
    except ValueError:
        raise ValueError("must be a day of the week or a date, with a time: friday 16:00, 2026-12-18") from None


class FreezeSection(Section):
    """`starts` and `ends`: both days of the week, or both dates."""

    environments: Annotated[tuple[Name, ...], Field(min_length=1)]
    starts: Annotated[Moment, BeforeValidator(moment)]
    ends: Annotated[Moment, BeforeValidator(moment)]
    time_zone: Zone | None = None
    why: str = ""


def why_not(entry: FreezeSection) -> str:
    """What is wrong with the two ends together; '' for nothing."""
    starts, ends = entry.starts, entry.ends
    if isinstance(starts.on, date) != isinstance(ends.on, date):
        return "must be of the same kind as starts: two days of the week, or two dates"
    if starts == ends:
        return "must not be the same as starts"
    if isinstance(starts.on, date) and isinstance(ends.on, date) and (ends.on, ends.at) < (starts.on, starts.at):
        return "must not be before starts"
    return ""


def windows(entries: Mapping[str, FreezeSection], zone: ZoneInfo) -> tuple[FreezeWindow, ...]:
    return tuple(
        FreezeWindow(
            f"config:{name}", entry.environments, entry.starts, entry.ends, entry.time_zone or zone, entry.why or name
        )
        for name, entry in entries.items()
    )
