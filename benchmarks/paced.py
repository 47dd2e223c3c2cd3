"""An open-loop load generator: requests are due at fixed times, whether or not earlier ones were answered.

wrk sends the next request when the last one was answered: while a server pauses, it politely asks nothing, and the
pause counts as one slow answer ("coordinated omission"). Here a latency begins when a request was *due*; what had to
wait for a free connection waited at the server's cost. The generator's own delay (its timer, its share of the
processor) is in the latency as well, and told apart in `late`.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

DRAINS: Final = 10.0
"""Seconds that answers may still take after the last request was due; what comes later counts as unanswered."""
TICK: Final = 0.001
"""The shortest sleep: what is due within it leaves together. epoll cannot wait for less without spinning."""
LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
CLOSES: Final = re.compile(rb"\r\nconnection:[ \t]*close", re.IGNORECASE)


@dataclass(slots=True)
class Paced:
    """What came of it. Seconds; `latencies` also hold failed and unanswered requests (these: until we gave up).

    Request n was due at `began` + n / `rate`, by the wall's clock.
    """

    rate: float
    latencies: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    bad: int = 0
    unanswered: int = 0
    seconds: float = 0.0
    began: float = 0.0

    @property
    def reached(self) -> float:
        """Good answers a second, until the last was there."""
        good = len(self.latencies) - self.bad - self.unanswered
        return good / self.seconds if self.seconds else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank: a value that was measured, never one between two. 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)] if ordered else 0.0


class Connection(asyncio.Protocol):
    """One request at a time. `done` gets this connection and the answer's status (0: cut off), `lost` a closed one."""

    def __init__(self, done: Callable[["Connection", int], None], lost: Callable[["Connection"], None]) -> None:
        self.done, self.lost = done, lost
        self.transport: asyncio.Transport | None = None
        self.due = 0.0
        self.busy = False
        self._received = b""

    @property
    def usable(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, request: bytes, due: float) -> None:
        """`due`: when it should have been sent, by time.monotonic."""
        assert self.transport is not None
        self.due, self.busy, self._received = due, True, b""
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0 or not self.busy:
            return
        found = LENGTH.search(self._received, 0, end + 2)
        if found is None:
            raise ValueError("an answer without Content-Length")
        if len(self._received) >= end + 4 + int(found[1]):
            if CLOSES.search(self._received, 0, end + 2) and self.transport is not None:
                self.transport.close()
            self._over(int(self._received[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.busy:
            self._over(0)
        self.lost(self)

    def _over(self, status: int) -> None:
        self.busy = False
        self.done(self, status)


class Generator:
    """Sends `request(0)`, `request(1)`, … at `rate` a second over `connections` kept open, in order."""

    def __init__(self, port: int, request: Callable[[int], bytes], rate: float, connections: int) -> None:
        self.port, self.request, self.rate, self.wanted = port, request, rate, connections
        self.found = Paced(rate)
        self.waiting: deque[tuple[int, float]] = deque()
        self.idle: list[Connection] = []
        self.open: set[Connection] = set()
        self.reopening: set[asyncio.Task[None]] = set()
        self.last, self.all_due, self.over = 0.0, False, False
        self.finished = asyncio.Event()

    async def run(self, seconds: float) -> Paced:
        """At least one request; raises OSError when nobody listens at the start."""
        await asyncio.gather(*(self._connect() for _ in range(self.wanted)))
        began = time.monotonic() + 0.01
        self.found.began = time.time() + (began - time.monotonic())
        try:
            await self._send_on(began, max(1, round(self.rate * seconds)))
            await self._drain()
        finally:
            self.over = True
            for task in self.reopening:
                task.cancel()
            for each in self.open:
                if each.transport is not None:
                    each.transport.abort()
        self.found.seconds = max(self.last - began, 1e-9)
        return self.found

    async def _send_on(self, began: float, count: int) -> None:
        number = 0
        while number < count:
            now = time.monotonic()
            while number < count and (due := began + number / self.rate) <= now:
                self.found.late.append(now - due)
                self.waiting.append((number, due))
                number += 1
            self._send()
            await asyncio.sleep(max(TICK, began + number / self.rate - time.monotonic()))

    async def _drain(self) -> None:
        self.all_due = True
        if self._unfinished():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.finished.wait(), DRAINS)
        left = self._unfinished()
        for each in self.open:
            each.busy = False
        self.waiting.clear()
        self.found.unanswered = len(left)
        self.found.latencies += [time.monotonic() - due for due in left]

    def _unfinished(self) -> list[float]:
        """When each request was due that is not answered yet."""
        return [due for _, due in self.waiting] + [each.due for each in self.open if each.busy]

    def _send(self) -> None:
        while self.waiting and self.idle:
            connection = self.idle.pop()
            if connection.usable:
                number, due = self.waiting.popleft()
                connection.ask(self.request(number), due)

    def _done(self, connection: Connection, status: int) -> None:
        self.last = time.monotonic()
        self.found.latencies.append(self.last - connection.due)
        if not 200 <= status < 300:
            self.found.bad += 1
        if connection.usable:
            self.idle.append(connection)
            self._send()
        if self.all_due and not self._unfinished():
            self.finished.set()

    def _lost(self, connection: Connection) -> None:
        self.open.discard(connection)
        if not self.over:
            task = asyncio.create_task(self._reopen())
            self.reopening.add(task)
            task.add_done_callback(self.reopening.discard)

    async def _reopen(self) -> None:
        while True:
            try:
                return await self._connect()
            except OSError:
                await asyncio.sleep(0.05)  # the server is away; what is due meanwhile waits

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(self._done, self._lost), "127.0.0.1", self.port)
        self.open.add(connection)
        self.idle.append(connection)
        self._send()


async def paced(
    port: int, request: Callable[[int], bytes], rate: float, seconds: float, connections: int = 16
) -> Paced:
    """`request(number)`: whole HTTP/1.1 requests to 127.0.0.1:`port` whose answers bear a Content-Length."""
    return await Generator(port, request, rate, connections).run(seconds)
