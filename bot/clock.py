"""Where `now` comes from outside the database. Rows get their times from `app_now()` (migration 0001)."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)
