"""Nothing new in an environment for a while: said by a person and kept in a row, or planned; over by itself."""

from datetime import datetime, timedelta
from typing import Final

from bot import access
from bot.answers import Repeated
from bot.audit import Actor, Entry
from bot.deployment import Freeze
from bot.desk import Desk
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import ActionClass
from bot.runs import wording
from bot.store import audit, deliveries, freezes, incidents
from bot.store.database import Database, Tx, Unavailable
from bot.target import Environment

LONGEST: Final = timedelta(days=60)


async def in_force(tx: Tx, desk: Desk, environment: str) -> Freeze | None:
    """What somebody said, else what the configuration plans, unless it was ended before its time."""
    if (said := await freezes.active(tx, environment)) is not None:
        return said
    planned = await _planned(tx, desk, environment)
    return planned[0] if planned else None


async def _planned(tx: Tx, desk: Desk, environment: str) -> list[Freeze]:
    """Those of the configuration that hold now, the one that lasts longest first."""
    now = await incidents.now(tx)
    found = []
    for window in desk.freezes:
        span = window.present(now) if environment in window.environments else None
        if span is not None and not await freezes.lifted(tx, environment, window.key, span[1]):
            found.append(Freeze(environment, window.key, *span, window.why, planned=True))
    return sorted(found, key=lambda each: each.until, reverse=True)


class Freezes:
    """Raises UserError, and `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def begin(self, environment: Environment, until: datetime, reason: str, by: Actor) -> Freeze | Repeated:
        """In the place of the one there is; told in the channel."""
        self._allow(by, environment)
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            now = await incidents.now(tx)
            if not now < until <= now + LONGEST:
                raise UserError(Phrase("A freeze ends in the future, within 60 days at most."))
            made = await freezes.begin(tx, environment.name, by.id, until, reason)
            values: dict[str, Value | Phrase] = {
                "environment": environment.label, "name": by.name, "until": until, "reason": reason,
            }  # fmt: skip
            said = Phrase("🧊 {name} froze {environment} until {until}: no deployment, no restart.", values)
            if reason:
                said = Phrase("🧊 {name} froze {environment} until {until}: {reason}", values)
            await audit.write(tx, Entry(by, "freeze.begun", on=environment.name, why=said))
            await wording.announce(tx, self.desk, said)
            return made

    async def begin_for(self, environment: Environment, length: timedelta, reason: str, by: Actor) -> Freeze | Repeated:
        """The same for so long from now on."""
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
        return await self.begin(environment, now + length, reason, by)

    async def in_force(self) -> list[Freeze]:
        """Of each environment the one that holds now, in the order of the file; none while the database is away."""
        try:
            async with self.db.transaction() as tx:
                found = [await in_force(tx, self.desk, each) for each in self.desk.environments]
        except Unavailable:
            return []
        return [each for each in found if each is not None]

    async def coming(self) -> list[Freeze]:
        """What the configuration plans next, the first first; an environment of several has each its own."""
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
        spans = ((window, window.coming(now)) for window in self.desk.freezes)
        planned = [
            Freeze(place, window.key, *span, window.why, planned=True)
            for window, span in spans
            if span is not None
            for place in window.environments
        ]
        return sorted(planned, key=lambda each: (each.since, each.environment))

    async def end(self, environment: Environment, by: Actor) -> Freeze | Repeated:
        self._allow(by, environment)
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            ended = await freezes.end(tx, environment.name, by.id)
            for planned in await _planned(tx, self.desk, environment.name):
                await freezes.lift(tx, planned, by.id)
                ended = ended or planned
            values = {"environment": environment.label, "name": by.name}
            if ended is None:
                raise UserError(Phrase("{environment} is not frozen.", values))
            said = Phrase("{name} ended the freeze of {environment}.", values)
            await audit.write(tx, Entry(by, "freeze.ended", on=environment.name, why=said))
            await wording.announce(tx, self.desk, said)
            return ended

    def _allow(self, by: Actor, environment: Environment) -> None:
        missing = access.why_not(self.desk.people, self.desk.teams, by.id, ActionClass.DEPLOY, environment)
        if missing is not None:
            raise UserError(missing)
