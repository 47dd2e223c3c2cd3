"""The supervised job engine (pgqueuer): wakes us at the right moment; see docs/decisions.md for the settings."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
import msgspec
import pgqueuer
import structlog
from pgqueuer import DatabaseRetryEntrypointExecutor, Queries, QueueManager
from pgqueuer.models import Job

from bot.store.clock import MOVED
from bot.store.database import Connection, as_it_was, close, settings

log = structlog.get_logger("queue")

DEQUEUE_TIMEOUT: Final = timedelta(seconds=1)
HEARTBEAT: Final = timedelta(seconds=6)
Work = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """`work` takes the job's decoded payload; at most `at_once` of them run at a time in this process."""

    work: Work
    at_once: int = 10


class Queue:
    """`async with Queue(url, role, {"escalate": Entrypoint(…)}):` runs jobs until the block ends."""

    def __init__(
        self,
        url: str,
        role: str | None,
        entrypoints: Mapping[str, Entrypoint],
        clock_moved: Callable[[], None] = lambda: None,
    ) -> None:
        """`clock_moved` is called when tests or the demo have let time pass."""
        self.url, self.role, self.entrypoints, self.clock_moved = url, role, entrypoints, clock_moved
        self.stop = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        supervised = asyncio.create_task(self.supervise(), name="queue")
        try:
            yield
        finally:
            self.stop.set()
            try:
                await asyncio.wait_for(supervised, 3)
            except TimeoutError:
                log.warning("jobs handed back: their work goes on elsewhere or at the next start")
            except Exception:
                log.exception("the queue did not end cleanly")

    async def supervise(self) -> None:
        """pgqueuer exits or goes deaf when PostgreSQL restarts: it is started afresh, with a pool of its own."""
        while not self.stop.is_set():
            try:
                await pgqueuer.run(
                    self.factory, dequeue_timeout=DEQUEUE_TIMEOUT, heartbeat_timeout=HEARTBEAT, batch_size=10,
                    max_concurrent_tasks=100, shutdown_on_listener_failure=True, restart_on_failure=True,
                    restart_delay=timedelta(seconds=0.2), shutdown=self.stop,
                )  # fmt: skip
            except Exception as broken:  # noqa: BLE001 - whatever it was, only a fresh start helps
                log.warning("the queue broke and starts again", error=type(broken).__name__)
                await asyncio.sleep(0.2)

    @asynccontextmanager
    async def factory(self) -> AsyncIterator[QueueManager]:
        pool = await asyncpg.create_pool(
            self.url, min_size=2, max_size=6, timeout=5, reset=as_it_was, connection_class=Connection,
            server_settings=settings(self.role),
        )  # fmt: skip
        try:
            # The manager alone: PgQueuer adds a scheduler we do not use, and closing their shared driver twice fails.
            queue = QueueManager(Queries.from_asyncpg_pool(pool))
            for name, entrypoint in self.entrypoints.items():
                register(queue, name, entrypoint)
            # Without a listener of ours first, about one start in four raises a false listener alarm.
            await queue.queries.driver.add_listener(queue.channel, lambda _: None)
            await queue.queries.driver.add_listener(MOVED, lambda _: self.clock_moved())
            yield queue
        finally:
            await close(pool)


def register(queue: QueueManager, name: str, entrypoint: Entrypoint) -> None:
    @queue.entrypoint(name=name, concurrency_limit=entrypoint.at_once, on_failure="hold", executor_factory=retrying)
    async def work(job: Job) -> None:
        await entrypoint.work(msgspec.json.decode(job.payload or b"null"))


def retrying(parameters: Any) -> DatabaseRetryEntrypointExecutor:
    """A job that raised is tried again, ever later; after that it is held, never dropped."""
    return DatabaseRetryEntrypointExecutor(
        parameters=parameters, max_attempts=8, initial_delay=timedelta(seconds=1), max_delay=timedelta(seconds=60)
    )
