"""What a week or a month was like: how many incidents, how fast they were answered, what was noise, who bore it. Pure.

Instants are in UTC, as the database tells them: Python takes two times of one zone apart as the wall shows them, which
is an hour off when the clocks change in between.
"""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from bot.incident import RESOLVE_WITHIN, Priority
from bot.oncall.wall import instant
from bot.review.period import DAY, Period

AWAKE_FOR: Final = timedelta(minutes=30)
"""Whoever is paged at night, or does something for an incident, is taken to be awake for so long after it."""
NOISIEST: Final = 5


@dataclass(frozen=True, slots=True)
class Happened:
    """An incident that began in the period. `acted`: a person did something for it. `signal`: the alert's own name."""

    number: int
    priority: Priority
    opened_at: datetime
    environment: str = ""
    service: str = ""
    signal: str = ""
    taken_at: datetime | None = None
    resolved_at: datetime | None = None
    alerts: int = 1
    pages: int = 0
    acted: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """`page`: somebody was paged, by however many channels at once; else they did something for an incident."""

    person: str
    at: datetime
    page: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """`verdicts`: how often a page was called useful, noise, not mine."""

    incidents: Sequence[Happened] = ()
    moments: Sequence[Moment] = ()
    verdicts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spread:
    """Of `count` durations; both None when there is none."""

    count: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None

    @classmethod
    def of(cls, lengths: Iterable[timedelta]) -> Self:
        """p90 by the nearest rank: a length that really was."""
        found = sorted(lengths)
        if not found:
            return cls()
        median = statistics.median(each.total_seconds() for each in found)
        return cls(len(found), timedelta(seconds=median), found[math.ceil(0.9 * len(found)) - 1])


@dataclass(frozen=True, slots=True)
class Kept:
    """Of `judged` incidents whose time is up or that are over, `kept` were resolved within the limit."""

    kept: int = 0
    judged: int = 0

    @property
    def share(self) -> float | None:
        return self.kept / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Load:
    person: str
    pages: int
    night_pages: int
    awake: timedelta


@dataclass(frozen=True, slots=True)
class Noisy:
    """Alerts of one place; of one name there, when all of its incidents tell one."""

    environment: str
    service: str
    signal: str
    alerts: int
    incidents: int
    pages: int
    ignored: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`columns`: by day or week, see `Period.columns`. Durations of answers and ends are by priority as well."""

    counts: Mapping[Priority, int]
    columns: tuple[tuple[date, Mapping[Priority, int]], ...]
    taken: Spread
    resolved: Spread
    taken_by: Mapping[Priority, Spread]
    resolved_by: Mapping[Priority, Spread]
    kept: Mapping[Priority, Kept]
    alerts: int
    pages: int
    ignored: int
    load: tuple[Load, ...]
    noisiest: tuple[Noisy, ...]
    verdicts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def per_incident(self, count: int) -> float:
        return count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Review:
    """`before`: the same figures of the period before."""

    period: Period
    now: Figures
    before: Figures


@dataclass(frozen=True, slots=True)
class Nights:
    """`zones`: of people who live elsewhere than the team's zone."""

    zone: ZoneInfo
    hours: tuple[time, time]
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)

    def of(self, person: str, at: datetime) -> tuple[datetime, datetime] | None:
        """The night of this person that holds the moment; None: it is their day."""
        zone = self.zones.get(person, self.zone)
        begin, end = self.hours
        today = at.astimezone(zone).date()
        for day in (today - DAY, today):
            after = day if begin < end else day + DAY
            night = instant(day, begin, zone), instant(after, end, zone)
            if night[0] <= at < night[1]:
                return night
        return None


def figures(rows: Rows, period: Period, nights: Nights, now: datetime) -> Figures:
    """`now` decides which limits that were not kept are exceeded already."""
    found = rows.incidents
    by = {each: [row for row in found if row.priority is each] for each in Priority}
    return Figures(
        counts={each: len(by[each]) for each in Priority},
        columns=tuple(_columns(found, period, nights.zone)),
        taken=Spread.of(_taken(found)),
        resolved=Spread.of(_resolved(found)),
        taken_by={each: Spread.of(_taken(by[each])) for each in Priority},
        resolved_by={each: Spread.of(_resolved(by[each])) for each in Priority},
        kept={each: kept(by[each], now) for each in Priority},
        alerts=sum(row.alerts for row in found),
        pages=sum(row.pages for row in found),
        ignored=sum(not row.acted for row in found),
        load=tuple(load(rows.moments, nights)),
        noisiest=tuple(noisiest(found)),
        verdicts=dict(rows.verdicts),
    )


def kept(incidents: Iterable[Happened], now: datetime) -> Kept:
    """The guide's limits: 1 h, 4 h, 24 h. An open one counts once its time is up."""
    judged = good = 0
    for row in incidents:
        until = row.opened_at + RESOLVE_WITHIN[row.priority]
        if row.resolved_at is None and now < until:
            continue
        judged += 1
        good += row.resolved_at is not None and row.resolved_at <= until
    return Kept(good, judged)


def load(moments: Iterable[Moment], nights: Nights) -> list[Load]:
    """Whoever was paged, the most burdened first: by hours awake, then by pages."""
    by: dict[str, list[Moment]] = {}
    for moment in moments:
        by.setdefault(moment.person, []).append(moment)
    found = []
    for person, theirs in by.items():
        dark = [(each, night) for each in theirs if (night := nights.of(person, each.at)) is not None]
        pages, at_night = sum(each.page for each in theirs), sum(each.page for each, _ in dark)
        if pages:
            awake = _united((each.at, min(each.at + AWAKE_FOR, night[1])) for each, night in dark)
            found.append(Load(person, pages, at_night, awake))
    return sorted(found, key=lambda each: (-each.awake, -each.pages, each.person))


def noisiest(incidents: Iterable[Happened], most: int = NOISIEST) -> list[Noisy]:
    """By alerts, then by pages. What nobody can name cannot be silenced, and is left out."""
    groups: dict[tuple[str, str, str], list[Happened]] = {}
    for row in incidents:
        if row.environment or row.service or row.signal:
            groups.setdefault((row.environment, row.service, row.signal), []).append(row)
    found = [
        Noisy(
            *key, sum(row.alerts for row in rows), len(rows), sum(row.pages for row in rows),
            sum(not row.acted for row in rows),
        )
        for key, rows in groups.items()
    ]  # fmt: skip
    found.sort(key=lambda each: (-each.alerts, -each.pages, each.environment, each.service, each.signal))
    return found[:most]


def _columns(
    incidents: Sequence[Happened], period: Period, zone: ZoneInfo
) -> Iterable[tuple[date, Mapping[Priority, int]]]:
    starts = period.columns()
    days = [(row.opened_at.astimezone(zone).date(), row.priority) for row in incidents]
    for start, end in zip(starts, [*starts[1:], period.end], strict=True):
        yield start, Counter(priority for day, priority in days if start <= day < end)


def _taken(incidents: Iterable[Happened]) -> list[timedelta]:
    return [row.taken_at - row.opened_at for row in incidents if row.taken_at is not None]


def _resolved(incidents: Iterable[Happened]) -> list[timedelta]:
    return [row.resolved_at - row.opened_at for row in incidents if row.resolved_at is not None]


def _united(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """What they cover together."""
    total, reached = timedelta(0), None
    for start, end in sorted(spans):
        if reached is None or start > reached:
            total += end - start
            reached = end
        elif end > reached:
            total += end - reached
            reached = end
    return total
