"""Once a second: whatever should have happened and did not, happens now, and is said aloud."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Final

import structlog

from bot.message import Kind
from bot.metrics import Metrics
from bot.store import audit, escalations, incidents, messages
from bot.store.database import Database, Unavailable
from bot.store.escalations import Rung
from bot.worker.deliver import Deliverer
from bot.worker.levels import Levels

log = structlog.get_logger("watch")


class NotClean(Exception):
    """The round was gone through, and pages are left that do not get out."""


EVERY: Final = 1.0
COUNTED_EVERY: Final = 5.0  # seconds
GRACE: Final = timedelta(milliseconds=700)
"""How long the job engine gets before the watch does it itself: a due page leaves within 2 s in any case."""
STUCK: Final = timedelta(seconds=30)
"""A page that is overdue by so much, although it is tried each round: the desk cannot do its work, and says so."""
Chore = Callable[[], Awaitable[None]]


class Watch:
    """`chores` are run each round after the overdue rows: expiring approvals, taking in refused bodies, …
    `sign_of_life` follows a clean round.
    """

    def __init__(
        self,
        db: Database,
        levels: Levels,
        deliverer: Deliverer,
        metrics: Metrics,
        chores: tuple[Chore, ...] = (),
        sign_of_life: Chore | None = None,
    ) -> None:
        self.db, self.levels, self.deliverer, self.metrics, self.chores = db, levels, deliverer, metrics, chores
        self.sign_of_life = sign_of_life
        self.broken = 0  # rescued messages whose sending ended in an error of our own since the last round
        self.last_clean_round = time.monotonic()
        self.count_at = 0.0
        self.woken = asyncio.Event()  # look now, and not in a second
        self.looked = asyncio.Event()  # a round was gone through, clean or not
        self.under_way: dict[tuple[str, int], asyncio.Task[None]] = {}

    def age(self) -> float:
        """Seconds since the last round that went through: `/readyz` and `/metrics` show it."""
        return time.monotonic() - self.last_clean_round

    async def run(self) -> None:
        """For ever, until cancelled; a database that is away only makes the rounds fail."""
        try:
            while True:
                self.woken.clear()
                try:
                    async with asyncio.timeout(10):
                        await self.round()
                    self.last_clean_round = time.monotonic()
                except NotClean as left:
                    log.error("round not clean", error=str(left))
                except (Unavailable, TimeoutError) as away:
                    log.warning("round not done: the database is away", error=str(away))
                except Exception:
                    log.exception("round not clean")
                self.looked.set()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(EVERY):  # `wait_for` of Python 3.11 loses a cancel that comes as it ends
                        await self.woken.wait()
        finally:
            for task in self.under_way.values():
                task.cancel()
            await asyncio.gather(*self.under_way.values(), return_exceptions=True)

    async def round(self) -> None:
        """Everything that can be done is done, whatever breaks. Then raises what broke first, or NotClean if pages are
        left.
        """
        if ended := await self.db.end_stuck():
            log.warning("transactions of a replica that hangs were ended", count=ended)
        async with self.db.transaction() as tx:
            levels = await escalations.overdue(tx, GRACE)
            waiting = await messages.overdue(tx, GRACE, STUCK)
        await self.measure(len(levels))
        broke: list[Exception] = []
        await apart(self.levels.fire_all([Rung(*row) for row in levels]), broke)
        for row in waiting:
            work = self.deliverer.deliver(Kind(row["kind"]), row["id"], urgent=row["page"])
            self.spawn(("message", row["id"]), work)
        await apart(self.seal(), broke)
        for chore in self.chores:
            await apart(chore(), broke)
        if broke:
            raise broke[0]
        broken, self.broken = self.broken, 0
        if stuck := sum(row["stuck"] for row in waiting):
            raise NotClean(f"{stuck} pages do not get out")
        if broken:
            raise NotClean(f"{broken} rescued messages broke")
        if self.sign_of_life is not None:
            await self.sign_of_life()

    async def seal(self) -> None:
        async with self.db.transaction() as tx:
            await audit.seal(tx)

    async def measure(self, overdue: int) -> None:
        """Counting reads every open incident, so not each round."""
        self.metrics.overdue_levels.set(overdue)
        if time.monotonic() < self.count_at:
            return
        async with self.db.transaction() as tx:
            open_ones = await incidents.counts(tx)
        self.count_at = time.monotonic() + COUNTED_EVERY
        self.metrics.incidents_open.clear()
        for row in open_ones:
            self.metrics.incidents_open.labels(row["priority"], row["status"]).set(row["n"])

    def spawn(self, key: tuple[str, int], work: Coroutine[object, object, None]) -> None:
        """Side by side, so that a slow channel holds up no other; never twice for the same row."""
        if key in self.under_way:
            work.close()
            return
        task = asyncio.create_task(self.logged(work))
        self.under_way[key] = task
        task.add_done_callback(lambda _: self.under_way.pop(key, None))

    async def logged(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except Unavailable:
            self.broken += 1
            log.warning("not sent now: the database is away")
        except Exception:
            self.broken += 1
            log.exception("a rescued message broke")


async def apart(work: Awaitable[None], broke: list[Exception]) -> None:
    """One row that breaks its chore holds up no other chore. Raises Unavailable: then nothing else goes either."""
    try:
        await work
    except Unavailable:
        raise
    except Exception as error:
        if broke:
            log.exception("another chore broke in the same round")
        broke.append(error)
