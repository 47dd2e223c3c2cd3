"""One action on containers and on Swarm services: the target says which."""

from collections.abc import Sequence
from datetime import datetime

from bot.deployment import Deployment
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Action, Journal, Outcome, Plan, Runbook
from bot.target import Target


class ByKind:
    """A runbook made of two; `containers` or `services` is None where the action means nothing."""

    def __init__(self, containers: Runbook | None, services: Runbook | None) -> None:
        one = containers or services
        assert one is not None  # two times nothing is no runbook
        self._containers, self._services, self._one = containers, services, one

    @property
    def name(self) -> str:
        return self._one.name

    @property
    def action(self) -> Action:
        return self._one.action

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        return await self._of(target).plan(target, params, history, now)

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        return await self._of(target).run(target, plan, journal)

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        return await self._of(target).repair(target, plan, journal)

    def _of(self, target: Target) -> Runbook:
        found = self._services if target.swarm else self._containers
        if found is None:
            raise UserError(no_swarm(target))
        return found


def no_swarm(target: Target) -> Phrase:
    values = {"service": target.service.name, "environment": target.environment.label}
    return Phrase(
        "{service} in {environment} is one container: only a Swarm service has a number of tasks"
        " (`swarm:name` in ecotrajet.yaml).",
        values,
    )
