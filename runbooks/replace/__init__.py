"""One image in the place of another, and back again by itself when that one is not well (docker.md sections 1 to 3).

Rollback, deployment and promotion differ in how they choose the image and in what they say; all else is here.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.deployment import Deployment
from bot.phrase import Phrase
from bot.runbook import Action, Image, Journal, Outcome, Plan, Repaired, Result
from bot.target import Target
from runbooks.docker_engine import DockerEngines, look, marks, page, survey
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.look import Raw
from runbooks.replace.plan import frozen
from runbooks.replace.run import Run
from runbooks.schemas import Schemas, unasked, unchanged

__all__ = ["Choice", "Replacement"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The image that comes. `there`: its inspection, None while it is to be fetched; `warned`: to be read first."""

    then: Image
    there: Raw | None
    never_seen: bool = False
    warned: tuple[Phrase, ...] = ()


class Replacement(ABC):
    """What every such runbook does; which image it brings is its own."""

    name: str
    action: Action

    def __init__(self, engines: DockerEngines, schemas: Schemas = unasked) -> None:
        """`schemas` asks the database of a service which migrations it has."""
        self._engines = engines
        self.schemas = schemas

    @abstractmethod
    async def choose(
        self, target: Target, running: Image, params: Sequence[str], history: Sequence[Deployment], now: datetime
    ) -> Choice:
        """Raises UserError when there is nothing to bring, or it cannot be told what."""

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        surveyed = survey.of(self._engines.engine(target.engine), target, to_replace=True)
        found, applied = await asyncio.gather(surveyed, self.schemas(target))
        running = look.image_words(found.image, found.seen.reference)
        chosen = await self.choose(target, running, params, history, now)
        plan = frozen(
            self.action, target, found, running, chosen.then, chosen.there, history, applied,
            never_seen=chosen.never_seen, warned=chosen.warned,
        )  # fmt: skip
        if not await page.isolated(self._engines.engine(target.engine), found.seen):
            return plan
        told = Phrase("It is isolated: its maintenance page goes when the new container starts.")
        return replace(plan, facts=(*plan.facts, told))

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await survey.unchanged(engine, plan)
            await unchanged(self.schemas, target, plan)
            outcome = await Run(engine, target, plan, journal, seen).whole()
            if not plan.was_healthy:
                await page.repaired(engine, target, plan.container)  # it was isolated perhaps
            return outcome

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            done = await self._engines.repair_locked(target, journal)
            if not done and await marks.appear(engine, plan.container, plan.container_id):
                done = await self._engines.repair_locked(target, journal)
            await page.repaired(engine, target, plan.container)
            if done:
                return _repaired(done[0])
            return await _nothing_left(engine, plan)


def _repaired(done: Repaired) -> Outcome:
    return Outcome(done.result, done.phrase, done.container_id, done.image, done.healthy, done.evidence)


async def _nothing_left(engine: Engine, plan: Plan) -> Outcome:
    """No mark on the engine: the run ended before its first mark or after its last."""
    seen = await look.container(engine, plan.container)
    values = {"container": plan.container, "image": plan.image_then.name, "now": plan.image_now.name}
    if seen is None:
        return Outcome(Result.FAILED, Phrase("{container} is gone. Somebody must look at it now.", values))
    healthy = seen.running and seen.health in ("healthy", "none")
    if seen.id == plan.container_id:
        phrase = Phrase("It was interrupted and nothing changed: {now} runs.", values)
        good = healthy or not plan.was_healthy
        return Outcome(Result.REVERTED if good else Result.FAILED, phrase, seen.id, plan.image_now, healthy)
    then = await look.planned(engine, plan)
    if then is not None and seen.image_id == then.id:
        phrase = Phrase("An interrupted replacement was completed: {container} runs {image}.", values)
        return Outcome(Result.SUCCEEDED, phrase, seen.id, then, healthy)
    phrase = Phrase("{container} was replaced by somebody else meanwhile.", values)
    return Outcome(Result.FAILED, phrase, seen.id, None, healthy)
