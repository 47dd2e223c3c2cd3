"""The minutes after a deployment: is it well, and stays it so? If not, going back is proposed on its card.

What is watched is rows with a time to look again: a desk that was restarted, or another replica, goes on.
"""

import asyncio

import structlog

from bot.audit import DESK
from bot.deployment import WatchState
from bot.desk import Desk
from bot.phrase import Phrase, Value
from bot.run import Run
from bot.runbook import Engines, Light, ServiceStatus
from bot.runs import wording
from bot.store import runs, watches
from bot.store.database import Database, Tx, Unavailable
from bot.store.watches import Watched
from bot.target import Target

log = structlog.get_logger("aftercare")


class Aftercare:
    """`round` is a chore of the watch: it returns at once, looking takes as long as the engine does."""

    def __init__(self, db: Database, desk: Desk, engines: Engines) -> None:
        self.db, self.desk, self.engines = db, desk, engines
        self.looking: asyncio.Task[None] | None = None

    async def round(self) -> None:
        if self.looking is None or self.looking.done():
            self.looking = asyncio.create_task(self._carefully(), name="aftercare")

    async def stop(self) -> None:
        if self.looking is not None:
            self.looking.cancel()
            await asyncio.gather(self.looking, return_exceptions=True)

    async def look(self) -> None:
        """At everything that is due now."""
        async with self.db.transaction() as tx:
            due = await watches.take_due(tx)
        known = [(watched, target) for watched in due if (target := self._target(watched)) is not None]
        if not known:
            return
        seen = await self.engines.status([target for _, target in known])
        for (watched, _), status in zip(known, seen, strict=True):
            async with self.db.transaction() as tx:
                await self._judge(tx, watched, status)

    async def _judge(self, tx: Tx, watched: Watched, seen: ServiceStatus) -> None:
        run = await runs.get(tx, watched.run)
        if run is None:
            return
        if seen.light is Light.UNKNOWN:  # an engine that is away says nothing about the service
            if watched.is_past and await watches.end(tx, run.id, WatchState.OVER):
                await wording.card(tx, self.desk, run)
            return
        if seen.image_id and not watched.image_id.removeprefix("sha256:").startswith(seen.image_id):
            if await watches.end(tx, run.id, WatchState.OVER):
                await wording.card(tx, self.desk, run)
            return
        if seen.container_id and seen.container_id != watched.container_id:
            await watches.follow(tx, run.id, seen.container_id, seen.restarts)
            return
        if (why := unwell(watched, seen)) is not None:
            await self._propose(tx, run, why)
        elif watched.is_past and await watches.end(tx, run.id, WatchState.WELL):
            await wording.written(tx, DESK, "deployment.well", run)
            await wording.card(tx, self.desk, run)

    async def _propose(self, tx: Tx, run: Run, why: Phrase) -> None:
        if not await watches.end(tx, run.id, WatchState.ILL, why):
            return
        log.warning("a deployment is not well", run=run.id, target=f"{run.environment}/{run.service}")
        values: dict[str, Value | Phrase] = {
            **wording.where(self.desk, run), "image": run.plan.image_then.name, "before": run.plan.image_now.name,
            "why": why,
        }  # fmt: skip
        said = Phrase(
            "🔴 {service} in {environment} is not well since run {id} put {image} there: {why}. Go back to {before}? "
            "The button is on the run's card; or `/ecotrajet rollback {environment} {service}`.",
            values,
        )
        await wording.written(tx, DESK, "deployment.ill", run, said)
        await wording.card(tx, self.desk, run)
        await wording.tell(tx, self.desk, run.requested_by, run, said)
        incident = run.incident or await runs.open_incident(tx, run.environment, run.service)
        if incident is not None:
            await wording.note(tx, self.desk, incident, said)
        else:
            await wording.announce(tx, self.desk, said)

    def _target(self, watched: Watched) -> Target | None:
        environment = self.desk.environments.get(watched.environment)
        service = self.desk.services.get(watched.service)
        if environment is None or service is None or environment.name not in service.containers:
            return None
        return Target(environment, service, environment.engine, service.containers[environment.name])

    async def _carefully(self) -> None:
        try:
            await self.look()
        except Unavailable:
            log.info("not now: the database is away")
        except Exception:
            log.exception("could not look after a deployment")


def unwell(watched: Watched, seen: ServiceStatus) -> Phrase | None:
    """Why going back should be thought of; None: as it should be, or still starting."""
    if seen.light is Light.RED:
        return seen.problem or Phrase("it is not running")
    if seen.restarts > watched.restarts:
        return Phrase("it crashed and was restarted ({count} times)", {"count": seen.restarts - watched.restarts})
    return None
