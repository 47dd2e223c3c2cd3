"""A service taken away on purpose, and brought back. Its container stays, with all it holds."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.deployment import Deployment
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Action, Journal, Outcome, Plan, Result, Step
from bot.target import Target
from runbooks import warnings
from runbooks.docker_engine import DockerEngines, evidence, gate, hands, listening, look, page, survey
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.gate import MARGIN, SETTLE, limit_of_check
from runbooks.docker_engine.look import Seen
from runbooks.docker_engine.survey import Survey

IN_FLIGHT_MARGIN: Final = 2.0


class Stop:
    """Evidence, then the stop; the container is not removed and its restart policy stays. Where the team has a page for
    it, that answers on its ports meanwhile, also when it was down already."""

    name = "stop"
    action = Action.STOP

    def __init__(self, engines: DockerEngines) -> None:
        self._engines = engines

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        """Takes no parameters. Raises UserError when it is down already, or would vanish."""
        _nothing_more(params)
        engine = self._engines.engine(target.engine)
        found = await survey.of(engine, target, to_replace=False, to_stop=True)
        seen, named = found.seen, {"container": found.seen.name}
        answering = await page.intended(engine, target, seen)
        if seen.state not in hands.UP and (not answering.image or await page.answers(engine, seen)):
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
        if answering.told and answering.warns:
            told.append(answering.told)
        plan = _plan(Action.STOP, target, found, (Step.EVIDENCE, Step.STOP), tuple(told), 0.0)
        return plan if not answering.image else _with_page(plan, answering)

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
            if plan.subjects:
                await journal.before(Step.PAGE)
                await page.make(engine, target, seen, plan.subjects[0])
                await journal.after(Step.PAGE, "")
            why = await _down(engine, seen, journal)
            if why is not None:
                await page.repaired(engine, target, plan.container)
                return Outcome(Result.FAILED, why, seen.id, plan.image_now, True, (before,))
            return _stopped(plan, await _shown(engine, target, plan, journal))

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        """A stop may still be under way: the engine goes on without its client."""
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await look.container(engine, plan.container)
            deadline = time.monotonic() + (seen.stop_timeout if seen else 0) + IN_FLIGHT_MARGIN
            while seen is not None and seen.state in hands.UP and time.monotonic() < deadline:
                await asyncio.sleep(hands.AGAIN_AFTER)
                seen = await look.container(engine, plan.container)
            if seen is not None and seen.id == plan.container_id and seen.state not in hands.UP:
                return _stopped(plan, await _shown(engine, target, plan, journal))
            await page.repaired(engine, target, plan.container)
            if seen is None or seen.id != plan.container_id:
                return _gone(plan)
            phrase = Phrase("The desk was interrupted before the stop: {container} was not touched.", _named(plan))
            return Outcome(Result.CANCELLED, phrase, seen.id, plan.image_now, True)


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
        steps: tuple[Step, ...] = (Step.EVIDENCE, Step.START, Step.GATE)
        told = (*found.beside, *(() if health else (weak,)))
        there = await page.standing(self._engines.engine(target.engine), found.seen.name)
        if there is None:
            return _plan(Action.START, target, found, steps, told, limit)
        steps = (Step.EVIDENCE, Step.PAGE_ASIDE, Step.START, Step.GATE, Step.PAGE_END)
        goes = Phrase("Its maintenance page on {ports} goes first.", {"ports": page.ports_of(there.raw)})
        return replace(_plan(Action.START, target, found, steps, told, limit), facts=(goes,))

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
            return await _started(engine, target, plan, seen, journal)

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        """Starting twice does no harm."""
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            seen = await look.container(engine, plan.container)
            if seen is None or seen.id != plan.container_id:
                return _gone(plan)
            return await _started(engine, target, plan, seen, journal)


async def _down(engine: Engine, seen: Seen, journal: Journal) -> Phrase | None:
    """Stopped; or why Docker does not."""
    await journal.before(Step.STOP)
    try:
        await hands.stop(engine, seen.id)
    except EngineSaid as said:
        return Phrase("Docker refused: {why}", {"why": said.why})
    await journal.after(Step.STOP, "")
    return None


def _with_page(plan: Plan, answering: page.Intent) -> Plan:
    steps = (Step.EVIDENCE, Step.PAGE, Step.STOP, Step.PAGE_SHOW)
    told = (answering.told,) if answering.told else ()
    return replace(plan, steps=tuple(step.value for step in steps), facts=told, subjects=(answering.image,))


async def _shown(engine: Engine, target: Target, plan: Plan, journal: Journal) -> Phrase | None:
    """The page answers in the place of what is stopped now; what to say of it. Safe to repeat."""
    if not plan.subjects:
        return None
    await journal.before(Step.PAGE_SHOW)
    told, answers = await _answering(engine, target, plan)
    await journal.after(Step.PAGE_SHOW, str(told))
    if not answers:
        return Phrase("The maintenance page does not answer: {why}. Nobody answers on those ports now.", {"why": told})
    return Phrase("The maintenance page answers on {ports} meanwhile.", {"ports": told})


async def _answering(engine: Engine, target: Target, plan: Plan) -> tuple[str | Phrase, bool]:
    """Its ports, or why it does not answer; whether it does. It is made now if nobody came to that before."""
    there = await page.standing(engine, plan.container)
    seen = await look.container(engine, plan.container)
    try:
        if there is None and seen is not None:
            await page.make(engine, target, seen, plan.subjects[0])
            there = await page.standing(engine, plan.container)
    except UserError as refused:
        return refused.phrase, False
    why = await page.show(engine, there) if there else Phrase("it was removed by hand")
    if why is not None or there is None:
        return why or "", False
    return page.ports_of(there.raw), True


async def _started(engine: Engine, target: Target, plan: Plan, seen: Seen, journal: Journal) -> Outcome:
    """Its page gives the ports back first; it is removed only when the service holds them, else it answers again."""
    paged = await page.standing(engine, plan.container) is not None
    if paged:
        await journal.before(Step.PAGE_ASIDE)
        await page.aside(engine, plan.container)
        await journal.after(Step.PAGE_ASIDE, "")
    outcome = await _judged(engine, plan, seen, journal)
    if not paged:
        return outcome
    await journal.before(Step.PAGE_END)
    done = await page.repaired(engine, target, plan.container)
    await journal.after(Step.PAGE_END, str(done.phrase if done else ""))
    return replace(outcome, remarks=(*outcome.remarks, *([done.phrase] if done else [])))


async def _judged(engine: Engine, plan: Plan, seen: Seen, journal: Journal) -> Outcome:
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


def _stopped(plan: Plan, answered: Phrase | None) -> Outcome:
    """`answered`: by whom, where there is a page."""
    phrase = Phrase("{container} is stopped ({image}). To bring it back: `/ecotrajet start`.", _named(plan))
    if answered is not None:
        values = {**_named(plan), "answered": answered}
        phrase = Phrase("{container} is stopped ({image}). {answered} To bring it back: `/ecotrajet start`.", values)
    return Outcome(Result.SUCCEEDED, phrase, plan.container_id, plan.image_now, False)


def _gone(plan: Plan) -> Outcome:
    return Outcome(Result.FAILED, Phrase("{container} is gone. Somebody must look at it now.", _named(plan)))


def _named(plan: Plan) -> dict[str, Value | Phrase]:
    return {"container": plan.container, "image": plan.image_now.name}


def _nothing_more(params: Sequence[str]) -> None:
    if params:
        raise UserError(Phrase("I do not know “{word}” here.", {"word": " ".join(params)}))
