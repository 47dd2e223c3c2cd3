"""Who is on call now and later, and who replaces whom: as the doors use it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.access import may_respond, why_not_plan
from bot.answers import Repeated
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.lifecycle import covers, feeds
from bot.lifecycle.hands import direct, named
from bot.message import Kind
from bot.oncall import Feed, Gap, Lineup, Override, Row, Schedule, Weeks
from bot.person import Person
from bot.phrase import Phrase, Value
from bot.simulation import Case, Simulation, simulate, span
from bot.store import addresses, audit, deliveries, incidents, oncall, personal, silences
from bot.store.database import Database, Tx
from bot.store.oncall import Request

LONGEST: Final = timedelta(days=60)
FARTHEST: Final = timedelta(days=366)
AHEAD: Final = timedelta(days=400)  # as far as anything looks
GAPS_WITHIN: Final = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts_at` until before `ends_at`."""

    starts_at: datetime
    ends_at: datetime


class Rota:
    """Every method is one transaction; raises `store.database.Unavailable` when it cannot be committed."""

    def __init__(self, db: Database, desk: Desk, public_url: str | None = None) -> None:
        self.db = db
        self.desk = desk
        self.public_url = public_url

    # Looking ------------------------------------------------------------------------------------------------------

    async def lineup(self) -> Lineup:
        """Every schedule, now and next."""
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
            booked = await oncall.between(tx, now, now + AHEAD)
            troubles = await _troubles(tx, self.desk)
        rows = (
            Row(schedule, *schedule.now_and_next(now, booked), tuple(troubles.get(schedule.name, ())))
            for schedule in self.desk.schedules.values()
        )
        return Lineup(now, tuple(rows))

    async def weeks(self, schedule: Schedule, length: timedelta = timedelta(weeks=2)) -> Weeks:
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
            booked = await oncall.between(tx, now, now + length)
            troubles = await _troubles(tx, self.desk)
        overrides = [each for each in booked if isinstance(each, Override) and each.schedule == schedule.name]
        shifts = schedule.shifts(now, now + length, booked)
        trouble = tuple(troubles.get(schedule.name, ()))
        return Weeks(now, schedule, tuple(shifts), tuple(sorted(overrides, key=lambda o: o.starts_at)), trouble)

    async def overrides(self) -> list[Override]:
        async with self.db.transaction() as tx:
            return await oncall.coming(tx)

    async def gaps(self, within: timedelta = GAPS_WITHIN) -> list[Gap]:
        """When nobody would be on call, soonest first."""
        async with self.db.transaction() as tx:
            return await gaps(tx, self.desk, within)

    async def simulate(self, case: Case) -> Simulation:
        """Who would be told of it, by the overrides and silences that are known now."""
        async with self.db.transaction() as tx:
            booked = await oncall.between(tx, case.at, case.at + span(self.desk, case) + timedelta(seconds=1))
            quiet = await silences.open_ones(tx)
            windows = (*self.desk.windows, *await silences.windows(tx))
            own = await personal.everybody(tx)
        return simulate(self.desk, case, booked, quiet, windows, own)

    # Overrides ----------------------------------------------------------------------------------------------------

    async def override(self, schedule: Schedule, person: Person, span: Span, by: Actor) -> Override | Repeated:
        """`person` is on call instead of whoever would be. Raises UserError when that cannot be."""
        self._allow(schedule, by)
        if not any(person.address(kind) for kind in Kind):
            raise UserError(Phrase("{name} cannot be reached by any means.", {"name": person.name}))
        if not may_respond(self.desk.people, self.desk.teams, person.id):
            raise UserError(Phrase("{name} follows incidents but does not handle them.", {"name": person.name}))
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            span = checked(span, await incidents.now(tx))
            booked = await oncall.between(tx, span.starts_at, span.ends_at)
            replaced = {who for each in schedule.shifts(span.starts_at, span.ends_at, booked) for who in each.people}
            made = await oncall.insert(
                tx, Override(schedule.name, person.id, span.starts_at, span.ends_at, by=by.id)
            )  # fmt: skip
            values: dict[str, Value | Phrase] = {
                "name": person.name, "schedule": schedule.name, "since": made.starts_at, "until": made.ends_at,
                "by": by.name,
            }  # fmt: skip
            said = Phrase("{name} on call for {schedule}: {since} → {until}", values)
            await audit.write(tx, Entry(by, "oncall.overridden", on=str(made.id), why=said))
            if person.id != by.id:
                yours = Phrase("{by} put you on call for {schedule}: {since} → {until}.", values)
                await direct(tx, self.desk, person.id, yours)
            for other in sorted(replaced - {person.id, by.id}):
                theirs = Phrase("{name} replaces you for {schedule}: {since} → {until} (asked by {by}).", values)
                await direct(tx, self.desk, other, theirs)
            return made

    async def end_override(self, number: int, by: Actor) -> Override | Repeated:
        """Whoever the rotation names is on call again. Raises UserError when there is none."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            found = await oncall.get(tx, number)
            if found is None:
                raise UserError(
                    Phrase(
                        "There is no override {id} now. See them: `/ecotrajet oncall override list`.", {"id": number}
                    )
                )
            if found.schedule in self.desk.schedules:
                self._allow(self.desk.schedules[found.schedule], by)
            await oncall.end(tx, found)
            values: dict[str, Value | Phrase] = {
                "name": named(self.desk, found.person), "schedule": found.schedule, "by": by.name,
                "since": found.starts_at, "until": found.ends_at,
            }  # fmt: skip
            said = Phrase("Override of {schedule} by {name} ended: {since} → {until}", values)
            await audit.write(tx, Entry(by, "oncall.override_ended", on=str(number), why=said))
            if found.person != by.id:
                told = Phrase("{by} ended your replacement for {schedule}: {since} → {until}.", values)
                await direct(tx, self.desk, found.person, told)
            return found

    # Requests -----------------------------------------------------------------------------------------------------

    async def ask_cover(self, schedule: Schedule, span: Span, by: Actor) -> Request | Repeated:
        """Ask the others of the rotation to stand in; the first who taps does. Raises UserError."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            span = checked(span, await incidents.now(tx))
            return await covers.ask_cover(tx, self.desk, schedule, (span.starts_at, span.ends_at), by)

    async def ask_swap(
        self, schedule: Schedule, other: Person, mine: Span, theirs: Span, by: Actor
    ) -> Request | Repeated:
        """Offer `mine` to `other` for `theirs`. Raises UserError."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            now = await incidents.now(tx)
            mine, theirs = checked(mine, now), checked(theirs, now)
            spans = (mine.starts_at, mine.ends_at), (theirs.starts_at, theirs.ends_at)
            return await covers.ask_swap(tx, self.desk, schedule, other, *spans, by)

    async def accept(self, number: int, by: Actor) -> Request | Repeated:
        """Take over what was asked. Raises UserError: somebody was first, it is over, it was not asked of them."""
        async with self.db.transaction() as tx:
            return await covers.accept(tx, self.desk, number, by) if await deliveries.first_time(tx, by) else Repeated()

    async def withdraw(self, number: int, by: Actor) -> Request | Repeated:
        """Never mind. Raises UserError."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await covers.withdraw(tx, self.desk, number, by)

    # Calendars ----------------------------------------------------------------------------------------------------

    async def feed_address(self, person: str, *, renew: bool = False) -> str:
        """The private address of their calendar. Raises UserError when the desk has no public address."""
        if self.public_url is None:
            raise UserError(Phrase("The desk has no public address: an administrator sets ECOTRAJET_PUBLIC_URL."))
        async with self.db.transaction() as tx:
            if renew:
                await addresses.renew_feed(tx, person)
            secret = await feeds.secret_of(tx, person)
        return f"{self.public_url.rstrip('/')}/oncall/{secret}.ics"

    async def feed(self, secret: str, schedule: str | None) -> Feed | None:
        """What stands behind an address; None: nothing."""
        async with self.db.transaction() as tx:
            return await feeds.feed(tx, self.desk, secret, schedule)

    def _allow(self, schedule: Schedule, by: Actor) -> None:
        missing = why_not_plan(self.desk.people, self.desk.teams, by.id, schedule.members())
        if missing is not None:
            raise UserError(missing)


