"""Proof of reach: drills to whoever is on call next week, who can be reached by what, and what is told when not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import asyncpg

from bot.audit import DESK, Actor, Door, Entry
from bot.desk import Desk
from bot.lifecycle.hands import answered as edited
from bot.lifecycle.hands import direct
from bot.lifecycle.speaking import channel_name
from bot.message import About, Ask, Kind
from bot.oncall import Booked
from bot.person import Person
from bot.phrase import Phrase, Value
from bot.proof import ReachRow, Settings, Way, address_name, missing_of
from bot.store import audit, calendar, deliveries, incidents, messages, oncall, proofs
from bot.store.database import Database, Tx

ANSWER: Final = "drill.answer"
CHECKED: Final = timedelta(days=7)
SHOWN: Final = timedelta(weeks=4)
WEEK: Final = timedelta(days=7)
DOORS: Final = {
    Door.BUTTON: Kind.SLACK, Door.COMMAND: Kind.SLACK, Door.SMS: Kind.SMS, Door.VOICE: Kind.VOICE,
    Door.EMAIL: Kind.EMAIL,
}  # fmt: skip
Troubles = Mapping[str, Sequence[Phrase]]
"""By a person's id, why they may not be reached."""


class Proofs:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk
        self.ways = frozenset(Kind)
        """By which an answer can come back here; `app` knows."""

    # Drills -------------------------------------------------------------------------------------------------------

    async def drill(self, slot: date) -> None:
        """Ask everyone on call in the week after `slot`; once for each slot, whichever replica does it."""
        settings = self.desk.proof
        if settings is None or slot.weekday() != settings.drill_on:
            return
        monday = slot + timedelta(days=7 - slot.weekday())
        start, end = (datetime.combine(day, time(), self.desk.zone) for day in (monday, monday + WEEK))
        async with self.db.transaction() as tx:
            turns = first_turns(self.desk, start, end, await oncall.between(tx, start, end))
            for person, since in turns.items():
                drill = await proofs.ask(tx, slot.isoformat(), person.id, settings.answer_within)
                if drill is not None:
                    ways = await page(tx, settings, person, drill, since, self.ways)
                    await audit.write(tx, Entry(DESK, "drill.asked", on=person.id, result=" ".join(ways)))

    async def answer(self, person: Person, by: Actor) -> Phrase | None:
        """They were reached by this door; each door's answer is a proof of its own. None: a repeated delivery."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return None
            drill = await proofs.latest(tx, person.id)
            if drill is None or drill["over"]:
                return Phrase("No drill waits for your answer. Thank you all the same.")
            facts: dict[str, Value | Phrase] = {
                "channel": channel_name(DOORS.get(by.door, Kind.SLACK)), "at": await incidents.now(tx),
            }  # fmt: skip
            said = Phrase("✅ Drill passed: {channel} reached you at {at}.", facts)
            await proofs.answered(tx, drill["id"])
            await audit.write(tx, Entry(by, "drill.answered", on=str(drill["id"]), why=said))
            for row in await proofs.questions(tx, drill["id"]):
                await edited(tx, row["recipient"], row["person"], row["provider_id"], said)
            return Phrase("Thank you: that {channel} reaches you is noted.", facts)

    async def round(self) -> None:
        """A chore of the watch: who did not answer in time is told, once."""
        settings = self.desk.proof
        if settings is None:
            return
        async with self.db.transaction() as tx:
            for row in await proofs.unanswered(tx):
                person = self.desk.people.get(row["person"])
                said = Phrase(
                    "⚠️ {name} is on call next week and has not answered the drill of {at}. See `/ecotrajet reach`.",
                    {"name": person.name if person else row["person"], "at": row["asked_at"]},
                )
                await audit.write(tx, Entry(DESK, "drill.unanswered", on=row["person"], why=said))
                await announce(tx, self.desk, settings, said)

    # The daily check ----------------------------------------------------------------------------------------------

    async def soon_on_call(self) -> list[Person]:
        """Everyone on call in the next seven days."""
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
            until = now + CHECKED
            return list(first_turns(self.desk, now, until, await oncall.between(tx, now, until)))

    async def check(self, slot: date, people: Sequence[Person], found: Troubles) -> None:
        """What they lack, what failed last, and what was `found` outside is told; once for each slot."""
        if (settings := self.desk.proof) is None:
            return
        async with self.db.transaction() as tx:
            if not await calendar.take(tx, "reach_checked", slot.isoformat()):
                return
            troubles = await self._troubles(tx, people, found)
            for person in people:
                for why in troubles.get(person.id, ()):
                    said = Phrase("⚠️ {name} is on call within 7 days: {why}.", {"name": person.name, "why": why})
                    await audit.write(tx, Entry(DESK, "reach.unwell", on=person.id, why=said))
                    await announce(tx, self.desk, settings, said)
            result = f"people={len(people)} unwell={sum(1 for each in people if troubles.get(each.id))}"
            await audit.write(tx, Entry(DESK, "reach.checked", on=slot.isoformat(), result=result))

    async def _troubles(self, tx: Tx, people: Sequence[Person], found: Troubles) -> Troubles:
        rows = await self._ways(tx, people)
        told: dict[str, list[Phrase]] = {person.id: list(found.get(person.id, ())) for person in people}
        for person in people:
            for kind in missing_of(person):
                told[person.id].append(Phrase("{what} is not known", {"what": address_name(kind)}))
            for way in rows[person.id]:
                if way.failed_at is not None and way.why is not None:
                    facts: dict[str, Value | Phrase] = {
                        "channel": channel_name(way.kind),
                        "at": way.failed_at,
                        "why": way.why,
                    }
                    told[person.id].append(Phrase("{channel} failed at {at} ({why})", facts))
        return told

    # Who can be reached by what -----------------------------------------------------------------------------------

    async def overview(self) -> tuple[ReachRow, ...]:
        """Everyone who takes turns, soonest on call first."""
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
            turns = first_turns(self.desk, now, now + SHOWN, await oncall.between(tx, now, now + SHOWN))
            members = [each for schedule in self.desk.schedules.values() for each in schedule.members()]
            others = [self.desk.people[each] for each in members if each in self.desk.people]
            people = list(dict.fromkeys([*turns, *others]))
            ways = await self._ways(tx, people)
        return tuple(ReachRow(each, turns.get(each), ways[each.id], missing_of(each)) for each in people)

    async def _ways(self, tx: Tx, people: Sequence[Person]) -> dict[str, tuple[Way, ...]]:
        ids = [person.id for person in people]
        proven: dict[tuple[str, Kind], datetime] = {}
        for row in await proofs.proven(tx, ids):
            if (kind := DOORS.get(row["door"])) is not None:
                key = (row["actor"], kind)
                proven[key] = max(row["at"], proven.get(key, row["at"]))
        last = {(row["person"], Kind(row["kind"])): row for row in await proofs.outcomes(tx, ids)}
        found: dict[str, tuple[Way, ...]] = {}
        for person in people:
            kinds = [kind for kind in Kind if person.address(kind)]
            found[person.id] = tuple(
                way_of(kind, proven.get((person.id, kind)), last.get((person.id, kind))) for kind in kinds
            )
        return found


def way_of(kind: Kind, proven_at: datetime | None, last: asyncpg.Record | None) -> Way:
    if last is None:
        return Way(kind, proven_at)
    at: datetime = last["at"]
    why = last["why"]
    if last["state"] != "failed":
        return Way(kind, proven_at, arrived_at=at)
    if proven_at is not None and proven_at > at:
        return Way(kind, proven_at)
    return Way(kind, proven_at, failed_at=at, why=Phrase.from_json(why) if isinstance(why, dict) else None)


def first_turns(desk: Desk, start: datetime, end: datetime, booked: Sequence[Booked]) -> dict[Person, datetime]:
    """Who is on call in any schedule from `start` to `end`, and since when; soonest first."""
    shifts = [shift for each in desk.schedules.values() for shift in each.shifts(start, end, booked)]
    found: dict[Person, datetime] = {}
    for shift in sorted(shifts, key=lambda each: each.starts_at):
        for person in shift.people:
            if person in desk.people:
                found.setdefault(desk.people[person], shift.starts_at)
    return found


def questions(since: datetime) -> dict[Kind, Phrase]:
    """What is asked by each channel."""
    facts: dict[str, Value | Phrase] = {"since": since}
    return {
        Kind.SLACK: Phrase(
            "🧪 A drill, no incident: you are on call from {since}. Press the button, so that we know that pages reach"
            " you here; and answer the text message.",
            facts,
        ),
        Kind.SMS: Phrase(
            "ÉcoTrajet drill, no incident: you are on call from {since}. Reply “present”, so that we know that texts"
            " reach you.",
            facts,
        ),
        Kind.VOICE: Phrase(
            "ÉcoTrajet drill, no incident. You are on call from {since}. Press 4, so that we know that calls reach"
            " you.",
            facts,
        ),
        Kind.EMAIL: Phrase(
            "Drill, no incident: you are on call from {since}. Open the link in this mail and press its button, so that"
            " we know that mail reaches you.",
            facts,
        ),
    }


async def page(
    tx: Tx, settings: Settings, person: Person, drill: int, since: datetime, able: frozenset[Kind]
) -> list[Kind]:
    """By Slack and text now, by a call when nothing was answered by then; by mail where there is neither."""
    button = Ask(Phrase("It reached me"), ANSWER, {"drill": drill})
    said = questions(since)
    ways = [kind for kind in said if kind in able and person.address(kind)]
    if {Kind.SLACK, Kind.SMS} & set(ways):
        ways = [kind for kind in ways if kind is not Kind.EMAIL]
    for kind in ways:
        await messages.queue(
            tx, kind=kind, about=About.DRILL, to=person.address(kind) or "", person=person.id,
            body={"phrase": said[kind].to_json(), "drill": drill, "button": button.to_json()},
            after=settings.call_after if kind is Kind.VOICE else timedelta(0),
        )  # fmt: skip
    return ways


async def announce(tx: Tx, desk: Desk, settings: Settings, said: Phrase) -> None:
    """To everyone and every channel of `tell`; to the incidents channel when that means nobody."""
    now = await incidents.now(tx)
    told = [desk.recipients(target, now, await oncall.in_force(tx, now)) for target in settings.tell]
    channels = dict.fromkeys(channel for each in told for channel in each.channels)
    for person in dict.fromkeys(person for each in told for person in each.people):
        await direct(tx, desk, person.id, said)
    for channel in channels or ([] if any(told) else [desk.incidents_channel]):
        await messages.queue(tx, kind=Kind.SLACK, about=About.NOTE, to=channel, body={"phrase": said.to_json()})
