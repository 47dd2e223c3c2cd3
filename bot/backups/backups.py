"""Backups as rows: asked for by the calendar or a person, each done once by whichever replica comes first."""

from collections.abc import Sequence
from datetime import date, datetime

from bot import access
from bot.answers import Repeated
from bot.audit import DESK, Actor, Entry
from bot.backup import Backup, BackupEntry, Kind, kind_of
from bot.desk import Desk
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import ActionClass
from bot.store import audit, backups, deliveries, incidents
from bot.store.database import Database, Tx
from bot.target import fold

LISTED = 20


class Backups:
    """Raises UserError, and `store.database.Unavailable` when the desk's database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def due(self, name: str, slot: str) -> None:
        """The calendar's: queued once, however often the job is handed out."""
        if name not in self.desk.backups:
            return
        async with self.db.transaction() as tx:
            if await backups.add(tx, name, slot, kind_of(date.fromisoformat(slot)), DESK.id):
                await audit.write(tx, Entry(DESK, "backup.due", on=f"{name} {slot}"))
                if date.fromisoformat(slot).day == 1 and self.desk.backups[name].scratch:
                    await backups.add(tx, name, f"test:{slot}", Kind.TEST, DESK.id)  # after the one just queued

    async def now(self, words: Sequence[str], by: Actor) -> BackupEntry | Repeated:
        """Queued at once; refused while there is one under way."""
        entry = self.named(words)
        self._allow(by, entry, ActionClass.OPERATE)
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            await backups.alone(tx, entry.name)
            if (running := await backups.under_way(tx, entry.name)) is not None:
                values: dict[str, Value | Phrase] = {"name": entry.name, "since": running.created_at}
                raise UserError(
                    Phrase(
                        "A backup of {name} is under way since {since}. Look at it with `/ecotrajet backup list`.",
                        values,
                    )
                )
            moment = await incidents.now(tx)
            await backups.add(tx, entry.name, f"manual:{moment.isoformat()}", Kind.MANUAL, by.id)
            await audit.write(tx, Entry(by, "backup.asked", on=entry.name))
            return entry

    async def asked_since(self, name: str, moment: datetime) -> Backup | None:
        """The first that a person asked for at or after `moment`."""
        async with self.db.transaction() as tx:
            return await backups.asked_since(tx, name, moment)

    async def put_back(
        self, name: str, kind: Kind, slot: str, by: Actor, *, dump: str = "", before: datetime | None = None
    ) -> Backup:
        """A restore or a cutover: asked for once for each slot. Raises UserError.

        What is restored is chosen now: `dump` is a day (`2026-11-25`) or an object, '' for the last one; `before`: only
        what was whole by then, for later ones hold the damage.
        """
        entry = self.named([name])
        self._allow(by, entry, ActionClass.DESTROY)
        if entry.admin is None:
            raise UserError(
                Phrase("The desk may not restore {name}: set backups.{name}.restore_with, or restore it by hand.",
                       {"name": entry.name})
            )  # fmt: skip
        async with self.db.transaction() as tx:
            found = await backups.of_slot(tx, entry.name, slot)
            if found is not None:
                return found
            source = await self._dump(tx, entry, dump, before) if kind is Kind.RESTORE else None
            if await backups.add(tx, entry.name, slot, kind, by.id, source.id if source else None):
                await audit.write(tx, Entry(by, f"backup.{kind}_asked", on=f"{entry.name} {slot}"))
            found = await backups.of_slot(tx, entry.name, slot)
        assert found is not None  # it was just put there
        return found

    async def _dump(self, tx: Tx, entry: BackupEntry, dump: str, before: datetime | None) -> Backup:
        found = await backups.good_before(tx, entry.name, before, dump, str(self.desk.zone))
        if found is None:
            values: dict[str, Value | Phrase] = {"name": entry.name, "dump": dump, "at": before or ""}
            if dump:
                said = Phrase(
                    "No good backup of {name} is called “{dump}”: `/ecotrajet backup list` shows them.", values
                )
                raise UserError(said)
            raise UserError(Phrase("There is no good backup of {name} from before {at}.", values))
        return found

    async def source_of(self, restore: Backup) -> Backup | None:
        """The dump that a restore brings back; None: it is not there any more."""
        async with self.db.transaction() as tx:
            return await backups.good(tx, restore.source) if restore.source else None

    async def latest(self, by: Actor) -> list[Backup]:
        """Of those that this person may see, newest first."""
        async with self.db.transaction() as tx:
            return await backups.latest(tx, [entry.name for entry in self.seen_by(by)], LISTED)

    async def last_good(self, by: Actor) -> list[tuple[BackupEntry, Backup | None]]:
        """Each that is configured with its last success."""
        async with self.db.transaction() as tx:
            return [(entry, await backups.last_good(tx, entry.name)) for entry in self.seen_by(by)]

    def seen_by(self, by: Actor) -> list[BackupEntry]:
        people, teams = self.desk.people, self.desk.teams
        return [
            entry for entry in self.desk.backups.values()
            if access.may(people, teams, by.id, ActionClass.READ, entry.environment)
        ]  # fmt: skip

    def named(self, words: Sequence[str]) -> BackupEntry:
        """By its name or its environment; none need be named when there is but one. Raises UserError."""
        known = self.desk.backups
        if not known:
            raise UserError(Phrase("No backup is configured: see `backups` in ecotrajet.example.yaml."))
        said = fold(" ".join(words))
        found = [entry for entry in known.values() if said == fold(entry.name)] or [
            entry for entry in known.values() if not said or said in self._answers(entry)
        ]
        return self._one(found)

    def of_place(self, environment: str, service: str, *, exactly: bool) -> BackupEntry:
        """That of a service, by the words of a step, '' for what it does not say. Raises UserError.

        Unless `exactly`, the only one of the environment will do where the service has none of its own.
        """
        services = self.desk.services
        here = [each for each in self.desk.backups.values() if not environment or self._is_in(each, environment)]
        mine = [each for each in here if not service or fold(service) in services[each.service].answers_to()]
        return self._one(mine if mine or exactly else here)

    def _one(self, found: Sequence[BackupEntry]) -> BackupEntry:
        if len(found) != 1:
            raise UserError(Phrase("Which backup? There are: {names}.", {"names": ", ".join(self.desk.backups)}))
        return found[0]

    def _is_in(self, entry: BackupEntry, environment: str) -> bool:
        return fold(environment) in self.desk.environments[entry.environment].answers_to()

    def _answers(self, entry: BackupEntry) -> set[str]:
        return {fold(entry.name), *self.desk.environments[entry.environment].answers_to()}

    def _allow(self, by: Actor, entry: BackupEntry, right: ActionClass) -> None:
        place = self.desk.environments[entry.environment]
        missing = access.why_not(self.desk.people, self.desk.teams, by.id, right, place)
        if missing is not None:
            raise UserError(missing)