def checked(span: Span, now: datetime) -> Span:
    """From now on, if it has begun. Raises UserError when it is over, too long or too far."""
    if span.ends_at <= now:
        raise UserError(Phrase("That is over already: it would end at {at}.", {"at": span.ends_at}))
    if span.ends_at - span.starts_at > LONGEST:
        length = span.ends_at - span.starts_at
        raise UserError(Phrase("{length} is too long: {most} at most.", {"length": length, "most": LONGEST}))
    if span.starts_at - now > FARTHEST:
        raise UserError(Phrase("That is more than a year ahead."))
    return Span(max(span.starts_at, now), span.ends_at)


async def gaps(tx: Tx, desk: Desk, within: timedelta) -> list[Gap]:
    now = await incidents.now(tx)
    booked = await oncall.between(tx, now, now + within)
    found = [
        Gap(schedule.name, gap.starts_at, gap.ends_at)
        for schedule in desk.schedules.values()
        for gap in schedule.gaps(now, now + within, booked)
    ]
    return sorted(found, key=lambda gap: gap.starts_at)


async def _troubles(tx: Tx, desk: Desk) -> dict[str, list[Phrase]]:
    found: dict[str, list[Phrase]] = {}
    for row in await oncall.calendar_troubles(tx):
        told = found.setdefault(row["schedule"], [])
        if row["why"]:
            told.append(Phrase.from_json(row["why"]))
        if row["strangers"]:
            names = ", ".join(str(each) for each in row["strangers"][:3])
            told.append(Phrase("Its calendar names nobody I know here: {names}", {"names": names}))
    grouped = [schedule.name for schedule in desk.schedules.values() if schedule.group]
    for name, why in (await oncall.group_troubles(tx, grouped)).items():
        found.setdefault(name, []).append(why)
    return found
