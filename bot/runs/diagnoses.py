"""What is most probably wrong with a service: one round of looks, judged, and kept with the incident if one is open."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.message import About, Kind
from bot.phrase import Phrase
from bot.runbook.diagnosis import Case, Deployed, Verdict, judge
from bot.runbook.looks import Findings
from bot.runs import wording
from bot.store import audit, deliveries, deployments, evidence, incidents, messages, runs
from bot.store.database import Database, Tx, Unavailable
from bot.target import Target

log = structlog.get_logger("diagnosis")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`incident`: where it was kept. `remembered`: False while the database is away, so that nothing could be kept."""

    target: Target
    found: Findings
    verdict: Verdict
    deployed: Deployed | None = None
    incident: int | None = None
    remembered: bool = True


class Diagnoses:
    """Works without the database too: then it knows of no deployment and keeps nothing."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def of(self, target: Target, found: Findings, by: Actor, incident: int | None = None) -> Diagnosis:
        """Judge what was found. A repeated delivery is judged again and kept once.

        `incident`: with which it is kept; None: with the one that is open on the target.
        """
        try:
            async with self.db.transaction() as tx:
                return await self._with_memory(tx, target, found, by, incident)
        except Unavailable:
            log.warning("the database is away: a diagnosis without history", target=target.key)
            return Diagnosis(
                target, found, judge(self._case(target, found, None, found.evidence.taken_at)), remembered=False
            )

    async def _with_memory(self, tx: Tx, target: Target, found: Findings, by: Actor, incident: int | None) -> Diagnosis:
        deployed = await self._deployed(tx, target, found)
        verdict = judge(self._case(target, found, deployed, await incidents.now(tx)))
        number = incident or await runs.open_incident(tx, target.environment.name, target.service.name)
        if number is not None and await deliveries.first_time(tx, by):
            said = Phrase("🩺 {name} looked into it: {cause}", {"name": by.name, "cause": verdict.cause})
            await evidence.keep(tx, number, found.evidence)
            await audit.write(tx, Entry(by, "diagnosis.kept", number, on=target.key, why=said))
            await wording.note(tx, self.desk, number, said)
            await messages.queue(tx, kind=Kind.SLACK, about=About.CARD, to=self.desk.incidents_channel, incident=number)
        return Diagnosis(target, found, verdict, deployed, number)

    async def _deployed(self, tx: Tx, target: Target, found: Findings) -> Deployed | None:
        """When what runs there came in the place of another image; None: it is the first we saw, or not seen yet."""
        history = await deployments.history(tx, target.environment.name, target.service.name)
        before = next((each for each in history if each.image_id != found.image_id), None)
        if before is None or history[0].image_id != found.image_id:
            return None
        return Deployed(history[0].name, before.name, history[0].first_seen, history[0].actor)

    def _case(self, target: Target, found: Findings, deployed: Deployed | None, now: datetime) -> Case:
        place, service = target.environment.name, target.service
        others = [name for name in self.desk.environments if name in service.containers and name != place]
        return Case(found, deployed, place, service.name, now, others[-1] if others else "")
