"""Is everybody who is, or will be, on call really reached? Drills that are answered, and what has arrived so far."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.message import Kind
from bot.person import Person
from bot.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Settings:
    """`drill_on`: weekday, 0 is Monday; times are local. `tell`: targets that hear of who is not reached."""

    drill_on: int
    drill_at: time
    call_after: timedelta
    answer_within: timedelta
    check_at: time
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One channel of a person. `proven_at`: they last answered by it. `arrived_at`: the provider last said that it
    arrived, or took it. `failed_at` is later than both, or None.
    """

    kind: Kind
    proven_at: datetime | None = None
    arrived_at: datetime | None = None
    failed_at: datetime | None = None
    why: Phrase | None = None


@dataclass(frozen=True, slots=True)
class ReachRow:
    """Somebody who takes turns. `on_call_from`: their next turn, or the present one; None: none in four weeks."""

    person: Person
    on_call_from: datetime | None
    ways: tuple[Way, ...]
    missing: tuple[Kind, ...] = ()


def missing_of(person: Person) -> tuple[Kind, ...]:
    """The telephone counts once, as SMS."""
    return tuple(kind for kind in (Kind.SLACK, Kind.SMS, Kind.EMAIL) if person.address(kind) is None)


def address_name(kind: Kind) -> Phrase:
    match kind:
        case Kind.SLACK:
            return Phrase("the Slack id")
        case Kind.EMAIL:
            return Phrase("the mail address")
        case Kind.SMS | Kind.VOICE:
            return Phrase("the telephone number")
