"""The minutes after a deployment: is it well, and stays it so? If not, going back is proposed on its card; where nobody
need approve that, it is done.

What is watched is rows with a time to look again: a desk that was restarted, or another replica, goes on.
"""

import asyncio

import structlog

from bot.aftermath import count, worse
from bot.approval import Rule, rule_for
from bot.audit import DESK, Actor, Door
from bot.deployment import WATCHED_FOR, WatchState
from bot.desk import Desk
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.probe import worse_since
from bot.run import Requested, Run
from bot.runbook import Action, Engines, Light, ServiceStatus
from bot.runs import Runs, wording
from bot.store import probes, runs, watches
from bot.store.database import Database, Tx, Unavailable
from bot.store.watches import Watched
from bot.target import Target
from bot.worker.error_lines import ErrorLines, Logged

log = structlog.get_logger("aftercare")


class Aftercare:
    """`round` is a chore of the watch: it returns at once, looking takes as long as the engine does. Without `runs`
    going back is only proposed.
    """

    def __init__(self, db: Database, desk: Desk, engines: Engines, runs: Runs | None = None) -> None:
        self.db, self.desk, self.engines, self.runs = db, desk, engines, runs
        self.errors = ErrorLines(engines, desk.aftermath)
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
        logs = await asyncio.gather(*map(self.errors.since, known, seen))
        for (watched, _), status, counted in zip(known, seen, logs, strict=True):
            async with self.db.transaction() as tx:
                ill = await self._judge(tx, watched, status, counted)
            if ill is not None and self._goes_back_by_itself(ill):
                await self._go_back(ill)

    async def _judge(self, tx: Tx, watched: Watched, seen: ServiceStatus, logged: Logged | None) -> Run | None:
        """The run whose deployment was found to be ill at this look."""
        run = await runs.get(tx, watched.run)
        if run is None:
            return None
        if seen.light is Light.UNKNOWN:  # an engine that is away says nothing about the service
            if watched.is_past and await watches.end(tx, run.id, WatchState.OVER):
                await wording.card(tx, self.desk, run)
            return None
        if seen.image_id and not watched.image_id.removeprefix("sha256:").startswith(seen.image_id):
            if await watches.end(tx, run.id, WatchState.OVER):
                await wording.card(tx, self.desk, run)
            return None
        if seen.container_id and seen.container_id != watched.container_id:
            await watches.follow(tx, run.id, seen.container_id, seen.restarts)
            return None
        why = unwell(watched, seen) or await self._seen_from_outside(tx, watched)
        why = why or await self._logged(tx, run, logged) or await self._told_of(tx, watched)
        if why is not None:
            return run if await self._propose(tx, run, why) else None
        if watched.is_past and await watches.end(tx, run.id, WatchState.WELL):
            await wording.written(tx, DESK, "deployment.well", run)
            await wording.card(tx, self.desk, run)
        return None

    async def _seen_from_outside(self, tx: Tx, watched: Watched) -> Phrase | None:
        """What the service's probes say: one fails or is slow since, or answers take much longer than before."""
        place = (watched.environment, watched.service)
        entries = [each for each in self.desk.probes.values() if (each.environment, each.service) == place]
        if not entries:
            return None
        began = watched.until - WATCHED_FOR
        return worse_since(await probes.standings(tx, entries), await probes.paces(tx, entries, began), began)

    async def _logged(self, tx: Tx, run: Run, logged: Logged | None) -> Phrase | None:
        """Errors that it writes itself, beside what was kept of the container it replaced."""
        if logged is None or not logged.counted.errors:
            return None
        view = await runs.view(tx, run.id)
        kept = count(view.evidence[0].log_tail) if view is not None and view.evidence else None
        return worse(logged.counted, kept, logged.within, self.desk.aftermath)

    async def _told_of(self, tx: Tx, watched: Watched) -> Phrase | None:
        """Errors that another tool, or a person, saw since: whatever they are, the deployment comes first to mind."""
        number = await watches.trouble(tx, watched, watched.until - WATCHED_FOR)
        return Phrase("incident #{number} was opened since", {"number": number}) if number is not None else None

    def _goes_back_by_itself(self, run: Run) -> bool:
        """Where nobody need approve a rollback, nobody need ask for it either."""
        environment = self.desk.environments.get(run.environment)
        return self.runs is not None and environment is not None and rule_for(environment, Action.ROLLBACK) is Rule.NONE

    async def _go_back(self, run: Run) -> None:
        """On behalf of whoever put it there, by the same door as their command: rights and freezes count."""
        assert self.runs is not None
        person = self.desk.people.get(run.requested_by)
        by = Actor(run.requested_by, person.name if person else run.requested_by, Door.WORKER, f"aftercare:{run.id}")
        try:
            answer = await self.runs.go_back(run.id, by)
        except UserError as refused:
            log.warning("could not go back by itself", run=run.id, reason=str(refused.phrase))
        else:
            log.info("goes back by itself", run=run.id, answer=type(answer).__name__)
            if isinstance(answer, Requested) and not answer.approved:
                await self._asks_first(answer.run)

    async def _asks_first(self, back: Run) -> None:
        """The older code may not fit the database, or mounts cover it: that is a person's to decide, here too."""
        values = {**wording.where(self.desk, back), "before": back.plan.image_then.name}
        said = Phrase(
            "Going back to {before} in {environment} waits for somebody: run {id} asks a question first. Its card has "
            "it.",
            values,
        )
        async with self.db.transaction() as tx:
            await wording.announce(tx, self.desk, said)

    async def _propose(self, tx: Tx, run: Run, why: Phrase) -> bool:
        """False: somebody did already."""
        if not await watches.end(tx, run.id, WatchState.ILL, why):
            return False
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
        if self._goes_back_by_itself(run):
            said = Phrase(
                "🔴 {service} in {environment} is not well since run {id} put {image} there: {why}. "
                "I go back to {before}: nobody need approve that here.",
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
        return True

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
