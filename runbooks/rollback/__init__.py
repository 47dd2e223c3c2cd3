"""Back to an earlier image, and back again by itself when that one is not well (docker.md sections 1 to 3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.deployment import HEALTHY_FOR, Deployment
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Action, Journal, Outcome, Plan, Repaired, Result
from bot.target import Target
from runbooks.docker_engine import DockerEngines, look, survey
from runbooks.docker_engine.client import Engine
from runbooks.rollback.plan import frozen
from runbooks.rollback.run import Run
from runbooks.rollback.version import pruned, wanted

__all__ = ["Rollback"]


class Rollback:
    """`healthy_for`: how long an image must once have been healthy to count as good."""

    name = "rollback"
    action = Action.ROLLBACK

    def __init__(self, engines: DockerEngines, *, healthy_for: timedelta = HEALTHY_FOR) -> None:
        self._engines = engines
        self._healthy_for = healthy_for

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        """`params`: the version wanted (tag, label, image id), or nothing for the last good one."""
        engine = self._engines.engine(target.engine)
        found = await survey.of(engine, target, to_replace=True)
        now_image = look.image_words(found.image, found.seen.reference)
        then, never_seen = await wanted(engine, target, params, history, now_image, now, self._healthy_for)
        if then.id == now_image.id:
            raise UserError(
                Phrase(
                    "{service} in {environment} already runs {image}.",
                    {"service": target.service.name, "environment": target.environment.label, "image": now_image.name},
                )
            )
        there = await look.image(engine, then.id)
        if there is None and not then.digests:
            raise UserError(await pruned(engine, then, history))
        return frozen(target, found, now_image, then, there, never_seen)

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await survey.unchanged(engine, plan)
            return await Run(engine, target, plan, journal, seen).whole()

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            done = await self._engines.repair_locked(target, journal)
            if done:
                return _repaired(done[0])
            return await _nothing_left(self._engines.engine(plan.engine), plan)


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
        phrase = Phrase("The rollback was interrupted and nothing changed: {now} runs.", values)
        good = healthy or not plan.was_healthy
        return Outcome(Result.REVERTED if good else Result.FAILED, phrase, seen.id, plan.image_now, healthy)
    if seen.image_id == plan.image_then.id:
        phrase = Phrase("An interrupted rollback was completed: {container} runs {image}.", values)
        return Outcome(Result.SUCCEEDED, phrase, seen.id, plan.image_then, healthy)
    phrase = Phrase("{container} was replaced by somebody else meanwhile.", values)
    return Outcome(Result.FAILED, phrase, seen.id, None, healthy)
