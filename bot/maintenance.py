"""When alerts are kept but open nothing: silences (once) and maintenance windows (every week). Pure.

Windows are told in wall time and zone, as people plan them: one that begins at 02:00 begins at 02:00 by the clock on
the wall, in summer as in winter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.phrase import Phrase
from bot.target import Environment, fold

LONGEST: Final = timedelta(days=30)
"""What is silenced longer than this was forgotten."""
NOTICE: Final = timedelta(hours=48)
"""How long before users are told of a maintenance that they feel (guide section 3.1, major updates)."""
SHORT: Final = timedelta(minutes=15)
"""Up to that long it is a minor one, which needs no notice."""
DAYS: Final = range(7)  # Monday is 0


@dataclass(frozen=True, slots=True)
class Matcher:
    """Which alerts: all that is given must hold, of a list one; what is empty holds always.

    `environments` and `services` are our ids; `labels` maps a name to a glob (`paie*`) for its folded value.
    """

    environments: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def holds(self, environment: str, service: str, labels: Mapping[str, str]) -> bool:
        return (
            (not self.environments or environment in self.environments)
            and (not self.services or service in self.services)
            and all(fnmatchcase(fold(labels.get(name, "")), fold(wanted)) for name, wanted in self.labels.items())
        )

    def what(self) -> str | Phrase:
        """`prod · ecotrajet · equipe=paie`, or “everything”."""
        labels = [f"{name}={value}" for name, value in self.labels.items()]
        words = [", ".join(self.environments), ", ".join(self.services), *labels]
        return " · ".join(word for word in words if word) or Phrase("everything")

    def to_json(self) -> dict[str, object]:
        return {
            "environments": list(self.environments), "services": list(self.services), "labels": dict(self.labels),
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Matcher":
        return cls(tuple(kept["environments"]), tuple(kept["services"]), dict(kept["labels"]))


@dataclass(frozen=True, slots=True)
class Silence:
    """From `starts_at` until before `ends_at` what matches is kept and opens nothing.

    `origin` names the window whose occurrence it is ('' when somebody asked for it). `maintenance`: told to everybody,
    on the status page too. `came`, `firing`: how many alerts came in meanwhile, and how many of them still fire.
    """

    id: int
    matcher: Matcher
    starts_at: datetime
    ends_at: datetime
    reason: str
    by: str
    origin: str = ""
    maintenance: bool = False
    came: int = 0
    firing: int = 0

    def in_force(self, now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at


def is_short_notice(silence: Silence, environments: Iterable[Environment], now: datetime) -> bool:
    """A longer maintenance of production, told late."""
    production = {each.name for each in environments if "production" in each.answers_to()}
    felt = not silence.matcher.environments or production & set(silence.matcher.environments)
    return bool(felt) and silence.ends_at - silence.starts_at > SHORT and silence.starts_at - now < NOTICE


@dataclass(frozen=True, slots=True)
class Window:
    """Every week on `days` (Monday is 0) from `starts` until `ends`, wall time of `zone`; over midnight when `ends`
    is not the later. `key` is `config:NAME` or `slack:ID`.
    """

    key: str
    name: str
    matcher: Matcher
    days: frozenset[int]
    starts: time
    ends: time
    zone: ZoneInfo
    reason: str = ""
    by: str = "desk"

    def occurrence_on(self, day: date) -> tuple[datetime, datetime]:
        """The instants, in UTC. An end that the change to summer time swallows falls as long after the start."""
        over_midnight = self.ends <= self.starts
        last = day + timedelta(days=1) if over_midnight else day
        start = datetime.combine(day, self.starts, self.zone).astimezone(UTC)
        end = datetime.combine(last, self.ends, self.zone).astimezone(UTC)
        if end <= start:
            end = start + (datetime.combine(last, self.ends) - datetime.combine(day, self.starts))
        return start, end

    def present_or_next(self, now: datetime) -> tuple[datetime, datetime]:
        """The occurrence that holds `now`, else the first after it."""
        today = now.astimezone(self.zone).date()
        for ahead in range(-1, 9):
            day = today + timedelta(days=ahead)
            if day.weekday() in self.days:
                start, end = self.occurrence_on(day)
                if now < end:
                    return start, end
        raise ValueError("a window without days")


def covering(silences: Sequence[Silence], environment: str, service: str, labels: Mapping[str, str]) -> Silence | None:
    """The silence that lasts longest of those that match."""
    matching = [silence for silence in silences if silence.matcher.holds(environment, service, labels)]
    return max(matching, key=lambda silence: silence.ends_at, default=None)
