"""The escalation policy: who is told when nobody has taken an incident. Pure; absolute times come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.incident import Priority
from bot.oncall.holidays import NO_HOLIDAYS, Holidays
from bot.phrase import Phrase

LAST_RESORT: Final = "last resort"
"""The name of the level that is the policy's fallback; it is worded where it is shown."""
WAITS: Final = frozenset({Priority.P3})
"""Priorities that wake nobody: outside business hours their levels wait."""
FARTHEST: Final = 60  # days: so far ahead the next opening is looked for


@dataclass(frozen=True, slots=True)
class Hours:
    """Business hours on `days` (Monday is 0), from `opens` until before `closes`: wall time of `zone`. Closed on
    `holidays`."""

    days: tuple[int, ...]
    opens: time
    closes: time
    zone: ZoneInfo
    holidays: Holidays = NO_HOLIDAYS

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself when it lies within them, else the next opening. Compared in UTC: walls repeat in October."""
        today = moment.astimezone(self.zone).date()
        for ahead in range(FARTHEST):
            day = today + timedelta(days=ahead)
            if day.weekday() not in self.days or day in self.holidays:
                continue
            opening = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
            if moment < datetime.combine(day, self.closes, self.zone).astimezone(UTC):
                return max(opening, moment)
        return moment  # no day at all: never closed

    def to_json(self) -> dict[str, object]:
        return {
            "days": list(self.days), "opens": self.opens.isoformat(), "closes": self.closes.isoformat(),
            "zone": self.zone.key, "holidays": self.holidays.to_json(),
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Hours":
        opens, closes = time.fromisoformat(kept["opens"]), time.fromisoformat(kept["closes"])
        holidays = Holidays.from_json(kept.get("holidays", {}))
        return cls(tuple(kept["days"]), opens, closes, ZoneInfo(kept["zone"]), holidays)


@dataclass(frozen=True, slots=True)
class Level:
    """One rung: `after` counts from detection; `targets` are `person:ID`, `team:ID`, `schedule:ID`, `channel:NAME`.

    `acknowledgements`: so many of its people have to take the incident before the ladder stops.
    """

    name: str
    after: timedelta
    targets: tuple[str, ...]
    acknowledgements: int = 1

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name, "after": self.after.total_seconds(), "targets": list(self.targets),
            "acknowledgements": self.acknowledgements,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Level":
        after = timedelta(seconds=kept["after"])
        return cls(kept["name"], after, tuple(kept["targets"]), kept.get("acknowledgements", 1))


@dataclass(frozen=True, slots=True)
class Policy:
    """Levels in order of `after`; `stops_at` names the last level of a priority (absent: all of them).

    When they are spent they begin again `repeat` times, `repeat_after` after the last one; then the fallback is told.
    `ack_expires`: so long somebody may be on it without a sign (absent: for ever). `hours`: see WAITS.
    """

    name: str
    levels: tuple[Level, ...]
    stops_at: tuple[tuple[Priority, str], ...] = ()
    fallback: tuple[str, ...] = ()
    repeat: int = 0
    repeat_after: timedelta = timedelta(minutes=30)
    ack_expires: tuple[tuple[Priority, timedelta], ...] = ()
    hours: Hours | None = None

    def levels_for(self, priority: Priority) -> tuple[Level, ...]:
        """One time up the ladder."""
        last = dict(self.stops_at).get(priority)
        names = [level.name for level in self.levels]
        return self.levels if last is None else self.levels[: names.index(last) + 1]

    def rungs(self, priority: Priority) -> tuple[Level, ...]:
        """The whole way: levels, repeats, and at the very end the fallback, unless the priority stops before."""
        once = self.levels_for(priority)
        rungs = list(once)
        for _ in range(self.repeat):
            start = rungs[-1].after + self.repeat_after
            rungs += [replace(level, after=start + level.after - once[0].after) for level in once]
        if self.fallback and once == self.levels:
            rungs.append(Level(LAST_RESORT, rungs[-1].after + self.repeat_after, self.fallback))
        return tuple(rungs)

    def ack_lasts(self, priority: Priority) -> timedelta | None:
        """How long an acknowledgement holds; None: until the end."""
        return dict(self.ack_expires).get(priority) or None

    def hours_for(self, priority: Priority) -> Hours | None:
        """The hours within which this priority may disturb somebody; None: at any time."""
        return self.hours if priority in WAITS else None

    def to_json(self) -> dict[str, object]:
        """The copy that is kept with an incident: editing a policy breaks nothing that runs."""
        return {
            "name": self.name,
            "levels": [level.to_json() for level in self.levels],
            "stops_at": {priority.value: name for priority, name in self.stops_at},
            "fallback": list(self.fallback),
            "repeat": self.repeat,
            "repeat_after": self.repeat_after.total_seconds(),
            "ack_expires": {priority.value: length.total_seconds() for priority, length in self.ack_expires},
            "hours": self.hours.to_json() if self.hours else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Policy":
        """Also of what older releases kept, which knew less."""
        hours = kept.get("hours")
        return cls(
            name=kept["name"],
            levels=tuple(Level.from_json(level) for level in kept["levels"]),
            stops_at=tuple((Priority(priority), name) for priority, name in kept["stops_at"].items()),
            fallback=tuple(kept["fallback"]),
            repeat=kept.get("repeat", 0),
            repeat_after=timedelta(seconds=kept.get("repeat_after", 1800)),
            ack_expires=tuple((Priority(p), timedelta(seconds=s)) for p, s in kept.get("ack_expires", {}).items()),
            hours=Hours.from_json(hours) if hours else None,
        )


def kept(policies: Mapping[Priority, Policy], priority: Priority) -> dict[str, object]:
    """What an incident of `priority` keeps: its policy, and those of other priorities where they are others."""
    base = policies[priority]
    others = {each.value: policy.to_json() for each, policy in policies.items() if policy != base}
    return {**base.to_json(), "by_priority": others}


def policy_of(kept: Mapping[str, Any], priority: Priority) -> Policy:
    """The policy of a priority, from what an incident keeps (of older releases: the same for all)."""
    return Policy.from_json(kept.get("by_priority", {}).get(priority.value, kept))


@dataclass(frozen=True, slots=True)
class DueLevel:
    """A level of one incident with its absolute due time: one row of `escalation_level`.

    `waits`: it would be due earlier, but outside business hours.
    """

    position: int
    name: str
    due_at: datetime
    targets: tuple[str, ...]
    waits: bool = False
    acknowledgements: int = 1


GUIDE_OFFSETS: Final = (  # guide §5.1, processus d'escalade
    ("detection", timedelta(0)),
    ("support", timedelta(minutes=15)),
    ("lead", timedelta(minutes=30)),
    ("devops", timedelta(hours=1)),
    ("management", timedelta(hours=2)),
)


def due_levels(policy: Policy, priority: Priority, since: datetime, first: int = 0) -> list[DueLevel]:
    """Every level's absolute due time, computed once at opening (or un-ack) and never accumulated.

    From level `first` on, which is due at `since`; the others follow at the policy's own distances. What business
    hours put off puts off the following ones too: in the morning the ladder begins, it does not arrive all at once.
    """
    rungs, hours = policy.rungs(priority), policy.hours_for(priority)
    found: list[DueLevel] = []
    at, before = since, rungs[first].after if 0 < first < len(rungs) else timedelta(0)
    for position, rung in enumerate(rungs[first:], start=first):
        wanted = at + (rung.after - before)
        at, before = hours.next_open(wanted) if hours else wanted, rung.after
        found.append(DueLevel(position, rung.name, at, rung.targets, at != wanted, rung.acknowledgements))
    return found


def still_ahead(levels: Sequence[DueLevel], fired: frozenset[int]) -> list[DueLevel]:
    """The levels not yet fired, soonest first."""
    return sorted((level for level in levels if level.position not in fired), key=lambda level: level.due_at)


def speaks_only(targets: Sequence[str]) -> bool:
    """Whether a level is meant for channels alone: it is told by what stands there, and disturbs nobody by name."""
    return bool(targets) and all(target.startswith("channel:") for target in targets)


def level_named(level: str) -> str | Phrase:
    """A level's name: its own, or our word for the last one."""
    return Phrase("Last resort") if level == LAST_RESORT else level
