"""The people and teams whom the desk knows, and the ways to reach them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.incident import Priority
from bot.message import Kind


@dataclass(frozen=True, slots=True)
class Person:
    """One entry of `people` in the configuration. Phone in E.164; an absent method is None; `zone` None: the desk's."""

    id: str
    name: str
    slack: str | None = None
    phone: str | None = None
    email: str | None = None
    language: str = "fr"
    zone: ZoneInfo | None = None

    def address(self, kind: Kind) -> str | None:
        """Where `kind` reaches this person, or None."""
        return {Kind.SLACK: self.slack, Kind.SMS: self.phone, Kind.VOICE: self.phone, Kind.EMAIL: self.email}.get(kind)


@dataclass(frozen=True, slots=True)
class Team:
    """`rights` maps an environment id, or `*`, to the most that its members may do there (see `access`)."""

    id: str
    name: str
    members: tuple[str, ...]
    rights: Mapping[str, str]
    responders: bool = True
    managers: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One way in which a page reaches somebody, `after` it began; not any more when somebody is on it by then."""

    kind: Kind
    after: timedelta = timedelta(0)


Steps = Mapping[Priority, tuple[Step, ...]]
CHANNELS: Final[Steps] = {  # guide §6.1: SMS for critical emergencies only
    Priority.P1: (Step(Kind.SLACK), Step(Kind.SMS), Step(Kind.EMAIL), Step(Kind.VOICE, timedelta(minutes=5))),
    Priority.P2: (Step(Kind.SLACK), Step(Kind.EMAIL)),
    Priority.P3: (Step(Kind.SLACK),),
}
FALLBACKS: Final = (Kind.SMS, Kind.VOICE, Kind.EMAIL, Kind.SLACK)


def methods(person: Person, priority: Priority, steps: Steps = CHANNELS) -> tuple[Step, ...]:
    """How a page of this priority reaches this person, by what they have; at worst by any one thing they have.

    The first is never late: somebody who has only a telephone is called now.
    """
    wanted = tuple(step for step in steps[priority] if person.address(step.kind))
    if wanted and not any(step.after == timedelta(0) for step in wanted):
        return (Step(wanted[0].kind), *wanted[1:])
    return wanted or tuple(Step(kind) for kind in FALLBACKS if person.address(kind))[:1]


def next_method(person: Person, tried: Sequence[Kind]) -> Kind | None:
    """After a permanent failure: the next channel of this person that was not tried yet; None when all were."""
    return next((kind for kind in FALLBACKS if kind not in tried and person.address(kind)), None)
