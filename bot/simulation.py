"""What would happen: who is told by what at which clock time, and which silences would hold. Pure; nothing is sent.

The same rules as in earnest: `Desk.policy_for`, `due_levels`, `Desk.recipients`, `Desk.methods`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.desk import Desk
from bot.escalation import LAST_RESORT, DueLevel, due_levels, speaks_only
from bot.incident import Priority
from bot.maintenance import Silence, Window
from bot.message import Kind
from bot.oncall import Booked
from bot.person import Person, Step
from bot.personal import Rules
from bot.sla import LATELY, clock

DIGEST: Final = (Kind.SLACK, Kind.EMAIL, Kind.SMS)  # the ways by which a digest comes


@dataclass(frozen=True, slots=True)
class Case:
    """An incident that might be; `environment` and `service` are our ids, '' when not said."""

    priority: Priority
    environment: str
    service: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A person and how they are reached; without `steps` they cannot be. `held`: they sleep until then. `in_digest`: a
    manager who reads of it there."""

    person: Person
    steps: tuple[Step, ...]
    held: datetime | None = None
    in_digest: bool = False


@dataclass(frozen=True, slots=True)
class SimulatedLevel:
    """`waits`: for business hours. `overdue`: early, since the time to resolve it is over. `passed_over`: nobody
    there can be reached, so the next level is due as well; `short`: fewer than have to take it, to the same effect.

    `acknowledgements`: the ladder stops when so many of them have taken it.
    """

    name: str
    due_at: datetime
    people: tuple[Told, ...]
    channels: tuple[str, ...]
    waits: bool = False
    passed_over: bool = False
    acknowledgements: int = 1
    short: bool = False
    overdue: bool = False

    @property
    def hands_on(self) -> bool:
        """The next level is due at once."""
        return self.passed_over or self.short


@dataclass(frozen=True, slots=True)
class Simulation:
    """`quiet`: what would keep it quiet at that moment. `partly`: only for alerts with certain labels.

    `nobody_left`: the last level hands on, and there is no fallback.
    """

    case: Case
    policy: str
    levels: tuple[SimulatedLevel, ...]
    quiet: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    nobody_left: bool = False


def span(desk: Desk, case: Case) -> timedelta:
    """From the incident to the last level, for looking up who is booked."""
    levels = due_levels(desk.policy_for(case.service, case.priority), case.priority, case.at)
    return max((level.due_at for level in levels), default=case.at) - case.at


def simulate(
    desk: Desk, case: Case, booked: Sequence[Booked] = (), silences: Sequence[Silence] = (),
    windows: Sequence[Window] = (), personal: Mapping[str, Rules] = MappingProxyType({}),
) -> Simulation:  # fmt: skip
    policy = desk.policy_for(case.service, case.priority)
    over = clock(case.priority, case.at, policy.hours_for(case.priority))[-1].at
    ladder = _Ladder(desk, case, booked, personal, over)
    for level in due_levels(policy, case.priority, case.at):
        ladder.climb(level)
    last = ladder.levels[-1] if ladder.levels else None
    if last is not None and last.hands_on and last.name != LAST_RESORT and policy.fallback:
        ladder.climb(DueLevel(len(ladder.levels), LAST_RESORT, last.due_at, policy.fallback))
    nobody_left = bool(ladder.levels) and ladder.levels[-1].hands_on
    return Simulation(case, policy.name, tuple(ladder.levels), *_quiet(case, silences, windows), nobody_left)


@dataclass(slots=True)
class _Ladder:
    """What was told so far. `at_once`: when a level that reaches nobody, or too few, handed on."""

    desk: Desk
    case: Case
    booked: Sequence[Booked]
    personal: Mapping[str, Rules]
    over: datetime | None  # when the time to resolve it is; None: that has called somebody
    levels: list[SimulatedLevel] = field(default_factory=list)
    paged: set[str] = field(default_factory=set)
    at_once: datetime | None = None

    def climb(self, level: DueLevel) -> None:
        due_at = min(level.due_at, self.at_once) if self.at_once is not None else level.due_at
        early = self.called_by_breach(due_at)
        due_at = min(due_at, early) if early is not None else due_at
        found = [self.desk.recipients(target, due_at, self.booked) for target in level.targets]
        people = dict.fromkeys(person for recipients in found for person in recipients.people)
        channels = dict.fromkeys(channel for recipients in found for channel in recipients.channels)
        told = tuple(self.told(person, level.name, due_at) for person in people)
        able = sum(1 for each in told if each.steps or each.in_digest)
        empty = able == 0 and not speaks_only(level.targets)
        short = 0 < able < level.acknowledgements
        self.at_once = due_at if empty or short else None
        waits = level.waits and due_at == level.due_at
        overdue = early is not None
        self.levels.append(
            SimulatedLevel(
                level.name, due_at, told, tuple(channels), waits, empty, level.acknowledgements, short, overdue
            )
        )  # fmt: skip

    def called_by_breach(self, due_at: datetime) -> datetime | None:
        """A breach brings the next level forward, unless one is being told at that moment."""
        if self.over is None or due_at <= self.over:
            return None
        over, self.over = self.over, None
        return None if self.levels and self.levels[-1].due_at > over - LATELY else over

    def told(self, person: Person, level: str, at: datetime) -> Told:
        last_resort = level == LAST_RESORT
        if not last_resort and self.only_in_digest(person):
            return Told(person, (), in_digest=True)
        rules = self.personal.get(person.id, self.desk.usual_rules)
        told = _told(rules, person, self.case.priority, at, self.desk, may_wait=not last_resort)
        if told.steps:
            self.paged.add(person.id)
        return told

    def only_in_digest(self, person: Person) -> bool:
        """As `lifecycle.digest` has it: not the first page of a P1, and never when nobody else is paged."""
        if not self.desk.digest_every or not self.desk.is_manager(person.id) or not any(map(person.address, DIGEST)):
            return False
        first = self.case.priority is Priority.P1 and person.id not in self.paged
        return not first and bool(self.paged - {person.id})


def _told(rules: Rules, person: Person, priority: Priority, at: datetime, desk: Desk, *, may_wait: bool) -> Told:
    ways = rules.ways(person, priority, at, desk.zone, may_wait=may_wait)
    asleep = ways.held - at if ways.held is not None else timedelta(0)
    return Told(person, tuple(Step(step.kind, step.after - asleep) for step in ways.steps), ways.held)


def _quiet(
    case: Case, silences: Sequence[Silence], windows: Sequence[Window]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What certainly holds, and what would for certain labels."""
    found = [(s.matcher, s.reason or str(s.id)) for s in silences if s.in_force(case.at) and not s.origin]
    for window in windows:
        start, end = window.present_or_next(case.at)
        if start <= case.at < end:
            found.append((window.matcher, window.reason or window.name))
    here = [
        (bool(matcher.labels), name)
        for matcher, name in found
        if (not matcher.environments or case.environment in matcher.environments)
        and (not matcher.services or case.service in matcher.services)
    ]
    certain = tuple(name for by_label, name in here if not by_label)
    return certain, tuple(name for by_label, name in here if by_label)
