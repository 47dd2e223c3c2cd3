"""The escalation policy: who is told when nobody has taken an incident. Pure; absolute times come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.incident import Priority


@dataclass(frozen=True, slots=True)
class Level:
    """One rung: `after` counts from detection; `targets` are `person:ID`, `team:ID`, `schedule:ID`, `channel:NAME`."""

    name: str
    after: timedelta
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Levels in order of `after`; `stops_at` names the last level of a priority (absent: all of them)."""

    name: str
    levels: tuple[Level, ...]
    stops_at: tuple[tuple[Priority, str], ...] = ()
    fallback: tuple[str, ...] = ()

    def levels_for(self, priority: Priority) -> tuple[Level, ...]:
        last = dict(self.stops_at).get(priority)
        names = [level.name for level in self.levels]
        return self.levels if last is None else self.levels[: names.index(last) + 1]

    def to_json(self) -> dict[str, object]:
        """The copy that is kept with an incident: editing a policy breaks nothing that runs."""
        return {
            "name": self.name,
            "levels": [
                {"name": x.name, "after": x.after.total_seconds(), "targets": list(x.targets)} for x in self.levels
            ],
            "stops_at": {priority.value: name for priority, name in self.stops_at},
            "fallback": list(self.fallback),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Policy":
        return cls(
            name=kept["name"],
            levels=tuple(Level(x["name"], timedelta(seconds=x["after"]), tuple(x["targets"])) for x in kept["levels"]),
            stops_at=tuple((Priority(priority), name) for priority, name in kept["stops_at"].items()),
            fallback=tuple(kept["fallback"]),
        )


@dataclass(frozen=True, slots=True)
class DueLevel:
    """A level of one incident with its absolute due time: one row of `escalation_level`."""

    position: int
    name: str
    due_at: datetime
    targets: tuple[str, ...]


GUIDE_OFFSETS: Final = (  # guide §5.1, processus d'escalade
    ("detection", timedelta(0)),
    ("support", timedelta(minutes=15)),
    ("lead", timedelta(minutes=30)),
    ("devops", timedelta(hours=1)),
    ("management", timedelta(hours=2)),
)


def due_levels(policy: Policy, priority: Priority, opened_at: datetime) -> list[DueLevel]:
    """Every level's absolute due time, computed once at opening (or un-ack) and never accumulated."""
    return [
        DueLevel(position, level.name, opened_at + level.after, level.targets)
        for position, level in enumerate(policy.levels_for(priority))
    ]


def still_ahead(levels: Sequence[DueLevel], fired: frozenset[int]) -> list[DueLevel]:
    """The levels not yet fired, soonest first."""
    return sorted((level for level in levels if level.position not in fired), key=lambda level: level.due_at)
