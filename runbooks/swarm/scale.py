"""How many tasks of a Swarm service run: `scale`, and stop and start, which are none and as many as before."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.deployment import Deployment
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Action, Image, Journal, Outcome, Plan, Result, Step
from bot.target import Target
from runbooks.docker_engine import DockerEngines, swarm
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.swarm import SwarmService
from runbooks.swarm import follow, spec
from runbooks.swarm import plan as plans
from runbooks.swarm.update import cancelled, gone, health_of, nothing_more, remember, unchanged

MOST: Final = 100


class _Scaling(ABC):
    name: str
    action: Action

    def __init__(self, engines: DockerEngines) -> None:
        self._engines = engines

    @abstractmethod
    def wanted(self, there: SwarmService, params: Sequence[str]) -> int:
        """How many tasks. Raises UserError."""

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        engine = self._engines.engine(target.engine)
        there = await swarm.find(engine, target)
        plans.no_update_going(there)
        if there.replicas is None:
            raise UserError(
                Phrase("{container} runs once on each node: it cannot be scaled.", {"container": there.name})
            )
        wanted = self.wanted(there, params)
        running, found = await swarm.image(engine, there)
        return await plans.scaling(engine, self.action, target, there, running, health_of(found), wanted)

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            there = await unchanged(engine, plan)
            await remember(engine, there, journal)
            if await journal.cancelled():
                return cancelled(plan)
            await journal.before(Step.SCALE)
            try:
                await swarm.change(engine, there, spec.scaled(there, int(plan.subjects[0]), plan.fingerprint()))
            except EngineSaid as said:
                raise UserError(Phrase("Docker refused: {why}", {"why": said.why})) from said
            await journal.after(Step.SCALE, plan.subjects[0])
            return await self._end(plan, journal)

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            there = await swarm.service(self._engines.engine(plan.engine), plan.container_id)
            if there is None:
                return gone(plan)
            return await self._end(plan, journal) if spec.sent(there, plan.fingerprint()) else cancelled(plan)

    async def _end(self, plan: Plan, journal: Journal) -> Outcome:
        await journal.before(Step.GATE)
        end = await follow.scale(self._engines.engine(plan.engine), plan.container_id, plan.health_limit, journal)
        await journal.after(Step.GATE, str(end.why or "well"))
        values: dict[str, Value | Phrase] = {
            "container": plan.container,
            "why": end.why or "",
            "count": int(plan.subjects[0]),
        }
        image: Image = plan.image_now
        if not end.well:
            phrase = Phrase("{container}: {why}. Look at it now.", values)
            return Outcome(Result.FAILED, phrase, plan.container_id, image, False)
        if plan.action is Action.STOP:
            phrase = Phrase("{container} is stopped: no task runs. To bring it back: `/ecotrajet start`.", values)
            return Outcome(Result.SUCCEEDED, phrase, plan.container_id, image, False)
        phrase = Phrase("{container} runs as {count} tasks now.", values)
        return Outcome(Result.SUCCEEDED, phrase, plan.container_id, image, True)


class SwarmStop(_Scaling):
    name = "stop"
    action = Action.STOP

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        made = await super().plan(target, params, history, now)
        if not target.service.maintenance_image:
            return made
        nobody = Phrase("A Swarm service has no maintenance page: nobody will answer on its ports meanwhile.")
        return replace(made, warnings=(*made.warnings, nobody))

    def wanted(self, there: SwarmService, params: Sequence[str]) -> int:
        nothing_more(params)
        if not there.replicas:
            raise UserError(Phrase("{container} is not running: there is nothing to stop.", {"container": there.name}))
        return 0


class SwarmStart(_Scaling):
    name = "start"
    action = Action.START

    def wanted(self, there: SwarmService, params: Sequence[str]) -> int:
        nothing_more(params)
        if there.replicas:
            raise UserError(
                Phrase(
                    "{container} is running already. To start it anew: `/ecotrajet restart`.", {"container": there.name}
                )
            )
        return spec.before_stop(there)


class Scale(_Scaling):
    name = "scale"
    action = Action.SCALE

    def wanted(self, there: SwarmService, params: Sequence[str]) -> int:
        """One number, from 1: for none there is `stop`, which is asked for by name."""
        said = " ".join(params)
        if not said.isdigit() or not 1 <= int(said) <= MOST:
            values = {"most": MOST, "now": there.replicas or 0}
            raise UserError(
                Phrase(
                    "How many tasks, from 1 to {most}? For example `/ecotrajet scale prod 3`. Now: {now}."
                    " To take it away: `/ecotrajet stop`.",
                    values,
                )
            )
        if int(said) == there.replicas:
            raise UserError(
                Phrase("{container} runs as {count} tasks already.", {"container": there.name, "count": int(said)})
            )
        return int(said)
