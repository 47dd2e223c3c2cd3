"""Hand-offs are told once, to both and in the channel, by whichever replica sees them first; so are gaps ahead."""

from datetime import timedelta
from typing import Final

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.incident import Incident
from bot.lifecycle.hands import all_named, direct
from bot.lifecycle.quiet import announce
from bot.lifecycle.rota import AHEAD, GAPS_WITHIN, gaps
from bot.oncall import Schedule
from bot.phrase import Phrase, Value
from bot.store import audit, incidents, oncall
from bot.store.database import Database, Tx

LOOK_AFTER: Final = timedelta(days=1)  # a change further away is found on the way
SHOWN: Final = 5  # incidents, gaps


class HandOffs:
    """`round` is a chore of the watch; raises Unavailable."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db = db
        self.desk = desk
        self.started = False

    async def round(self) -> None:
        async with self.db.transaction() as tx:
            if not self.started:  # the configuration may have changed
                await oncall.forget(tx, list(self.desk.schedules))
                for name in self.desk.schedules:
                    await oncall.look_again(tx, name)
            due = await oncall.to_look_at(tx, list(self.desk.schedules))
        self.started = True
        for name in due:
            async with self.db.transaction() as tx:
                await look(tx, self.desk, self.desk.schedules[name])

    async def announce_gaps(self) -> None:
        """When nobody would be on call within four weeks: said in the incidents channel; nothing when all is well."""
        async with self.db.transaction() as tx:
            found = await gaps(tx, self.desk, GAPS_WITHIN)
            if not found:
                return
            for gap in found[:SHOWN]:
                said = Phrase(
                    "⚠️ Nobody is on call for {schedule}: {since} → {until}. To fill it: `/ecotrajet oncall override`.",
                    {"schedule": gap.schedule, "since": gap.starts_at, "until": gap.ends_at},
                )
                await announce(tx, self.desk, said)
            if len(found) > SHOWN:
                more = {"count": len(found) - SHOWN}
                await announce(tx, self.desk, Phrase("… and {count} more gaps: `/ecotrajet oncall gaps`", more))


async def look(tx: Tx, desk: Desk, schedule: Schedule) -> None:
    """Has somebody else come on call since we last looked? Then say so; the row's lock makes that once."""
    await oncall.hold(tx, schedule.name)  # first: what is booked from now on makes somebody look again
    now = await incidents.now(tx)
    booked = await oncall.between(tx, now, now + AHEAD)
    people = schedule.on_call(now, booked)
    before = await oncall.last_seen(tx, schedule.name, people, now)
    shift, following = schedule.now_and_next(now, booked)
    ahead = schedule.shifts(now, now + LOOK_AFTER, booked)
    look_at = min([ahead[0].ends_at, *(each.starts_at for each in booked if each.starts_at > now)])
    await oncall.seen(tx, schedule.name, people, max(look_at, now + timedelta(milliseconds=1)))
    if people != before:
        until = Phrase("until {until}", {"until": shift.ends_at}) if following else Phrase("until further notice")
        await handed_off(tx, desk, schedule, before, shift.people, until)


async def handed_off(
    tx: Tx, desk: Desk, schedule: Schedule, before: tuple[str, ...], after: tuple[str, ...], until: Phrase
) -> None:
    work = open_work(await incidents.open_ones(tx))
    values: dict[str, Value | Phrase] = {
        "schedule": schedule.name, "until": until, "names": all_named(desk, after),
        "before": all_named(desk, before), "work": work,
    }  # fmt: skip
    said = Phrase("On call for {schedule}: {names} after {before}", values)
    await audit.write(tx, Entry(DESK, "oncall.handed_off", on=schedule.name, why=said))
    if not schedule.announces:
        return
    for person in after:
        if person not in before:
            yours = Phrase("You are on call for {schedule} from now on, {until}. {work}", values)
            await direct(tx, desk, person, yours)
    for person in before:
        if person not in after:
            over = Phrase("Your turn for {schedule} is over: {names} is on call now. Thank you! {work}", values)
            await direct(tx, desk, person, over)
    await announce(tx, desk, in_channel(values, bool(after)))


def in_channel(values: dict[str, Value | Phrase], somebody: bool) -> Phrase:
    if not somebody:
        return Phrase("⚠️ Nobody is on call for {schedule} from now on, {until}. {work}", values)
    return Phrase("🔁 On call for {schedule} from now on: {names}, {until}. {work}", values)


def open_work(found: list[Incident]) -> Phrase:
    """The open incidents, the worst first."""
    if not found:
        return Phrase("No open incident.")
    listed = " · ".join(f"#{each.number} {each.priority} {each.veiled().title[:80]}" for each in found[:SHOWN])
    if len(found) > SHOWN:
        return Phrase("Open incidents: {listed} (and {count} more)", {"listed": listed, "count": len(found) - SHOWN})
    return Phrase("Open incidents: {listed}", {"listed": listed})
