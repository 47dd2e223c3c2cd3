"""Walks through runbooks, one step after the other, until a person is asked, a run is awaited, or it is over.

Rows say where each one is: a desk that was killed, or another replica, goes on at the step.
"""

import asyncio
from functools import partial
from typing import Final

import structlog

from bot.phrase import Phrase
from bot.procedure.run import LEASE
from bot.runs.walking import Ended, Task, Walking
from bot.store.database import Unavailable
from bot.worker.acts import Acts

log = structlog.get_logger("runbook")

SIGN_OF_LIFE: Final = LEASE.total_seconds() / 4  # seconds
STEP_WITHIN: Final = 60.0  # seconds for looking, reading or asking; what a step asks for has limits of its own


class Walker:
    """`round` is a chore of the watch: it returns at once; each runbook is walked through by a task of its own."""

    def __init__(self, walking: Walking, acts: Acts) -> None:
        self.walking, self.acts = walking, acts
        self.under_way: dict[int, asyncio.Task[None]] = {}

    async def round(self) -> None:
        await self.walking.procedures.begin_safe()
        await self.walking.remind()
        for number in await self.walking.to_walk():
            if number not in self.under_way:
                task = asyncio.create_task(self._carefully(number), name=f"runbook {number}")
                self.under_way[number] = task
                task.add_done_callback(partial(self._over, number))

    def _over(self, number: int, _: asyncio.Task[None]) -> None:
        self.under_way.pop(number, None)

    async def stop(self) -> None:
        for task in self.under_way.values():
            task.cancel()
        await asyncio.gather(*self.under_way.values(), return_exceptions=True)

    async def walk(self, number: int) -> None:
        """As far as it goes now."""
        if not await self.walking.claim(number):
            return
        holding = asyncio.create_task(self._hold(number), name=f"hold runbook {number}")
        try:
            while (task := await self.walking.next(number)) is not None:
                how = await self._do(task)
                if how is None or not await self.walking.ended(task, how):
                    break
        finally:
            holding.cancel()
        await self.walking.let_go(number)

    async def _do(self, task: Task) -> Ended | None:
        try:
            async with asyncio.timeout(STEP_WITHIN):
                return await self.acts.do(task)
        except Unavailable:
            raise
        except TimeoutError:
            return Ended(False, Phrase("No answer in time."))
        except Exception:
            log.exception("a step broke", step=task.step.id)
            return Ended(False, Phrase("The step broke: the log of the desk says how."))

    async def _hold(self, number: int) -> None:
        while True:
            await asyncio.sleep(SIGN_OF_LIFE)
            try:
                await self.walking.hold(number)
            except Unavailable:
                log.info("no sign of life: the database is away")

    async def _carefully(self, number: int) -> None:
        with structlog.contextvars.bound_contextvars(runbook=number):
            try:
                await self.walk(number)
            except Unavailable:
                log.warning("not now: the database is away")
            except Exception:
                log.exception("a runbook broke")
