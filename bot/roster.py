"""Who would be told first, now and in the days to come: what somebody outside the desk needs to stand in for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.desk import Desk
from bot.oncall import Booked
from bot.person import Person


@dataclass(frozen=True, slots=True)
class Turn:
    """`people` (ids) would be told first from `starts_at` until before `ends_at`."""

    people: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """Turns without a hole from `as_of` on; `people` are all that they name. Language and zone are the workspace's."""

    as_of: datetime
    language: str
    time_zone: str
    people: tuple[Person, ...]
    turns: tuple[Turn, ...]

    @classmethod
    def of(cls, desk: Desk, now: datetime, until: datetime, booked: Sequence[Booked]) -> Self:
        """The first level of the default ladder that has anybody who can be reached, from `now` to `until`."""
        shifts = [shift for each in desk.schedules.values() for shift in each.shifts(now, until, booked)]
        moments = sorted({now, *(shift.starts_at for shift in shifts if shift.starts_at > now)})
        turns: list[Turn] = []
        named: dict[str, Person] = {}
        for moment, following in zip(moments, [*moments[1:], until], strict=True):
            people = desk.first_reachable(moment, booked)
            named |= {each.id: replace(each, language=desk.language_of(each)) for each in people}
            ids = tuple(person.id for person in people)
            if turns and turns[-1].people == ids:
                turns[-1] = Turn(ids, turns[-1].starts_at, following)
            else:
                turns.append(Turn(ids, moment, following))
        return cls(now, desk.language, desk.zone.key, tuple(named.values()), tuple(turns))

    def at(self, now: datetime) -> tuple[Person, ...]:
        """Whose turn it is; of a list too old to say, or at an hour without anybody: everyone on it."""
        ids = next((turn.people for turn in self.turns if turn.starts_at <= now < turn.ends_at), ())
        return tuple(person for person in self.people if person.id in ids) or self.people
