"""News of an incident for everybody who waits for it, and when the next are due. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.incident import Priority

LONGEST: Final = 500  # characters
GUIDE: Final[Mapping[Priority, timedelta]] = {Priority.P1: timedelta(minutes=30), Priority.P2: timedelta(hours=2)}
NOTHING: Final = "news.nothing"  # action ids of the buttons: nothing new, and the form
WRITE: Final = "incident.news"
SOON: Final = timedelta(minutes=1)
"""A second "nothing new" within this is the same one."""


@dataclass(frozen=True, slots=True)
class NewsSettings:
    """`every`: how often, by priority; one that is left out, or 0, is never asked for."""

    every: Mapping[Priority, timedelta] = field(default_factory=lambda: GUIDE)

    def next_after(self, priority: Priority, now: datetime) -> datetime | None:
        every = self.every.get(priority)
        return now + every if every else None


@dataclass(frozen=True, slots=True)
class News:
    """`text` is empty for "nothing new"; `by` is a person's id. `public`: the status page shows it."""

    at: datetime
    by: str
    text: str
    public: bool = True
