"""Before this process first acts on an engine, and when one is back: end what was left half done there.

Runs have rows, and their repair goes through them (`Runner`). This is for what no row knows of: the database was
restored from a backup, or another tool of ours was killed.
"""

import asyncio
from typing import Final

import structlog

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.errors import Permanent, Retryable, UserError
from bot.phrase import Phrase, Value
from bot.runbook import Engines, Repaired, Result
from bot.runs import wording
from bot.store import audit, runs
from bot.store.database import Database, Tx
from bot.target import Target

log = structlog.get_logger("tidy")

SIGN_OF_LIFE: Final = 1.0  # seconds


class Tidy:
    """One per process; remembers which engines it has been through since they last went away."""

    def __init__(self, db: Database, desk: Desk, engines: Engines) -> None:
        self.db, self.desk, self.engines = db, desk, engines
        self.done: set[str] = set()
        self.said: dict[str, Phrase] = {}  # of each target what was said last: what cannot be mended is said once
        self.one_at_a_time = asyncio.Lock()

    def away(self, engine: str) -> None:
        """It does not answer: go through it again when it does."""
        self.done.discard(engine)

    async def before_first_action(self, engine: str) -> None:
        """Raises Retryable or UserError when the engine does not answer."""
        async with self.one_at_a_time:
            if engine in self.done:
                return
            await self.engines.identity(engine)
            mended = [await self._tidy(target) for target in targets(self.desk) if target.engine == engine]
            if all(mended):
                self.done.add(engine)

    async def all_engines(self) -> None:
        """At the start and from time to time: every engine that answers; one that is away keeps nobody waiting."""

        async def one(engine: str) -> None:
            try:
                await self.before_first_action(engine)
            except (UserError, Retryable, Permanent):
                self.away(engine)

        await asyncio.gather(*(one(name) for name in {target.engine for target in targets(self.desk)}))

    async def _tidy(self, target: Target) -> bool:
        """Under the same lock as the start of a run: a repair and a run never meet on one container.

        False: something could not be mended, so it is tried again.
        """
        async with self.db.transaction() as tx:
            await runs.take_turns(tx, target.environment.name, target.service.name)
            if (target.environment.name, target.service.name) in await runs.busy(tx):
                return True
            found = await self._repaired(tx, target)
            for repaired in found:
                log.warning("ended what was left half done", target=target.key, result=repaired.result.value)
                said = _said(target, repaired)
                if said != self.said.get(target.key):
                    await self._tell(tx, target, repaired.result, said)
            return all(repaired.result is not Result.FAILED for repaired in found)

    async def _repaired(self, tx: Tx, target: Target) -> list[Repaired]:
        """The lock is this transaction's, and one that says nothing for four seconds is ended, as if its process hung:
        so that it says something, however long a container takes to stop and to become healthy.
        """
        work = asyncio.ensure_future(self.engines.repair([target]))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=SIGN_OF_LIFE)
                if not work.done():
                    await runs.sign_of_life(tx)
            return work.result()
        finally:
            if not work.done():
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)

    async def _tell(self, tx: Tx, target: Target, result: Result, said: Phrase) -> None:
        await audit.write(tx, Entry(DESK, "target.repaired", on=target.key, why=said, result=result.value))
        await wording.announce(tx, self.desk, said)
        self.said[target.key] = said


def _said(target: Target, repaired: Repaired) -> Phrase:
    values: dict[str, Value | Phrase] = {
        "service": target.service.name, "environment": target.environment.label, "detail": repaired.phrase,
    }  # fmt: skip
    if repaired.result is Result.FAILED:
        return Phrase("A half-done action is left on {service} in {environment}: {detail}", values)
    return Phrase("Found a half-done action on {service} in {environment} and ended it: {detail}", values)


def targets(desk: Desk) -> list[Target]:
    """Every service in every environment where it runs."""
    return [
        Target(environment, service, environment.engine, service.containers[environment.name])
        for environment in desk.environments.values()
        for service in desk.services.values()
        if environment.name in service.containers
    ]
