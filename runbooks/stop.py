"""A service taken away on purpose, and brought back. Its container stays, with all it holds."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.deployment import Deployment
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Action, Journal, Outcome, Plan, Result, Step
from bot.target import Target
from runbooks import warnings
from runbooks.docker_engine import DockerEngines, evidence, gate, hands, listening, look, survey
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.gate import MARGIN, SETTLE, limit_of_check
from runbooks.docker_engine.look import Seen
from runbooks.docker_engine.survey import Survey

IN_FLIGHT_MARGIN: Final = 2.0


class Stop:
    """Evidence, then the stop; the container is not removed and its restart policy stays."""

    name = "stop"
    action = Action.STOP

    def __init__(self, engines: DockerEngines) -> None:
        self._engines = engines

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        """Takes no parameters. Raises UserError when it is down already, or would vanish."""
        _nothing_more(params)
        found = await survey.of(self._engines.engine(target.engine), target, to_replace=False, to_stop=True)
        seen, named = found.seen, {"container": found.seen.name}
        if seen.state not in hands.UP:
            raise UserError(Phrase("{container} is not running: there is nothing to stop.", named))
        if seen.raw["HostConfig"].get("AutoRemove"):
            raise UserError(
                Phrase(
                    "{container} was started with --rm: stopping it deletes it and its data."
                    " Start it without --rm first.",
                    named,
                )
            )
        told = list(found.beside)
        if seen.policy["Name"] == "always":
            told.append(Phrase("Its restart policy is “always”: it comes back when the engine itself restarts."))
        return _plan(Action.STOP, target, found, (Step.EVIDENCE, Step.STOP), tuple(told), 0.0)

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await survey.unchanged(engine, plan)
            await journal.before(Step.EVIDENCE)
            before = await evidence.of(engine, seen)
            await journal.evidence(before)
            await journal.after(Step.EVIDENCE, "")
            if await journal.cancelled():
                phrase = Phrase("Called off before anything was touched: {image} runs on.", _named(plan))
                return Outcome(Result.CANCELLED, phrase, seen.id, plan.image_now, True)
            await journal.before(Step.STOP)
            try:
                await hands.stop(engine, seen.id)
            except EngineSaid as said:
                phrase = Phrase("Docker refused: {why}", {"why": said.why})
                return Outcome(Result.FAILED, phrase, seen.id, plan.image_now, True, (before,))
            await journal.after(Step.STOP, "")
            return _stopped(plan)

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        """A stop may still be under way: the engine goes on without its client."""
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await look.container(engine, plan.container)
            deadline = time.monotonic() + (seen.stop_timeout if seen else 0) + IN_FLIGHT_MARGIN
            while seen is not None and seen.state in hands.UP and time.monotonic() < deadline:
                await asyncio.sleep(hands.AGAIN_AFTER)
                seen = await look.container(engine, plan.container)
            if seen is None or seen.id != plan.container_id:
                return _gone(plan)
            if seen.state in hands.UP:
                phrase = Phrase("The desk was interrupted before the stop: {container} was not touched.", _named(plan))
                return Outcome(Result.CANCELLED, phrase, seen.id, plan.image_now, True)
            return _stopped(plan)


class Start:
    """What is down is started, what is paused is woken; then it is judged."""

    name = "start"
    action = Action.START

    def __init__(self, engines: DockerEngines) -> None:
        self._engines = engines

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        """Takes no parameters. Raises UserError when it runs already."""
        _nothing_more(params)
        found = await survey.of(self._engines.engine(target.engine), target, to_replace=False, to_wake=True)
        if found.seen.state in hands.UP - {"paused"}:
            raise UserError(
                Phrase(
                    "{container} is running already. To start it anew: `/ecotrajet restart`.",
                    {"container": found.seen.name},
                )
            )
        health = warnings.health_of(found.seen.raw, found.config, found.config)
        weak = Phrase("There is no healthcheck: I can only see that it stays up for a few seconds.")
        limit = limit_of_check(health) if health else SETTLE + MARGIN
        steps = (Step.EVIDENCE, Step.START, Step.GATE)
        return _plan(Action.START, target, found, steps, (*found.beside, *(() if health else (weak,))), limit)

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await survey.unchanged(engine, plan)
            await journal.before(Step.EVIDENCE)
            await journal.evidence(await evidence.of(engine, seen))
            await journal.after(Step.EVIDENCE, "")
            if await journal.cancelled():
                phrase = Phrase("Called off: {container} stays down.", _named(plan))
                return Outcome(Result.CANCELLED, phrase, seen.id, plan.image_now, False)
            return await _started(engine, plan, seen, journal)

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        """Starting twice does no harm."""
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await look.container(engine, plan.container)
            if seen is None or seen.id != plan.container_id:
                return _gone(plan)
            return await _started(engine, plan, seen, journal)


async def _started(engine: Engine, plan: Plan, seen: Seen, journal: Journal) -> Outcome:
    await journal.before(Step.START)
    try:
        await (hands.wake if seen.state == "paused" else hands.start)(engine, seen.id)
    except EngineSaid as said:
        why = Phrase("it did not start: {why}", {"why": said.why})
        return Outcome(Result.FAILED, Phrase("{container}: {why}.", {**_named(plan), "why": why}), seen.id)
    await journal.after(Step.START, "")
    await journal.before(Step.GATE)
    # A container's counter of restarts lives on when it is started by hand: what counts is what comes on top.
    judging = gate.wait(engine, seen.id, restarts=None, asleep=seen.state == "paused")
    verdict, _ = await listening.during(engine, seen.id, journal, judging)
    await journal.after(Step.GATE, str(verdict.why or "well"))
    if verdict.why is not None:
        now = await look.container(engine, seen.id)
        after = await evidence.of(engine, now) if now else None
        if after:
            await journal.evidence(after)
        phrase = Phrase("{container} was started and is not well: {why}.", {**_named(plan), "why": verdict.why})
        return Outcome(Result.FAILED, phrase, seen.id, plan.image_now, False, (after,) if after else ())
    remark = Phrase("There is no healthcheck: all I saw is that it stays up. Please look.")
    phrase = Phrase("{container} runs again and is well ({image}).", _named(plan))
    remarks = (remark,) if verdict.weak else ()
    return Outcome(Result.SUCCEEDED, phrase, seen.id, plan.image_now, True, remarks=remarks)


def _plan(
    action: Action, target: Target, found: Survey, steps: tuple[Step, ...], told: tuple[Phrase, ...], limit: float
) -> Plan:
    image = look.running_image(found.seen, found.image)
    return Plan(
        action=action,
        environment=target.environment.name,
        service=target.service.name,
        engine=target.engine,
        engine_id=found.engine_id,
        container=found.seen.name,
        container_id=found.seen.id,
        image_now=image,
        image_then=image,
        steps=tuple(step.value for step in steps),
        warnings=told,
        was_healthy=found.seen.running and found.seen.health in ("healthy", "none"),
        health_limit=limit,
    )


def _stopped(plan: Plan) -> Outcome:
    phrase = Phrase("{container} is stopped ({image}). To bring it back: `/ecotrajet start`.", _named(plan))
    return Outcome(Result.SUCCEEDED, phrase, plan.container_id, plan.image_now, False)


def _gone(plan: Plan) -> Outcome:
    return Outcome(Result.FAILED, Phrase("{container} is gone. Somebody must look at it now.", _named(plan)))


def _named(plan: Plan) -> dict[str, Value | Phrase]:
    return {"container": plan.container, "image": plan.image_now.name}


def _nothing_more(params: Sequence[str]) -> None:
    if params:
        raise UserError(Phrase("I do not know “{word}” here.", {"word": " ".join(params)}))
