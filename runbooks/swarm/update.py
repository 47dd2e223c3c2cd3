"""All tasks of a Swarm service made anew: from another image, or from the same (a restart)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.deployment import Deployment, short
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Action, Evidence, Image, Journal, Outcome, Plan, Result, Step
from bot.target import Target
from runbooks import schemas
from runbooks.docker_engine import DockerEngines, evidence, gate, look, pins, pull, swarm
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.swarm import SwarmService
from runbooks.replace import Replacement
from runbooks.replace.version import pruned
from runbooks.swarm import follow, spec
from runbooks.swarm import plan as plans
from runbooks.swarm.follow import End


class _Update:
    """What restart and replacement share: from the plan to the end."""

    def __init__(self, engines: DockerEngines) -> None:
        self._engines = engines

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            there = await unchanged(engine, plan)
            before = await remember(engine, there, journal)
            if await journal.cancelled():
                return cancelled(plan)
            await journal.before(Step.PIN)
            try:
                image, named = await _image(engine, target, plan, journal)
            except pull.CalledOff:
                return cancelled(plan)
            await journal.after(Step.PIN, short(image.id))
            await journal.before(Step.UPDATE)
            await _send(engine, there, spec.replaced(there, named, plan.fingerprint()))
            await journal.after(Step.UPDATE, "")
            return await _to_the_end(engine, plan, image, journal, before)

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        """The swarm went on without us: what became of it is followed to its end."""
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            there = await swarm.service(engine, plan.container_id)
            if there is None:
                return gone(plan)
            if there.changed_at == plan.started_at:
                return cancelled(plan)
            if not spec.sent(there, plan.fingerprint()) and there.update not in (
                "rollback_started",
                "rollback_completed",
            ):
                return _another(plan)
            image = await look.planned(engine, plan) or plan.image_then
            return await _to_the_end(engine, plan, image, journal, ())


class SwarmRestart(_Update):
    name = "restart"
    action = Action.RESTART

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        """Takes no parameters."""
        nothing_more(params)
        engine = self._engines.engine(target.engine)
        there = await swarm.find(engine, target)
        plans.no_update_going(there)
        running, found = await swarm.image(engine, there)
        return await plans.restarting(engine, target, there, running, health_of(found))


class SwarmReplacement(_Update):
    """`chooser` is the same action on containers: it says which image comes."""

    def __init__(self, engines: DockerEngines, chooser: Replacement) -> None:
        super().__init__(engines)
        self._chooser = chooser
        self.name, self.action = chooser.name, chooser.action

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        engine = self._engines.engine(target.engine)
        there = await swarm.find(engine, target)
        plans.no_update_going(there)
        images = await swarm.image(engine, there)
        chosen = await self._chooser.choose(target, images[0], params, history, now)
        applied = await self._chooser.schemas(target)
        seen = await swarm.a_container(engine, there)
        return await plans.replacing(engine, self.action, target, there, seen, images, chosen, history, applied)

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        await schemas.unchanged(self._chooser.schemas, target, plan)
        return await super().run(target, plan, journal)


async def unchanged(engine: Engine, plan: Plan) -> SwarmService:
    """The service of the plan, as it was. Raises UserError when the world has changed since."""
    there = await swarm.service(engine, plan.container_id) if await engine.identity() == plan.engine_id else None
    if there is None or there.changed_at != plan.started_at:
        raise UserError(
            Phrase(
                "{container} has changed since the plan was made. Ask for a fresh plan.", {"container": plan.container}
            )
        )
    return there


async def remember(engine: Engine, there: SwarmService, journal: Journal) -> tuple[Evidence, ...]:
    """Of one task on this node: the logs of a service that is ill read alike."""
    await journal.before(Step.EVIDENCE)
    seen = await swarm.a_container(engine, there)
    found = (await evidence.of(engine, seen),) if seen is not None else ()
    for each in found:
        await journal.evidence(each)
    await journal.after(Step.EVIDENCE, "")
    return found


async def _image(engine: Engine, target: Target, plan: Plan, journal: Journal) -> tuple[Image, str]:
    """The image, fetched if need be, pinned on this node; and the words by which every node finds the very same one."""
    found = await look.planned(engine, plan)
    if found is None:
        if not plan.pull:
            raise UserError(await pruned(engine, plan.image_then, ()))
        fetched = await pull.by_digest(engine, plan.pull, plan.image_then.id, journal)
        found = look.image_words(fetched, plan.image_then.reference)
    for image_id in (plan.image_now.id, found.id):
        try:
            await pins.pin(engine, target, image_id)
        except EngineSaid:  # what runs now may be on other nodes only
            continue
    if found.digests:
        repository, _, digest = found.digests[0].partition("@")
        return found, f"{found.reference or repository}@{digest}"
    tagged = await look.image(engine, found.reference) if found.reference else None
    if tagged is not None and tagged["Id"] == found.id:
        return found, found.reference
    return found, f"{pins.repository(target)}:{found.id.removeprefix('sha256:')[: pins.TAG_LENGTH]}"


async def _send(engine: Engine, there: SwarmService, words: Mapping[str, Any]) -> None:
    try:
        await swarm.change(engine, there, words)
    except EngineSaid as said:
        raise UserError(Phrase("Docker refused: {why}", {"why": said.why})) from said


async def _to_the_end(
    engine: Engine, plan: Plan, image: Image, journal: Journal, before: tuple[Evidence, ...]
) -> Outcome:
    await journal.before(Step.GATE)
    end = await follow.update(engine, plan.container_id, plan.started_at, plan.health_limit, journal)
    await journal.after(Step.GATE, str(end.why or "well"))
    if end.well:
        values: dict[str, Value | Phrase] = {"service": plan.service, "image": image.name}
        phrase = Phrase("All tasks of {service} run {image} now.", values)
        return Outcome(Result.SUCCEEDED, phrase, plan.container_id, image, True, before)
    return await _unwell(engine, plan, image, end, journal, before)


async def _unwell(
    engine: Engine, plan: Plan, image: Image, end: End, journal: Journal, before: tuple[Evidence, ...]
) -> Outcome:
    seen = await swarm.failed_container(engine, end.seen, image.id) if end.seen else None
    after = (await evidence.of(engine, seen),) if seen is not None else ()
    for each in after:
        await journal.evidence(each)
    why = (gate.ill(seen) if seen is not None else None) or end.why or ""
    values: dict[str, Value | Phrase] = {
        "image": image.name, "now": plan.image_now.name, "why": why, "container": plan.container,
    }  # fmt: skip
    if end.back and end.seen is not None and end.seen.running:
        phrase = Phrase("{image}: {why}. The swarm went back to {now} by itself.", values)
        return Outcome(
            Result.REVERTED,
            phrase,
            plan.container_id,
            plan.image_now,
            end.seen.well and plan.was_healthy,
            before + after,
        )
    phrase = Phrase("{image}: {why}. The update of {container} stands still. Look at it now.", values)
    return Outcome(Result.FAILED, phrase, plan.container_id, None, False, before + after)


def health_of(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """The image's own healthcheck; empty: none."""
    check: Mapping[str, Any] = (found.get("Config") or {}).get("Healthcheck") or {}
    return check if check.get("Test") and check["Test"] != ["NONE"] else {}


def cancelled(plan: Plan) -> Outcome:
    phrase = Phrase("Called off before anything was touched: {image} runs on.", {"image": plan.image_now.name})
    return Outcome(Result.CANCELLED, phrase, plan.container_id, plan.image_now, plan.was_healthy)


def gone(plan: Plan) -> Outcome:
    return Outcome(
        Result.FAILED, Phrase("{container} is gone. Somebody must look at it now.", {"container": plan.container})
    )


def _another(plan: Plan) -> Outcome:
    phrase = Phrase("{container} was changed by somebody else meanwhile.", {"container": plan.container})
    return Outcome(Result.FAILED, phrase, plan.container_id)


def nothing_more(params: Sequence[str]) -> None:
    if params:
        raise UserError(Phrase("I do not know “{word}” here.", {"word": " ".join(params)}))
