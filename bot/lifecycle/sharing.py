"""Incidents that a level wants several people on: who has taken it, who is missing, and whose sign ran out."""

from collections.abc import Sequence
from datetime import datetime

from bot.answers import AlreadyResolved, GiveBackAnswer, GivenBack, NoSuchIncident, NotOnIt, Shared
from bot.audit import DESK, Actor, Entry
from bot.desk import Desk
from bot.escalation import LAST_RESORT, level_named
from bot.incident import Incident, Status
from bot.lifecycle import deadlines, ladder, speaking, telling, unreached
from bot.phrase import Phrase, Value
from bot.sla import OF_ACK
from bot.store import audit, dues, escalations, incidents, pages, responders
from bot.store.database import Tx
from bot.taking import Asking, Share, Taker, counted, missing, signed


async def asking(tx: Tx, desk: Desk, incident: Incident) -> list[Asking]:
    """The levels that were told in this round, the first to come when none was. Whoever was called by name counts."""
    called = frozenset(row["person"] for row in await responders.of_incident(tx, incident.number))
    found = []
    for row in await escalations.waiting_for_people(tx, incident.number, incident.round):
        people, _ = await telling.whom(tx, desk, row["targets"], row["at"])
        found.append(Asking(row["name"], row["acknowledgements"], frozenset(each.id for each in people) | called))
    if await pages.levels_from(tx, incident.number, incident.round, unreached.SPENT):
        found.append(Asking(LAST_RESORT, 1, frozenset()))
    return found


async def take(tx: Tx, desk: Desk, incident: Incident, by: Actor, instead_of: str) -> Incident | Shared:
    """Open still, and `by` takes it: they are enough (the incident, not moved yet), or more are wanted."""
    wanted = await asking(tx, desk, incident)
    if not incident.takers and all(each.wanted <= 1 for each in wanted):
        return incident
    now = await incidents.now(tx)
    takers = signed(incident.takers, by.id, now, instead_of)
    new = by.id not in incident.on_it
    share = missing(wanted, [each.person for each in takers], newcomer=new)
    if share is None:
        return await incidents.taken_by(tx, incident.number, takers, len(takers))
    kept = await incidents.taken_by(tx, incident.number, counted(takers, wanted, share.level), share.wanted)
    await deadlines.plan_expiry(tx, kept)
    await said(tx, desk, kept, by, share, new=new)
    return Shared(kept, share.level, share.have, share.wanted)


async def said(tx: Tx, desk: Desk, incident: Incident, by: Actor, share: Share, *, new: bool) -> None:
    facts: dict[str, Value | Phrase] = {
        "name": by.name, "have": share.have, "wanted": share.wanted, "level": level_named(share.level),
    }  # fmt: skip
    told = Phrase("{name} is on it. {level}: {have} of {wanted} have taken it, the ladder goes on", facts)
    did = "incident.shared" if new else "incident.still_on_it"
    await audit.write(tx, Entry(by, did, incident.number, on=share.level, why=told))
    await speaking.brought_up_to_date(tx, desk, incident)
    if new:
        await speaking.note(tx, desk, incident, told)


async def expire(tx: Tx, desk: Desk, incident: Incident) -> None:
    """Whoever gave no sign in time is not counted any more; with too few left, the level reached is paged again."""
    now = await incidents.now(tx)
    lasts = (await incidents.policy(tx, incident.number)).ack_lasts(incident.priority)
    awake = tuple(each for each in incident.takers if lasts is None or each.sign_at + lasts > now)
    silent = [each for each in incident.takers if each not in awake]
    facts: dict[str, Value | Phrase] = {"names": named(desk, silent), "others": named(desk, awake)}
    if await are_enough(tx, desk, incident, awake):
        why = Phrase("No sign of {names}; still on it: {others}", facts)
        await goes_on(tx, desk, incident, awake, Entry(DESK, "ack.expired", incident.number, on=ids(silent), why=why))
        return
    why = Phrase("No sign of {names}, who had taken it: the same people are paged again", facts)
    await again(tx, desk, incident, awake, Entry(DESK, "ack.expired", incident.number, on=ids(silent), why=why))


