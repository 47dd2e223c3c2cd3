"""Several people who are to be on one incident: who counts, and when they are enough. Pure.

A level may ask for several of its people. Until so many have taken the incident it stays open to the others, and the
ladder goes on: one who answered and fell asleep again is not the two whom somebody wanted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Taker:
    """One of them: since when, their last sign of life, and whether the level counts them as one of its people."""

    person: str
    at: datetime
    sign_at: datetime
    counts: bool = True

    def to_json(self) -> dict[str, object]:
        return {
            "person": self.person, "at": self.at.isoformat(), "sign_at": self.sign_at.isoformat(),
            "counts": self.counts,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Taker":
        at, sign = datetime.fromisoformat(kept["at"]), datetime.fromisoformat(kept["sign_at"])
        return cls(kept["person"], at, sign, kept["counts"])


@dataclass(frozen=True, slots=True)
class Asking:
    """A level that was told: how many of `people` (ids) have to take it. Of one who is enough, anybody is."""

    level: str
    wanted: int
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Share:
    """Not enough yet: `have` of `wanted` people of this level."""

    level: str
    have: int
    wanted: int


def missing(asking: Sequence[Asking], takers: Collection[str], *, newcomer: bool) -> Share | None:
    """What is missing of the level that is nearest to enough; None: they are enough for one of them.

    `newcomer`: one of them has come now, which is enough for a level that wants one person, whoever it is. Whoever was
    there before it was told is only if it means them.
    """
    shares: list[Share] = []
    for each in asking:
        have = len(each.people & frozenset(takers))
        if have >= each.wanted or (each.wanted <= 1 and newcomer):
            return None
        shares.append(Share(each.level, have, each.wanted))
    return min(shares, key=lambda share: share.wanted - share.have, default=None)


def signed(takers: Sequence[Taker], person: str, now: datetime, instead_of: str = "") -> tuple[Taker, ...]:
    """With a sign of this person now: a new one comes last, or in the place of whoever handed it over."""
    if any(each.person == person for each in takers):
        left = [each for each in takers if each.person != instead_of]
        return tuple(replace(each, sign_at=now) if each.person == person else each for each in left)
    new = Taker(person, now, now)
    if any(each.person == instead_of for each in takers):
        return tuple(new if each.person == instead_of else each for each in takers)
    return (*takers, new)


def counted(takers: Sequence[Taker], asking: Sequence[Asking], level: str) -> tuple[Taker, ...]:
    """Marked by whether this level means them."""
    people = next((each.people for each in asking if each.level == level), frozenset())
    return tuple(replace(each, counts=each.person in people) for each in takers)
