"""The last lines of a log, live in somebody's own messages for a few minutes. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.phrase import Phrase

FOR: Final = timedelta(minutes=5)
EVERY: Final = timedelta(seconds=2)
"""Between two looks, times the number of those who follow one; Slack takes about 50 edits a minute from an app
(chat.update, tier 3), all cards together."""
LINES: Final = 30


@dataclass(frozen=True, slots=True)
class Tail:
    """One per person at a time. `word`: only lines that hold it. `shown`: the lines, their secrets hidden already.

    `problem`: why there are none; `ended_at` None: it goes on; `stopped`: by themselves, before its time.
    """

    id: int
    environment: str
    service: str
    word: str
    person: str
    to: str
    until: datetime
    shown: str = ""
    problem: Phrase | None = None
    ended_at: datetime | None = None
    stopped: bool = False
