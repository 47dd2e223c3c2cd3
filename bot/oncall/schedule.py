"""Who is on call at `now`: layers of rotations and imported calendars, overrides on top. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.oncall.rotation import Rotation

FAR: Final = (8, 32, 128, 400)  # days to look ahead, further and further


@dataclass(frozen=True, slots=True)
class Override:
    """`person` replaces whoever the layers name, from `starts_at` (included) to `ends_at` (excluded); with
    `instead_of` only that one, where they are on call. Of two at the same time the later made (higher `id`) wins.
    """

    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime
    instead_of: str | None = None
    id: int = 0
    by: str = ""

    def applied_to(self, people: tuple[str, ...]) -> tuple[str, ...]:
        if self.instead_of is None:
            return (self.person,)
        return tuple(self.person if each == self.instead_of else each for each in people)


@dataclass(frozen=True, slots=True)
class Imported:
    """An event of a calendar that is a layer of `schedule`."""

    schedule: str
    layer: int
    person: str
    starts_at: datetime
    ends_at: datetime


Booked = Override | Imported


@dataclass(frozen=True, slots=True)
class CalendarLayer:
    """A calendar in the iCalendar format, at an address or in a file, as a layer."""

    place: str
    layer: int


@dataclass(frozen=True, slots=True)
class Shift:
    """The same `people` without interruption; with nobody it is a gap. Instants in UTC."""

    people: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """`announces`: hand-offs are told. `group`: the id of the Slack user group that holds whoever is on call."""

    name: str
    rotations: tuple[Rotation, ...]
    calendars: tuple[CalendarLayer, ...] = ()
    announces: bool = True
    group: str = ""

    def on_call(self, now: datetime, booked: Sequence[Booked] = ()) -> tuple[str, ...]:
        """Everyone on call at `now`, once each: of the highest layer that has somebody, in the rotations' order; then
        the overrides in force.
        """
        here = [each for each in booked if each.schedule == self.name and each.starts_at <= now < each.ends_at]
        people = self._planned(now, [each for each in here if isinstance(each, Imported)])
        for override in sorted((each for each in here if isinstance(each, Override)), key=lambda each: each.id):
            people = override.applied_to(people)
        return tuple(dict.fromkeys(people))

    def shifts(self, start: datetime, end: datetime, booked: Sequence[Booked] = ()) -> list[Shift]:
        """Who is on call from `start` to `end`, without a hole: gaps are shifts of nobody."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        moments = sorted({start, *self._changes(start, end, booked)})
        found: list[Shift] = []
        for moment, following in zip(moments, [*moments[1:], end], strict=True):
            people = self.on_call(moment, booked)
            if found and found[-1].people == people:
                found[-1] = Shift(people, found[-1].starts_at, following)
            else:
                found.append(Shift(people, moment, following))
        return found

    def now_and_next(self, now: datetime, booked: Sequence[Booked] = ()) -> tuple[Shift, Shift | None]:
        """The shift that holds `now` (from `now`), and the next with other people; None: none within 400 days."""
        found: list[Shift] = []
        for days in FAR:
            found = self.shifts(now, now + timedelta(days=days), booked)
            if len(found) > 2:  # the end of the second one is true, and not where we stopped looking
                break
        return found[0], found[1] if len(found) > 1 else None

    def gaps(self, start: datetime, end: datetime, booked: Sequence[Booked] = ()) -> list[Shift]:
        """When nobody is on call."""
        return [shift for shift in self.shifts(start, end, booked) if not shift.people]

    def members(self) -> tuple[str, ...]:
        """Everyone who takes turns, once each."""
        return tuple(dict.fromkeys(person for rotation in self.rotations for person in rotation.people))

    def _planned(self, now: datetime, imported: Sequence[Imported]) -> tuple[str, ...]:
        on_call = [(r.layer, person) for r in self.rotations if (person := r.on_call(now)) is not None]
        on_call += [(each.layer, each.person) for each in imported]
        top = max((layer for layer, _ in on_call), default=0)
        return tuple(person for layer, person in on_call if layer == top)

    def _changes(self, start: datetime, end: datetime, booked: Sequence[Booked]) -> Iterator[datetime]:
        for rotation in self.rotations:
            yield from rotation.changes(start, end)
        for each in booked:
            if each.schedule == self.name:
                yield from (m for m in (each.starts_at, each.ends_at) if start <= m < end)
