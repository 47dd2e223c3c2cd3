"""Which database is meant, who may look, what is found there; kept with the incident that is open on the service."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot import access
from bot.audit import DESK, Actor, Entry
from bot.databases.reading import examine
from bot.databases.supabase import SupabaseLogs
from bot.desk import Desk
from bot.errors import UserError
from bot.message import About, Kind
from bot.phrase import Phrase, Value
from bot.postgres import DatabaseEntry, Examination, Finding, Migrations, Part, Remembered, Verdict, judge, why_unread
from bot.runbook import ActionClass, Light
from bot.store import audit, deliveries, evidence, messages, runs
from bot.store.database import Database, Tx, Unavailable
from bot.target import fold, nearest

log = structlog.get_logger("databases")


@dataclass(frozen=True, slots=True)
class Looked:
    """`others`: environment -> migrations of the same service there; `away`: those that did not answer, and why.

    `incident`: where it was kept. `remembered` False: the desk's database is away, so that nothing could be kept.
    """

    found: Examination
    verdict: Verdict
    parts: tuple[Part, ...]
    others: Mapping[str, Migrations] = field(default_factory=dict)
    away: Mapping[str, Phrase] = field(default_factory=dict)
    incident: int | None = None
    remembered: bool = True


class Databases:
    """Works while the desk's own database is away too; then nothing is kept."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk
        self.supabase = SupabaseLogs(desk)

    async def look(self, entry: DatabaseEntry, parts: Sequence[Part], by: Actor) -> Looked:
        """`parts` empty: all. Raises UserError: not allowed."""
        self._allow(by, entry)
        wanted = tuple(parts) or tuple(Part)
        found, (others, away) = await asyncio.gather(examine(entry, wanted), self._elsewhere(entry, wanted, by))
        looked = Looked(found, judge(found, others, wanted), wanted, others, away)
        try:
            async with self.db.transaction() as tx:
                return await self._kept(tx, looked, by)
        except Unavailable:
            log.warning("the desk's database is away: a look that is not kept", database=entry.name)
            return Looked(found, looked.verdict, wanted, others, away, remembered=False)

    async def between(self, service: str, here: str, there: str, by: Actor) -> Finding | None:
        """How the migrations of one service's databases stand to each other; None: they are not both configured."""
        entries = {each.environment: each for each in self.desk.databases.values() if each.service == service}
        if here not in entries or there not in entries:
            return None
        for place in (here, there):
            self._allow(by, entries[place])
        one, other = await asyncio.gather(*(examine(entries[place], [Part.MIGRATIONS]) for place in (here, there)))
        if (why := why_unread(other, Part.MIGRATIONS)) is not None:
            return Finding(Light.UNKNOWN, Part.MIGRATIONS, why)
        label = self.desk.environments[there].label
        others = {label: other.migrations} if other.migrations is not None else {}
        return judge(one, others, (Part.MIGRATIONS,)).findings[0]

    def named(self, words: Sequence[str]) -> DatabaseEntry:
        """By its name, its environment or its service; none need be named when there is but one. Raises UserError."""
        known = self.desk.databases
        if not known:
            raise UserError(Phrase("No database is configured: see `databases` in ecotrajet.example.yaml."))
        left = list(known.values())
        for word in words:
            if not any(fold(word) in self._answers(entry) for entry in known.values()):
                raise UserError(self._none_for(word))
            left = [entry for entry in left if fold(word) in self._answers(entry)]
        if len(left) != 1 and not words and len(production := self._production(left)) == 1:
            return production[0]
        if len(left) != 1:
            there = ", ".join(f"{each.environment} {each.service}" for each in known.values())
            raise UserError(Phrase("Which database? There are: {names}.", {"names": there}))
        return left[0]

    async def _elsewhere(
        self, entry: DatabaseEntry, parts: Collection[Part], by: Actor
    ) -> tuple[dict[str, Migrations], dict[str, Phrase]]:
        """The migrations of the same service in the other environments that this person may read."""
        others = [
            each for each in self.desk.databases.values()
            if each.service == entry.service and each.environment != entry.environment and self._may_read(by, each)
        ] if Part.MIGRATIONS in parts else []  # fmt: skip
        seen = await asyncio.gather(*(examine(each, [Part.MIGRATIONS]) for each in others))
        labels = {each.environment: self.desk.environments[each.environment].label for each in others}
        found = {labels[e.entry.environment]: e.migrations for e in seen if e.migrations is not None}
        away = {
            labels[each.entry.environment]: why
            for each in seen
            if (why := why_unread(each, Part.MIGRATIONS)) is not None
        }
        return found, away

    async def _kept(self, tx: Tx, looked: Looked, by: Actor) -> Looked:
        """With the open incident, a repeated delivery once."""
        found, entry = looked.found, looked.found.entry
        number = await runs.open_incident(tx, entry.environment, entry.service)
        if number is not None and await deliveries.first_time(tx, by):
            values: dict[str, Value | Phrase] = {"name": by.name, "cause": looked.verdict.headline}
            said = Phrase("🩺 {name} looked into the database: {cause}", values)
            kept = Remembered(entry.name, found.taken_at, looked.verdict.findings)
            await evidence.keep_of_database(tx, number, kept)
            await audit.write(tx, Entry(by, "database.kept", number, on=entry.name, why=said))
            body: dict[str, object] = {"phrase": said.to_json()}
            await messages.queue(
                tx, kind=Kind.SLACK, about=About.NOTE, to=self.desk.incidents_channel, body=body, incident=number
            )
        return Looked(found, looked.verdict, looked.parts, looked.others, looked.away, number)

    def _production(self, entries: Sequence[DatabaseEntry]) -> list[DatabaseEntry]:
        places = self.desk.environments
        return [each for each in entries if "production" in places[each.environment].answers_to()]

    def _answers(self, entry: DatabaseEntry) -> set[str]:
        service = self.desk.services.get(entry.service)
        names = service.answers_to() if service else {fold(entry.service)}
        return {fold(entry.name), *self.desk.environments[entry.environment].answers_to(), *names}

    def _none_for(self, word: str) -> Phrase:
        """A place that we know has no database, or we do not know the word."""
        places = [each.answers_to() for each in self.desk.environments.values()]
        if not any(fold(word) in names for names in (*places, *(s.answers_to() for s in self.desk.services.values()))):
            return self._unknown(word)
        there = ", ".join(f"{each.environment} {each.service}" for each in self.desk.databases.values())
        return Phrase("No database is configured for {word}. There are: {names}.", {"word": word, "names": there})

    def _unknown(self, word: str) -> Phrase:
        offered = [*Part, *(each.name for each in self.desk.environments.values()), *self.desk.services]
        near = nearest(word, offered)
        values: dict[str, Value | Phrase] = {"word": word, "known": ", ".join(Part), "near": near or ""}
        if near:
            return Phrase("I do not know “{word}” here. Did you mean “{near}”? To look at one thing: {known}.", values)
        return Phrase("I do not know “{word}” here. To look at one thing: {known}.", values)

    def _may_read(self, by: Actor, entry: DatabaseEntry) -> bool:
        if by.id == DESK.id:  # a runbook that only looks has begun by itself
            return True
        return access.may(self.desk.people, self.desk.teams, by.id, ActionClass.READ, entry.environment)

    def _allow(self, by: Actor, entry: DatabaseEntry) -> None:
        if self._may_read(by, entry):
            return
        place = self.desk.environments[entry.environment]
        missing = access.why_not(self.desk.people, self.desk.teams, by.id, ActionClass.READ, place)
        raise UserError(missing or access.stranger())
