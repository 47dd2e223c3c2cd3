"""The section `reports`: when the week, or the month, before is looked back on in the channel."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from bot.config.models import ChannelName, Day, Section, TimeOfDay
from bot.review import Settings


class NightSection(Section):
    """`end` earlier than `start`: over midnight."""

    start: TimeOfDay = time(22, 0)
    end: TimeOfDay = time(7, 0)


class ReportsSection(Section):
    """Left out altogether: only on demand. `never`: not that one."""

    channel: ChannelName | None = None
    weekly: Day | Literal["never"] = 0
    monthly: Annotated[int, Field(ge=1, le=28)] | Literal["never"] = 1
    at: TimeOfDay = time(9, 0)
    night: NightSection = NightSection()


def settings(section: ReportsSection | None) -> Settings | None:
    if section is None:
        return None
    weekly = None if section.weekly == "never" else section.weekly
    monthly = None if section.monthly == "never" else section.monthly
    return Settings(weekly, monthly, section.at, section.channel or "", (section.night.start, section.night.end))
