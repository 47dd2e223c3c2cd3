"""What everybody may see: which services are up, what is known of trouble, what is planned. Pure.

The lights are the guide's (section 6.1). Nothing of the inside goes out: no title, no host, no name of a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.incident import Priority
from bot.maintenance import Silence

LOOKS_BACK: Final = timedelta(days=7)
MOST_SAID: Final = 3  # news of one incident
LOOKS_AHEAD: Final = timedelta(days=7)


class State(StrEnum):
    """The worst last."""

    OPERATIONAL = "operational"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    DOWN = "down"


ORDER: Final = tuple(State)


@dataclass(frozen=True, slots=True)
class Settings:
    """`services`: id -> name to show, in this order; `environments`: where they count. `contact`: whom to ask."""

    title: str
    services: dict[str, str]
    environments: tuple[str, ...]
    contact: str = ""
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """News that somebody wrote for everybody; an empty `text`: nothing new."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """An incident as far as the public is concerned; `service` is empty when nobody knows which one it is.
    `said`: the newest first.
    """

    service: str
    priority: Priority
    since: datetime
    taken: bool
    until: datetime | None = None
    said: tuple[Said, ...] = ()

    @property
    def state(self) -> State:
        return State.DOWN if self.priority is Priority.P1 else State.DEGRADED


@dataclass(frozen=True, slots=True)
class Lamp:
    """What a probe of a service says, when it is not well, and since when."""

    environment: str
    service: str
    state: State
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Work:
    """Planned, or going on."""

    services: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One service."""

    id: str
    name: str
    state: State
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """`state` is the worst of all; `now`, `past`: trouble that goes on, and what is over, the newest first."""

    settings: Settings
    as_of: datetime
    state: State
    lines: tuple[Line, ...]
    now: tuple[Trouble, ...]
    past: tuple[Trouble, ...]
    work: tuple[Work, ...]


def page(
    settings: Settings,
    troubles: Sequence[Trouble],
    silences: Sequence[Silence],
    now: datetime,
    lamps: Sequence[Lamp] = (),
) -> Page:
    """P3 is not shown: a defect that blocks nobody is no news. Nor is what a probe says of a place that is silenced."""
    worth = [each for each in troubles if each.priority is not Priority.P3]
    worth = [each for each in worth if not each.service or each.service in settings.services]
    going = tuple(sorted((each for each in worth if each.until is None), key=lambda each: each.since, reverse=True))
    over = tuple(
        sorted(
            (each for each in worth if each.until is not None and now - each.until <= LOOKS_BACK),
            key=lambda each: each.since, reverse=True,
        )
    )  # fmt: skip
    work = planned(settings, silences, now)
    lit = [lamp for lamp in lamps if not any(_hushes(each, lamp, now) for each in silences)]
    lines = tuple(_line(service, name, going, work, now, lit) for service, name in settings.services.items())
    unnamed = [each.state for each in going if not each.service]
    worst = max((line.state for line in lines), key=ORDER.index, default=State.OPERATIONAL)
    return Page(settings, now, max([worst, *unnamed], key=ORDER.index), lines, going, over, work)


def planned(settings: Settings, silences: Sequence[Silence], now: datetime) -> tuple[Work, ...]:
    """Maintenance of what is shown, begun or to come; one of single labels says nothing about a service."""
    found = []
    for silence in silences:
        matcher = silence.matcher
        here = not matcher.environments or set(matcher.environments) & set(settings.environments)
        services = tuple(each for each in settings.services if not matcher.services or each in matcher.services)
        if not silence.maintenance or matcher.labels or not here or not services or not now < silence.ends_at:
            continue
        if silence.starts_at <= now + LOOKS_AHEAD:
            found.append(Work(services, silence.starts_at, silence.ends_at, silence.reason))
    return tuple(sorted(found, key=lambda each: each.starts_at))


def _hushes(silence: Silence, lamp: Lamp, now: datetime) -> bool:
    matcher = silence.matcher
    return (
        not matcher.labels
        and silence.starts_at <= now < silence.ends_at
        and (not matcher.environments or lamp.environment in matcher.environments)
        and (not matcher.services or lamp.service in matcher.services)
    )


def _line(
    id_: str, name: str, going: Sequence[Trouble], work: Sequence[Work], now: datetime, lamps: Sequence[Lamp]
) -> Line:
    told = [(each.state, each.since) for each in going if each.service == id_]
    told += [(each.state, each.since or now) for each in lamps if each.service == id_]
    if told:
        worst = max((state for state, _ in told), key=ORDER.index)
        return Line(id_, name, worst, min(since for state, since in told if state is worst))
    at_work = [each for each in work if id_ in each.services and each.starts_at <= now]
    if at_work:
        return Line(id_, name, State.MAINTENANCE, min(each.starts_at for each in at_work))
    return Line(id_, name, State.OPERATIONAL, None)
