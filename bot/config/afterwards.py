"""The sections `tasks` and `postmortems`: what comes after an incident."""

from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import Field

from bot.config.models import Section, TimeOfDay
from bot.incident import Priority
from bot.postmortem import Settings as PostmortemSettings
from bot.task import Chasing


class TasksSection(Section):
    """Owners are reminded the day before, on the day, then every so many days."""

    remind_at: TimeOfDay = time(9)
    every_days: Annotated[int, Field(ge=1, le=90)] = 3


class PostmortemsSection(Section):
    """`offered`: after these a draft is offered by itself; [] for none."""

    offered: tuple[Priority, ...] = (Priority.P1,)
    form: Literal["files", "canvas"] = "files"


def chasing(section: TasksSection) -> Chasing:
    return Chasing(section.remind_at, timedelta(days=section.every_days))


def postmortems(section: PostmortemsSection) -> PostmortemSettings:
    return PostmortemSettings(frozenset(section.offered), section.form == "canvas")
