"""The weekly train to production (guide section 3.1): on its days a promotion needs no reason. Pure."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from bot.phrase import Phrase

FRIDAY: Final = 4
NAMES: Final = (
    Phrase("on Monday"), Phrase("on Tuesday"), Phrase("on Wednesday"), Phrase("on Thursday"), Phrase("on Friday"),
    Phrase("on Saturday"), Phrase("on Sunday"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Train:
    """`days`: weekdays, Monday is 0; none: any day is as good."""

    days: frozenset[int] = frozenset({FRIDAY})

    def leaves(self, now: datetime, zone: tzinfo) -> bool:
        return not self.days or now.astimezone(zone).weekday() in self.days

    @property
    def when(self) -> Phrase:
        """`on Friday`, `on Tuesday, on Friday`. Only where there are days."""
        first, *others = (NAMES[day] for day in sorted(self.days))
        for each in others:
            first = Phrase("{first}, {then}", {"first": first, "then": each})
        return first
