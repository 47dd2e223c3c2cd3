"""Secrets that are to be changed now and then (guide 2.1, rotation of keys): how old, when due, what to say. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.runbook import Light

NOTICE: Final = timedelta(days=14)


class Stage(StrEnum):
    """What is said once for each day it falls due on."""

    SOON = "soon"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class RotationEntry:
    """One secret of the configuration: its name, never its value. `environment` '': of all of them."""

    name: str
    rotated: date
    every: timedelta
    environment: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Rotation:
    """An entry with what was recorded since. `by`: a person's id; '': the configuration says so."""

    entry: RotationEntry
    rotated: date
    by: str = ""

    @property
    def due(self) -> date:
        return self.rotated + self.entry.every

    def stage(self, today: date) -> Stage | None:
        """None: nothing is to be said yet."""
        if today >= self.due:
            return Stage.DUE
        return Stage.SOON if today >= self.due - NOTICE else None

    def light(self, today: date) -> Light:
        match self.stage(today):
            case Stage.DUE:
                return Light.RED
            case Stage.SOON:
                return Light.YELLOW
            case None:
                return Light.GREEN


def standing(entry: RotationEntry, recorded: Iterable[tuple[date, str]]) -> Rotation:
    """The later of what the configuration says and what was recorded in Slack: [(date, person)]."""
    last = max(recorded, default=None)
    if last is None or last[0] <= entry.rotated:
        return Rotation(entry, entry.rotated)
    return Rotation(entry, *last)
