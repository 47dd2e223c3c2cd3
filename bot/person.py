"""The people and teams whom the desk knows, and the ways to reach them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.incident import Priority
from bot.message import Kind


@dataclass(frozen=True, slots=True)
class Person:
    """One entry of `people` in the configuration. Phone in E.164; an absent method is None."""

    id: str
    name: str
    slack: str | None = None
    phone: str | None = None
    email: str | None = None
    language: str = "fr"

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


CHANNELS: Final[dict[Priority, tuple[Kind, ...]]] = {  # guide §6.1: SMS for critical emergencies only
    Priority.P1: (Kind.SLACK, Kind.SMS, Kind.EMAIL),
    Priority.P2: (Kind.SLACK, Kind.EMAIL),
    Priority.P3: (Kind.SLACK,),
}
FALLBACKS: Final = (Kind.SMS, Kind.VOICE, Kind.EMAIL, Kind.SLACK)


def methods(person: Person, priority: Priority) -> tuple[Kind, ...]:
    """The channels that a page of this priority takes to this person, those they have; any one they have at worst."""
    wanted = tuple(kind for kind in CHANNELS[priority] if person.address(kind))
    return wanted or tuple(kind for kind in FALLBACKS if person.address(kind))[:1]


def next_method(person: Person, tried: Sequence[Kind]) -> Kind | None:
    """After a permanent failure: the next channel of this person that was not tried yet; None when all were."""
    return next((kind for kind in FALLBACKS if kind not in tried and person.address(kind)), None)
