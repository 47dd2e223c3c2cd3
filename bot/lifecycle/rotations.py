"""Secrets and their age: the list, the two reminders of each, and who says that one was changed."""

from datetime import date

from bot import access
from bot.audit import DESK, Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.lifecycle.quiet import announce
from bot.phrase import Phrase, Value
from bot.rotation import Rotation, RotationEntry, Stage, standing
from bot.runbook import ActionClass
from bot.store import audit, deliveries, incidents, rotations
from bot.store.database import Database, Tx
from bot.target import fold, nearest


class Rotations:
    """Raises UserError, and `store.database.Unavailable`."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def all(self) -> tuple[list[Rotation], date]:
        """The one that is due first comes first; and today's date where the desk is."""
        async with self.db.transaction() as tx:
            found = await self._standing(tx)
            return sorted(found, key=lambda each: (each.due, each.entry.name)), await self._today(tx)

    async def remind(self) -> None:
        """A chore of each morning: said 14 days before, and when due; once each, and anew after each change."""
        async with self.db.transaction() as tx:
            today = await self._today(tx)
            for each in await self._standing(tx):
                stage = each.stage(today)
                if stage is None or not await rotations.say_once(tx, each.entry.name, each.due, stage.value):
                    continue
                said = reminder(each, stage, today)
                await audit.write(tx, Entry(DESK, f"secret.{stage}", on=each.entry.name, why=said))
                await announce(tx, self.desk, said)

    async def rotated(self, name: str, on: date | None, by: Actor) -> Rotation | None:
        """Recorded, and said to all. None: this very delivery was recorded before. Raises UserError."""
        entry = self._named(name)
        self._allow(by, entry)
        async with self.db.transaction() as tx:
            today = await self._today(tx)
            day = on or today
            if day > today:
                raise UserError(Phrase("{day} is still to come: give the day it was changed on.", {"day": str(day)}))
            if not await deliveries.first_time(tx, by):
                return None
            await rotations.record(tx, entry.name, day, by.id)
            (now,) = [each for each in await self._standing(tx) if each.entry == entry]
            values: dict[str, Value | Phrase] = {
                "name": entry.name, "who": by.name, "day": str(day), "due": str(now.due),
            }  # fmt: skip
            said = Phrase("🔑 {name} was changed on {day}, says {who}. Next time: {due}.", values)
            await audit.write(tx, Entry(by, "secret.rotated", on=entry.name, why=said))
            await announce(tx, self.desk, said)
            return now

    def _named(self, name: str) -> RotationEntry:
        known = self.desk.rotations
        found = next((entry for entry in known.values() if fold(entry.name) == fold(name)), None)
        if found is not None:
            return found
        if not known:
            raise UserError(none_configured())
        near = nearest(name, known)
        values: dict[str, Value | Phrase] = {"word": name, "known": ", ".join(known), "near": near or ""}
        if near:
            raise UserError(Phrase("I know no secret “{word}”. Did you mean “{near}”? There are: {known}.", values))
        raise UserError(Phrase("I know no secret “{word}”. There are: {known}.", values))

    def _allow(self, by: Actor, entry: RotationEntry) -> None:
        """Who may destroy there may say so: an administrator. Of a secret of no environment: everywhere."""
        places = [entry.environment] if entry.environment else list(self.desk.environments)
        for place in places:
            missing = access.why_not(
                self.desk.people, self.desk.teams, by.id, ActionClass.DESTROY, self.desk.environments[place]
            )
            if missing is not None:
                able = access.who_may(self.desk.people, self.desk.teams, ActionClass.DESTROY, place)
                names = ", ".join(each.name for each in able) or "—"
                raise UserError(
                    Phrase(
                        "Only an administrator (right destroy) records that a secret was changed. Ask: {names}.",
                        {"names": names},
                    )
                )

    async def _standing(self, tx: Tx) -> list[Rotation]:
        recorded = await rotations.recorded(tx, list(self.desk.rotations))
        return [standing(entry, recorded[name]) for name, entry in self.desk.rotations.items()]

    async def _today(self, tx: Tx) -> date:
        return (await incidents.now(tx)).astimezone(self.desk.zone).date()


def reminder(each: Rotation, stage: Stage, today: date) -> Phrase:
    entry = each.entry
    values: dict[str, Value | Phrase] = {
        "name": entry.name, "about": f" ({entry.about})" if entry.about else "", "last": str(each.rotated),
        "due": str(each.due), "days": (each.due - today).days,
    }  # fmt: skip
    if stage is Stage.DUE:
        return Phrase(
            "🔑 {name}{about} is due to be changed since {due}; last changed on {last}."
            " Once done: `/ecotrajet secrets rotated {name}`.",
            values,
        )
    return Phrase(
        "🔑 {name}{about} is to be changed by {due} (days left: {days}); last changed on {last}."
        " Once done: `/ecotrajet secrets rotated {name}`.",
        values,
    )


def none_configured() -> Phrase:
    return Phrase("No secret is configured: see `secrets` in ecotrajet.example.yaml.")
