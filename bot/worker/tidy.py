"""Before this process first acts on an engine, and when one is back: end what was left half done there.

Runs have rows, and their repair goes through them (`Runner`). This is for what no row knows of: the database was
restored from a backup, or another tool of ours was killed.
"""

import asyncio

import structlog

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.errors import Permanent, Retryable, UserError
from bot.phrase import Phrase
from bot.runbook import Engines
from bot.runs import wording
from bot.store import audit, runs
from bot.store.database import Database
from bot.target import Target

log = structlog.get_logger("tidy")


class Tidy:
    """One per process; remembers which engines it has been through since they last went away."""

    def __init__(self, db: Database, desk: Desk, engines: Engines) -> None:
        self.db, self.desk, self.engines = db, desk, engines
        self.done: set[str] = set()
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
            for target in targets(self.desk):
                if target.engine == engine:
                    await self._tidy(target)
            self.done.add(engine)

    async def all_engines(self) -> None:
        """At the start and from time to time: every engine that answers; one that is away keeps nobody waiting."""

        async def one(engine: str) -> None:
            try:
                await self.before_first_action(engine)
            except (UserError, Retryable, Permanent):
                self.away(engine)

        await asyncio.gather(*(one(name) for name in {target.engine for target in targets(self.desk)}))

    async def _tidy(self, target: Target) -> None:
        """Under the same lock as the start of a run: a repair and a run never meet on one container."""
        async with self.db.transaction() as tx:
            await runs.take_turns(tx, target.environment.name, target.service.name)
            if (target.environment.name, target.service.name) in await runs.busy(tx):
                return
            for repaired in await self.engines.repair([target]):
                log.warning("ended what was left half done", target=target.key, result=repaired.result.value)
                said = Phrase(
                    "Found a half-done action on {service} in {environment} and ended it: {detail}",
                    {
                        "service": target.service.name,
                        "environment": target.environment.label,
                        "detail": repaired.phrase,
                    },
                )
                await audit.write(
                    tx, Entry(DESK, "target.repaired", on=target.key, why=said, result=repaired.result.value)
                )
                await wording.announce(tx, self.desk, said)


def targets(desk: Desk) -> list[Target]:
    """Every service in every environment where it runs."""
    return [
        Target(environment, service, environment.engine, service.containers[environment.name])
        for environment in desk.environments.values()
        for service in desk.services.values()
        if environment.name in service.containers
    ]
