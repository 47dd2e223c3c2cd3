"""Due levels are told in groups: a hundred that come due together are no more statements than a few."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from bot.desk import Desk
from bot.lifecycle import ladder
from bot.store.database import Database, Unavailable
from bot.store.escalations import Rung

log = structlog.get_logger("levels")

AT_ONCE: Final = 50  # levels of one transaction, which holds their incidents
LOOKS_AGAIN: Final = 0.02  # seconds: where one came due others do
ALONE: Final = 4  # that wait for whoever holds their incident: each has a connection meanwhile


class Levels:
    """One group at a time in each process: who asks meanwhile is in the next one. Others' processes do theirs.

    `urgent` is for the groups alone, so that they never stand behind a hundred cards for a connection.
    """

    def __init__(self, db: Database, urgent: Database, desk: Desk) -> None:
        self.db, self.urgent, self.desk = db, urgent, desk
        self.asked: list[tuple[Rung, asyncio.Future[bool]]] = []
        self.groups: asyncio.Task[None] | None = None
        self.alone = asyncio.Semaphore(ALONE)

    async def fire(self, rung: Rung) -> None:
        """When it returns the level is fired, here or elsewhere, or was not to be. Raises Unavailable."""
        if not await self.with_others(rung):
            async with self.alone:
                await ladder.fire(self.db, self.desk, rung.incident, rung.round, rung.position)

    async def fire_all(self, rungs: Sequence[Rung]) -> None:
        """Each of them, whatever becomes of the others; then raises what broke first."""
        for broken in await asyncio.gather(*map(self.fire, rungs), return_exceptions=True):
            if broken is not None:
                raise broken

    async def with_others(self, rung: Rung) -> bool:
        """False: it is due and was not fired; somebody holds its incident, or the group broke."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.asked.append((rung, answer))
        if self.groups is None or self.groups.done():
            self.groups = asyncio.create_task(self.work(), name="levels")
        return await answer

    async def work(self) -> None:
        """Until nobody asks and nothing more is due."""
        more = True
        while self.asked or more:
            group, self.asked = self.asked, []
            try:
                fired, left = await ladder.fire_due(self.urgent, self.desk, AT_ONCE, [rung for rung, _ in group])
            except BaseException as broken:
                give_back(group, broken)
                if not isinstance(broken, Exception):
                    raise
                more = False
                continue
            more = fired > 0
            for rung, answer in group:
                if more and rung in left and not answer.done():
                    self.asked.append((rung, answer))  # beyond this group, or held: the next one tries
                elif not answer.done():
                    answer.set_result(rung not in left)
            if more and fired < AT_ONCE:
                await asyncio.sleep(LOOKS_AGAIN)


def give_back(group: list[tuple[Rung, "asyncio.Future[bool]"]], broken: BaseException) -> None:
    """One of them broke it: each alone, as the one that breaks will again. Without a database it is for later."""
    if not isinstance(broken, Unavailable):
        log.warning("a group of levels broke: each alone", levels=len(group), error=type(broken).__name__)
    for _, answer in group:
        if answer.done():
            continue
        if isinstance(broken, Exception) and not isinstance(broken, Unavailable):
            answer.set_result(False)
        else:
            answer.set_exception(broken if isinstance(broken, Exception) else Unavailable("stopping"))
