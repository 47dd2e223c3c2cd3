"""What a run writes before and after each step, and how long it may go on when the database is away."""

import time
from collections.abc import Awaitable, Callable

import structlog

from bot.phrase import Phrase
from bot.run import LEASE, Run
from bot.runbook import Evidence
from bot.runs import Execution
from bot.store.database import Unavailable
from bot.worker.live import Live

log = structlog.get_logger("run")

SAFE: float = LEASE.total_seconds() - 3
"""Seconds after the last sign of life during which no other worker can have taken the run over."""


class LeaseLost(Exception):
    """Another worker may be at this container: touch nothing any more."""


class RunJournal:
    """`bot.runbook.Journal` on rows.

    When the database goes away in the middle of a swap, stopping there would leave the service down; going on is safe
    as long as nobody else can have taken the lease. What could not be written meanwhile is written later, in order.
    """

    def __init__(self, execution: Execution, run: Run) -> None:
        self.execution = execution
        self.run = run
        self.held_at = time.monotonic()
        self.unwritten: list[Callable[[], Awaitable[object]]] = []
        self.live = Live(execution, run)

    async def hold(self) -> None:
        """A sign of life. Raises LeaseLost when it came too late, or cannot be given for too long."""
        asked_at = time.monotonic()
        try:
            held = await self.execution.hold(self.run.id)
        except Unavailable:
            if time.monotonic() - self.held_at > SAFE:
                raise LeaseLost from None
            return
        if not held:
            raise LeaseLost
        self.held_at = asked_at

    async def before(self, step: str) -> None:
        """Raises LeaseLost: the step must not be taken."""
        log.info("step", step=step)
        self.live.step = step
        asked_at = time.monotonic()
        try:
            await self._catch_up()
            if not await self.execution.begin_step(self.run, step):
                raise LeaseLost
            self.held_at = asked_at
        except Unavailable:
            if time.monotonic() - self.held_at > SAFE:
                raise LeaseLost from None
            self.unwritten.append(lambda: self.execution.begin_step(self.run, step))

    async def after(self, step: str, detail: str) -> None:
        await self._write(lambda: self.execution.step_done(self.run, step, detail))

    async def evidence(self, evidence: Evidence) -> None:
        await self._write(lambda: self.execution.keep_evidence(self.run, evidence))

    async def said(self, what: str | Phrase, *, instead: bool = False) -> None:
        self.live.said(what, instead=instead)

    async def cancelled(self) -> bool:
        try:
            return await self.execution.asked_to_stop(self.run)
        except Unavailable:
            return False

    async def _write(self, writing: Callable[[], Awaitable[object]]) -> None:
        try:
            await self._catch_up()
            await writing()
        except Unavailable:
            self.unwritten.append(writing)

    async def _catch_up(self) -> None:
        while self.unwritten:
            await self.unwritten[0]()
            del self.unwritten[0]
