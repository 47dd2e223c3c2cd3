"""What would happen: who is told by what at which clock time, and which silences would hold. Pure; nothing is sent.

The same rules as in earnest: `Desk.policy_for`, `due_levels`, `Desk.recipients`, `Desk.methods`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.desk import Desk
from bot.escalation import LAST_RESORT, due_levels
from bot.incident import Priority
from bot.maintenance import Silence, Window
from bot.oncall import Booked
from bot.person import Person, Step
from bot.personal import Rules


@dataclass(frozen=True, slots=True)
class Case:
    """An incident that might be; `environment` and `service` are our ids, '' when not said."""

    priority: Priority
    environment: str
    service: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A person and how they are reached; without `steps` they cannot be. `held`: they sleep until then."""

    person: Person
    steps: tuple[Step, ...]
    held: datetime | None = None


@dataclass(frozen=True, slots=True)
class SimulatedLevel:
    """`waits`: for business hours. `passed_over`: nobody there can be reached, so the next level is due as well.

    `acknowledgements`: the ladder stops when so many of them have taken it.
    """

    name: str
    due_at: datetime
    people: tuple[Told, ...]
    channels: tuple[str, ...]
    waits: bool = False
    passed_over: bool = False
    acknowledgements: int = 1


@dataclass(frozen=True, slots=True)
class Simulation:
    """`quiet`: what would keep it quiet at that moment. `partly`: only for alerts with certain labels."""

    case: Case
    policy: str
    levels: tuple[SimulatedLevel, ...]
    quiet: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()


def span(desk: Desk, case: Case) -> timedelta:
    """From the incident to the last level, for looking up who is booked."""
    levels = due_levels(desk.policy_for(case.service, case.priority), case.priority, case.at)
    return max((level.due_at for level in levels), default=case.at) - case.at


def simulate(
    desk: Desk, case: Case, booked: Sequence[Booked] = (), silences: Sequence[Silence] = (),
    windows: Sequence[Window] = (), personal: Mapping[str, Rules] = MappingProxyType({}),
) -> Simulation:  # fmt: skip
    policy = desk.policy_for(case.service, case.priority)
    levels: list[SimulatedLevel] = []
    at_once: datetime | None = None  # when a level with nobody handed on
    for level in due_levels(policy, case.priority, case.at):
        due_at = min(level.due_at, at_once) if at_once is not None else level.due_at
        found = [desk.recipients(target, due_at, booked) for target in level.targets]
        people = dict.fromkeys(person for recipients in found for person in recipients.people)
        channels = dict.fromkeys(channel for recipients in found for channel in recipients.channels)
        may_wait = level.name != LAST_RESORT
        rules = {person: personal.get(person.id, desk.usual_rules) for person in people}
        told = tuple(_told(rules[person], person, case.priority, due_at, desk, may_wait=may_wait) for person in people)
        empty = not any(each.steps for each in told)
        at_once = due_at if empty else None
        waits = level.waits and due_at == level.due_at
        levels.append(SimulatedLevel(level.name, due_at, told, tuple(channels), waits, empty, level.acknowledgements))
    return Simulation(case, policy.name, tuple(levels), *_quiet(case, silences, windows))


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
