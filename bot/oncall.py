"""Who is on call at `now`: rotations in wall time and zone, overrides on top. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Rotation:
    """`people` take turns of `days` local days, handing off at `hand_off` wall time; the first turn starts on `starts`.

    Shifts are intervals of *local* days, so that a change to summer time neither opens a gap nor an overlap.
    """

    people: tuple[str, ...]
    starts: date
    days: int
    hand_off: time
    zone: ZoneInfo

    def on_call(self, now: datetime) -> str | None:
        """The person whose turn holds the instant `now` (aware); None before the first turn or with nobody."""
        local = now.astimezone(self.zone)
        elapsed = (local.date() - self.starts).days - (0 if now >= self._hand_off_on(local.date()) else 1)
        if elapsed < 0 or not self.people:
            return None
        return self.people[(elapsed // self.days) % len(self.people)]

    def next_change(self, now: datetime) -> datetime:
        """The instant of the next hand-off after `now`."""
        local = now.astimezone(self.zone)
        day = local.date() if now < self._hand_off_on(local.date()) else local.date() + timedelta(days=1)
        day = max(day, self.starts)
        while (day - self.starts).days % self.days:
            day += timedelta(days=1)
        return datetime.combine(day, self.hand_off, self.zone)

    def _hand_off_on(self, day: date) -> datetime:
        """The instant, in UTC: between two times of one zone Python compares what the clock on the wall reads, and
        02:30 comes twice in October."""
        return datetime.combine(day, self.hand_off, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Override:
    """`person` replaces whoever the rotation names, from `starts_at` (included) to `ends_at` (excluded)."""

    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    name: str
    rotations: tuple[Rotation, ...]

    def on_call(self, now: datetime, overrides: Sequence[Override] = ()) -> tuple[str, ...]:
        """Everyone on call at `now`, once each, in the rotations' order; overrides in force replace them all."""
        covering = [o.person for o in overrides if o.schedule == self.name and o.starts_at <= now < o.ends_at]
        people = covering or [person for r in self.rotations if (person := r.on_call(now)) is not None]
        return tuple(dict.fromkeys(people))
