"""Stop and start one container, evidence first, and say whether it is well afterwards."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

from bot.deployment import Deployment
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Action, Evidence, Journal, Outcome, Plan, Result, Step
from bot.target import Target
from runbooks import warnings
from runbooks.docker_engine import DockerEngines, evidence, gate, hands, listening, look, page, survey
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid, Unreachable
from runbooks.docker_engine.gate import MARGIN, SETTLE, limit_of_check
from runbooks.docker_engine.look import Seen

STEPS = (Step.EVIDENCE, Step.RESTART, Step.GATE)
IN_FLIGHT_MARGIN = 2.0


class Restart:
    name = "restart"
    action = Action.RESTART

    def __init__(self, engines: DockerEngines) -> None:
        self._engines = engines

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        """Takes no parameters: a word left over is a mistake, told before anything is approved."""
        if params:
            raise UserError(Phrase("What does “{word}” mean for a restart?", {"word": " ".join(params)}))
        found = await survey.of(self._engines.engine(target.engine), target, to_replace=False)
        await page.not_isolated(self._engines.engine(target.engine), found.seen)
        image = look.running_image(found.seen, found.image)
        health = warnings.health_of(found.seen.raw, found.config, found.config)
        told = [Phrase("There is no healthcheck: I can only see that it stays up for a few seconds.")]
        if found.seen.raw["HostConfig"].get("AutoRemove"):
            raise UserError(
                Phrase(
                    "{container} was started with --rm: stopping it deletes it and its data."
                    " Start it without --rm first.",
                    {"container": found.seen.name},
                )
            )
        return Plan(
            action=Action.RESTART,
            environment=target.environment.name,
            service=target.service.name,
            engine=target.engine,
            engine_id=found.engine_id,
            container=found.seen.name,
            container_id=found.seen.id,
            image_now=image,
            image_then=image,
            steps=tuple(step.value for step in STEPS),
            warnings=(*found.beside, *(() if health else told)),
            was_healthy=_well(found.seen),
            started_at=_started(found.seen),
            expected_downtime=1.0,
            stop_limit=float(found.seen.stop_timeout) if found.seen.running else 0.0,
            health_limit=limit_of_check(health) if health else SETTLE + MARGIN,
        )

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await survey.unchanged(engine, plan)
            await page.not_isolated(engine, seen)
            await journal.before(Step.EVIDENCE)
            before = await evidence.of(engine, seen)
            await journal.evidence(before)
            await journal.after(Step.EVIDENCE, "")
            if await journal.cancelled():
                return Outcome(
                    Result.CANCELLED,
                    Phrase("Called off before anything was touched: {image} runs on.", {"image": plan.image_now.name}),
                    *(seen.id, plan.image_now, _well(seen)),
                )
            try:
                await hands.may_write(engine, seen)
            except EngineSaid as said:
                why = Phrase("Docker refused: {why}. Nothing was touched.", {"why": said.why})
                raise UserError(why) from said
            began = time.monotonic()
            await journal.before(Step.RESTART)
            try:
                await _restart(engine, seen)
            except EngineSaid as said:
                return await _ill(engine, plan, journal, Phrase("Docker refused: {why}", {"why": said.why}), before)
            await journal.after(Step.RESTART, "")
            return await _judged(engine, plan, journal, before, began)

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        """A restart leaves no marks: a stop may still be under way, and the start after it may never come."""
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await _settled(engine, plan)
            if seen is None or seen.id != plan.container_id:
                values = {"container": plan.container}
                return Outcome(Result.FAILED, Phrase("{container} is gone. Somebody must look at it now.", values))
            if _started(seen) == plan.started_at and seen.state in hands.UP:
                phrase = Phrase(
                    "The desk was interrupted before the restart: {container} was not touched.", _named(plan)
                )
                return Outcome(Result.CANCELLED, phrase, seen.id, plan.image_now, _well(seen))
            await hands.start(engine, seen.id)
            return await _judged(engine, plan, journal, None, None)


async def _restart(engine: Engine, seen: Seen) -> None:
    """A lost answer is no failure: the engine goes on, so it is watched until the container has started anew."""
    timeout, began = seen.stop_timeout, _started(seen)
    try:
        await engine.call(lambda api: api.restart(seen.id, timeout=timeout), limit=timeout + hands.STOP_MARGIN)
    except Unreachable:
        deadline = time.monotonic() + timeout + hands.STOP_MARGIN
        while True:
            now = await hands.patiently(lambda: look.container(engine, seen.id))
            if now is None or (_started(now) != began and now.state in hands.UP):
                return
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(hands.AGAIN_AFTER)


async def _settled(engine: Engine, plan: Plan) -> Seen | None:
    """The container once no stop can be under way any more."""
    seen = await look.container(engine, plan.container)
    deadline = time.monotonic() + (seen.stop_timeout if seen else 0) + IN_FLIGHT_MARGIN
    while seen and seen.state in hands.UP and _started(seen) == plan.started_at and time.monotonic() < deadline:
        await asyncio.sleep(hands.AGAIN_AFTER)
        seen = await look.container(engine, plan.container)
    return seen


async def _judged(
    engine: Engine, plan: Plan, journal: Journal, before: Evidence | None, began: float | None
) -> Outcome:
    await journal.before(Step.GATE)
    judging = gate.wait(engine, plan.container_id)
    verdict, judged_at = await listening.during(engine, plan.container_id, journal, judging)
    await journal.after(Step.GATE, str(verdict.why or "well"))
    if verdict.why is not None:
        return await _ill(engine, plan, journal, verdict.why, before)
    remark = Phrase("There is no healthcheck: all I saw is that it stays up. Please look.")
    return Outcome(
        result=Result.SUCCEEDED,
        phrase=Phrase(
            "{container} was restarted and is well ({image}).", {**_named(plan), "image": plan.image_now.name}
        ),
        container_id=plan.container_id,
        image=plan.image_now,
        healthy=True,
        evidence=(before,) if before else (),
        remarks=(remark,) if verdict.weak else (),
        downtime=round(judged_at - began, 3) if began else None,
    )


async def _ill(engine: Engine, plan: Plan, journal: Journal, why: Phrase, before: Evidence | None) -> Outcome:
    seen = await look.container(engine, plan.container_id)
    after = await evidence.of(engine, seen) if seen else None
    if after:
        await journal.evidence(after)
    values: dict[str, Value | Phrase] = {**_named(plan), "why": why}
    if plan.was_healthy:
        phrase = Phrase("{container} was well before its restart and is not any more: {why}. Look at it now.", values)
    else:
        phrase = Phrase("The restart did not help {container}: {why}.", values)
    taken = tuple(each for each in (before, after) if each)
    return Outcome(Result.FAILED, phrase, plan.container_id, plan.image_now, False, taken)


def _named(plan: Plan) -> dict[str, Value | Phrase]:
    return {"container": plan.container}


def _started(seen: Seen) -> str:
    return str(seen.raw["State"].get("StartedAt") or "")


def _well(seen: Seen) -> bool:
    return seen.running and seen.health in ("healthy", "none")
