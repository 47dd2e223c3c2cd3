"""Asks the container engines now and then whether they answer: incidents on one that does not are to say so."""

import asyncio
from typing import Final

import structlog

from bot.desk import Desk
from bot.errors import Permanent, Retryable, UserError
from bot.lifecycle.outages import Outages
from bot.runbook import Engines
from bot.store.database import Unavailable
from bot.worker.tidy import targets

log = structlog.get_logger("away")

EVERY: Final = 10.0  # seconds
WITHIN: Final = 8.0
MISSED: Final = 2
"""So often in a row: an engine that is just restarted is none that is away."""


class AwayEngines:
    """`run()` for ever; `look()` once. Replicas that see the same say it once."""

    def __init__(self, outages: Outages, desk: Desk, engines: Engines, every: float = EVERY) -> None:
        self.outages, self.desk, self.engines, self.every = outages, desk, engines, every
        self.missed: dict[str, int] = {}
        self.away = {target.engine for target in targets(desk)}
        """At the start all of them: an earlier process may have said so, and it is over."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except Unavailable as away:
                log.info("could not tell of engines", reason=str(away))
            except Exception:
                log.exception("could not tell of engines")
            await asyncio.sleep(self.every)

    async def look(self) -> None:
        engines = sorted({target.engine for target in targets(self.desk)})
        answers = await asyncio.gather(*(self._answers(each) for each in engines))
        for engine, answered in zip(engines, answers, strict=True):
            self.missed[engine] = 0 if answered else self.missed.get(engine, 0) + 1
            if self.missed[engine] >= MISSED:
                self.away.add(engine)
                await self._tell(engine, away=True)  # each time: an incident may have opened since
            elif answered and engine in self.away:
                await self._tell(engine, away=False)
                self.away.discard(engine)

    async def _answers(self, engine: str) -> bool:
        try:
            async with asyncio.timeout(WITHIN):
                await self.engines.identity(engine)
        except (UserError, Retryable, Permanent, TimeoutError):
            return False
        return True

    async def _tell(self, engine: str, *, away: bool) -> None:
        for target in targets(self.desk):
            if target.engine == engine:
                await self.outages.engine(engine, target.environment.name, target.service.name, away=away)