async def are_enough(tx: Tx, desk: Desk, incident: Incident, takers: Sequence[Taker]) -> bool:
    """Whether a taken incident stays so with these alone."""
    people = [each.person for each in takers]
    if incident.status is not Status.ACKNOWLEDGED or not people:
        return False
    return missing(await asking(tx, desk, incident), people, newcomer=True) is None


async def goes_on(tx: Tx, desk: Desk, incident: Incident, left: Sequence[Taker], line: Entry) -> None:
    """Those who are left are enough; `line` is written and said."""
    if incident.acknowledged_by not in {each.person for each in left}:
        await incidents.hand_over(tx, incident.number, left[0].person)
    kept = await incidents.taken_by(tx, incident.number, left, len(left))
    await deadlines.plan_expiry(tx, kept)
    await audit.write(tx, line)
    await speaking.brought_up_to_date(tx, desk, kept)
    if line.why is not None:
        await speaking.note(tx, desk, kept, line.why)


async def again(tx: Tx, desk: Desk, incident: Incident, left: Sequence[Taker], line: Entry) -> None:
    """Too few are left: the level reached is told again, in a new round; `line` is written and said."""
    number, wanted = incident.number, incident.takers_wanted
    await dues.stop(tx, number, OF_ACK)
    if incident.status is Status.ACKNOWLEDGED:
        await incidents.move(tx, number, Status.TRIGGERED, line.by.id)
    else:
        await incidents.another_round(tx, number)
        await escalations.stop(tx, number)
    kept = await incidents.taken_by(tx, number, left, wanted)
    await audit.write(tx, line)
    await ladder.start_again(tx, kept)
    if left:
        await deadlines.plan_expiry(tx, kept)
    await speaking.brought_up_to_date(tx, desk, kept)
    if line.why is not None:
        await speaking.note(tx, desk, kept, line.why)


async def give_back(tx: Tx, desk: Desk, number: int, by: Actor) -> GiveBackAnswer:
    """They are not on it any more. Whoever is told in their place, it is not them."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        by_whom = desk.people.get(incident.resolved_by or "")
        ended = incident.resolved_at or incident.changed_at
        return AlreadyResolved(incident, by_whom.name if by_whom else incident.resolved_by or "?", ended)
    if by.id not in incident.on_it:
        return NotOnIt(incident)
    left = tuple(each for each in incident.takers if each.person != by.id)
    gave = Entry(by, ladder.GAVE_BACK, number, why=Phrase("{name} gave it back", {"name": by.name}))
    if incident.status is Status.TRIGGERED:  # the ladder goes on as it is
        await shrink(tx, desk, incident, left, gave)
    elif await are_enough(tx, desk, incident, left):
        await goes_on(tx, desk, incident, left, gave)
    else:
        await again(tx, desk, incident, left, gave)
    return GivenBack(incident, named(desk, left))


async def shrink(tx: Tx, desk: Desk, incident: Incident, left: Sequence[Taker], line: Entry) -> None:
    """One less of those who had taken it while more were wanted anyhow."""
    kept = await incidents.taken_by(tx, incident.number, left, incident.takers_wanted)
    await dues.stop(tx, incident.number, OF_ACK)
    if left:
        await deadlines.plan_expiry(tx, kept)
    await audit.write(tx, line)
    await speaking.brought_up_to_date(tx, desk, kept)
    if line.why is not None:
        await speaking.note(tx, desk, kept, line.why)


async def sign(tx: Tx, incident: Incident, person: str, now: datetime) -> Incident:
    """One of several says that they are still on it."""
    if not any(each.person == person for each in incident.takers):
        return incident
    takers = signed(incident.takers, person, now)
    return await incidents.taken_by(tx, incident.number, takers, incident.takers_wanted)


def named(desk: Desk, takers: Sequence[Taker]) -> str:
    known = [desk.people.get(each.person) for each in takers]
    return ", ".join(person.name if person else each.person for person, each in zip(known, takers, strict=True))


def ids(takers: Sequence[Taker]) -> str:
    return ",".join(each.person for each in takers)
