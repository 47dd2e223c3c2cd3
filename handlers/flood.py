"""When more comes in than can be acted upon at once: bodies are stored, answered, and acted upon in their order.

What may be critical by its words never waits. Measured (`benchmarks/README.md`): acting upon an alert costs three times
what storing it does, and a sender that is not answered in time gives up or repeats itself.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog
from ahocorasick_rs import BytesAhoCorasick

from bot.lifecycle import Unavailable
from handlers.refused import Delivery

log = structlog.get_logger("flood")

FLOOD: Final = 1_000.0  # bodies a second; about six times the worst storm that we have ever heard of
WINDOW: Final = 0.2  # seconds over which they are counted
MOST: Final = 100_000  # that may wait; beyond it the senders wait, as they do without a flood
AT_ONCE: Final = 50
REST: Final = 12.0  # while the flood lasts, catching up rests so many times as long as it worked
AGAIN: Final = 60.0  # seconds until what broke is tried again
LOOKS: Final = 1.0  # seconds; another process may have died and left some
URGENT: Final = tuple(
    word.encode()
    for word in (
        "critical", "critique", "fatal", "disaster", "emergency", "urgen", "p1", "down", "unavailable", "indisponible",
        "outage", "panne", "lost", "perdu", "perte", "leak", "fuite", "breach", "unreachable", "injoignable", "refused",
    )
)  # fmt: skip
"""What is P1 by the default rules nearly always says one of these; what says none waits some seconds."""
_URGENT: Final = BytesAhoCorasick(URGENT)


class Backlog(Protocol):
    """`lifecycle.backlog`; raises Unavailable when the database is away."""

    async def put_by(self, source: str, headers: Mapping[str, str], body: bytes) -> None: ...

    def next(
        self, limit: int
    ) -> AbstractAsyncContextManager[Sequence[tuple[int, str, Mapping[str, str], bytes]] | None]: ...


@dataclass(slots=True)
class Flood:
    """`behind`: some wait, so that whatever comes has to wait behind them."""

    backlog: Backlog
    now: Callable[[], float] = time.monotonic
    behind: bool = False
    raging: bool = False
    waiting: int = 0  # of those that this process put by, about
    came: int = 0
    since: float = 0.0
    put: int = 0
    something: asyncio.Event = field(default_factory=asyncio.Event)
    stuck: set[int] = field(default_factory=set)  # rows that broke what acts upon them
    stuck_until: float = 0.0

    def takes(self, body: bytes) -> bool:
        """One more at the door; whether it is to be put by."""
        self.count()
        if not (self.raging or self.behind) or self.waiting >= MOST:
            return False
        return not urgent(body.lower())

    def count(self) -> None:
        self.came += 1
        now = self.now()
        if now - self.since < WINDOW:
            return
        raging = self.came / (now - self.since) >= FLOOD
        if raging and not self.raging:
            log.warning("a flood: what does not sound critical is stored first and acted upon afterwards")
        self.raging, self.came, self.since = raging, 0, now

    async def put_by(self, delivery: Delivery) -> None:
        """Stored when this returns. Raises Unavailable."""
        self.behind = True
        self.put += 1
        await self.backlog.put_by(delivery.source, delivery.headers, delivery.body)
        self.waiting += 1
        self.something.set()

    async def run(self, take: Callable[[Delivery], Awaitable[object]]) -> None:
        """For ever, until cancelled: whatever waits, by whichever process, is acted upon in its order."""
        while True:
            try:
                while await self.a_few(take):
                    pass
                if self.now() >= self.stuck_until:
                    self.stuck.clear()
                    self.stuck_until = self.now() + AGAIN
            except (Unavailable, OSError) as away:
                log.warning("what waits cannot be acted upon: the database is away", error=str(away))
            except Exception:
                log.exception("what waits cannot be acted upon")
            self.something.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKS):
                    await self.something.wait()

    async def a_few(self, take: Callable[[Delivery], Awaitable[object]]) -> bool:
        """`take` must be safe to repeat. Whether there were any; those that broke are passed over for a while."""
        began, put = self.now(), self.put
        async with self.backlog.next(AT_ONCE + len(self.stuck)) as waiting:
            found = None if waiting is None else [each for each in waiting if each[0] not in self.stuck]
            acts = (take(Delivery(source, dict(headers), body, row)) for row, source, headers, body in found or ())
            results = await asyncio.gather(*acts, return_exceptions=True)
        broken = [each for each in results if isinstance(each, BaseException)]
        for each in broken:
            if not isinstance(each, Exception) or isinstance(each, Unavailable | OSError):
                raise each
            log.error("a body that waits cannot be acted upon", exc_info=each)  # it stays, and holds up no other
        rows = [each[0] for each in found or ()]
        self.stuck |= {row for row, result in zip(rows, results, strict=True) if isinstance(result, Exception)}
        if found:
            self.waiting = max(0, self.waiting - len(found))
            if self.quick():
                await asyncio.sleep((self.now() - began) * REST)
        elif found is not None and self.put == put:
            self.behind, self.waiting = False, 0
        return bool(found)

    def quick(self) -> bool:
        """Whether the flood goes on: a stale count is no flood."""
        return self.raging and self.now() - self.since < 2 * WINDOW


def urgent(body: bytes) -> bool:
    """Of lower-case bytes. All words in one pass: one after the other they cost a twentieth of the intake's speed."""
    return bool(_URGENT.find_matches_as_indexes(body))
