"""What the sandbox received, in order, and the one way to wait for something to change in it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

Json = dict[str, Any]
T = TypeVar("T")
GLANCE = 0.1  # seconds
PATIENCE = 20.0  # seconds that somebody waits for what is to come: longer than a busy machine needs for anything


@dataclass(frozen=True, slots=True)
class Received:
    """One thing that reached the sandbox: a Web API call, an acknowledgement, a text message, a mail.

    `door` is slack, socket, response_url, twilio or mail; `method` what was asked for; `at` real time in UTC.
    """

    door: str
    method: str
    args: Mapping[str, Any]
    at: datetime


class Changes:
    """Tells everybody who waits that something in the sandbox is different now."""

    def __init__(self) -> None:
        self.count = 0
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Wake all who wait; they look again for themselves."""
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    async def next(self) -> None:
        """Wait for the next change."""
        await self._next.wait()

    async def until(self, look: Callable[[], T | None], within: float, missing: Callable[[], str]) -> T:
        """What `look` finds, as soon as it finds something; AssertionError with `missing()` after `within` seconds.

        Looks at every change, and now and then besides, for conditions that lie outside the sandbox.
        """
        now = asyncio.get_running_loop().time
        deadline = now() + within
        while (found := look()) is None:
            if now() >= deadline:
                raise AssertionError(f"after {within:g} s: {missing()}")
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(deadline, now() + GLANCE)):
                    await self.next()
        return found


@dataclass(slots=True)
class Record:
    """Everything received, append-only, and what broke the rules of the real service."""

    changes: Changes = field(default_factory=Changes)
    received: list[Received] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def add(self, door: str, method: str, args: Mapping[str, Any]) -> Received:
        """Note one arrival and wake those who wait for it."""
        entry = Received(door, method, dict(args), datetime.now(UTC))
        self.received.append(entry)
        self.changes.tell()
        return entry

    def violation(self, what: str) -> None:
        """Note what a correct bot would never do; tests compare the list with []."""
        self.violations.append(what)
        self.changes.tell()
