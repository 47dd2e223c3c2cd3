"""Being on it: taking, saying so again, handing over, asking others, leaving it for a while; and when that runs out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.answers import (
    AcknowledgeAnswer,
    Acknowledged,
    AlreadyAcknowledged,
    AlreadyResolved,
    AlsoOnIt,
    AskAnswer,
    Asked,
    NobodyToAsk,
    NoSuchIncident,
    Shared,
    SnoozeAnswer,
    Snoozed,
    StillOnIt,
    TookOver,
)
from bot.audit import DESK, Actor, Entry
from bot.desk import Desk
from bot.incident import Incident, Status
from bot.lifecycle import deadlines, following, ladder, sharing, speaking
from bot.person import Person
from bot.phrase import Phrase, Value
from bot.sla import LONGEST_SNOOZE, OF_ACK, Due, Point
from bot.store import audit, dues, escalations, incidents, responders
from bot.store.database import Tx
from bot.taking import signed


async def take(tx: Tx, desk: Desk, incident: Incident, by: Actor) -> Acknowledged | Shared | None:
    """From triggered to taken, as soon as they are as many as a level asks for; None when it is over."""
    if incident.status is Status.RESOLVED:
        return None
    asked = await responders.answered(tx, incident.number, by.id)
    instead_of = asked["asked_by"] if asked is not None and asked["takes_over"] else ""
    shared = await sharing.take(tx, desk, incident, by, instead_of)
    if isinstance(shared, Shared):
        return shared
    owner = shared.takers[0].person if shared.takers else by.id
    moved = await incidents.move(tx, incident.number, Status.ACKNOWLEDGED, owner)
    if moved is None:
        return None
    await escalations.stop(tx, incident.number)
    await deadlines.plan_expiry(tx, moved)
    if await dues.when(tx, incident.number, Due.NEWS) is None:
        await deadlines.plan_news(tx, desk, moved)
    why = Phrase("On it now: {names}", {"names": names(desk, moved)}) if len(moved.on_it) > 1 else None
    await audit.write(tx, Entry(by, "incident.acknowledged", incident.number, why=why))
    await speaking.brought_up_to_date(tx, desk, moved)
    return Acknowledged(moved)


async def take_aloud(tx: Tx, desk: Desk, incident: Incident, by: Actor) -> Acknowledged | Shared | None:
    """The same, and it is said in the thread."""
    taken = await take(tx, desk, incident, by)
    if isinstance(taken, Acknowledged):
        said = Phrase("{name} is on it", {"name": by.name})
        await speaking.note(tx, desk, taken.incident, said)
        await following.tell(tx, desk, taken.incident, said, by.id)
    return taken


async def again(tx: Tx, desk: Desk, incident: Incident, by: Actor) -> AcknowledgeAnswer:
    """An acknowledgement of what is taken: of somebody who was asked, of the owner who was asked again, or too late."""
    asked = await responders.answered(tx, incident.number, by.id)
    if asked is not None and asked["takes_over"] and by.id != incident.acknowledged_by:
        return await take_over(tx, desk, incident, by, asked["asked_by"])
    if asked is not None and by.id != incident.acknowledged_by:
        said = Phrase("{name} is on it too", {"name": by.name})
        await audit.write(tx, Entry(by, "incident.joined", incident.number, why=said))
        await speaking.brought_up_to_date(tx, desk, incident)
        await speaking.note(tx, desk, incident, said)
        return AlsoOnIt(incident, name(desk, incident.acknowledged_by))
    if by.id in incident.on_it and await was_asked_again(tx, incident):
        return await extend(tx, desk, incident, by)
    return already(desk, incident)


async def was_asked_again(tx: Tx, incident: Incident) -> bool:
    """Whether the owner was reminded and has not answered since."""
    reminded = await dues.last_fired(tx, incident.number, Due.ACK_REMINDER, incident.round)
    return reminded is not None and not await dues.when(tx, incident.number, Due.ACK_REMINDER)


async def still_on_it(tx: Tx, desk: Desk, number: int, by: Actor) -> AcknowledgeAnswer:
    """The owner's tap. A late one takes it again; somebody else's changes nothing."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return over(desk, incident)
    if incident.status is Status.TRIGGERED:
        return await take_aloud(tx, desk, incident, by) or over(desk, incident)
    if by.id not in incident.on_it:
        return already(desk, incident)
    return await extend(tx, desk, incident, by)


async def extend(tx: Tx, desk: Desk, incident: Incident, by: Actor) -> StillOnIt:
    incident = await sharing.sign(tx, incident, by.id, await incidents.now(tx))
    await deadlines.plan_expiry(tx, incident)
    said = Phrase("{name} is still on it", {"name": by.name})
    await audit.write(tx, Entry(by, "incident.still_on_it", incident.number, why=said))
    await speaking.brought_up_to_date(tx, desk, incident)
    await speaking.note(tx, desk, incident, said)
    return StillOnIt(incident, await dues.when(tx, incident.number, Due.ACK_EXPIRY))


async def remind(tx: Tx, desk: Desk, incident: Incident) -> None:
    """Before an acknowledgement runs out its owner is asked, with one tap to answer; of several, those still silent."""
    until = await dues.when(tx, incident.number, Due.ACK_EXPIRY)
    lasts = (await incidents.policy(tx, incident.number)).ack_lasts(incident.priority)
    if until is None or lasts is None:
        return
    silent = [each.person for each in incident.takers if each.sign_at + lasts <= until]
    people = silent if incident.takers else [incident.acknowledged_by or ""]
    facts: dict[str, Value | Phrase] = {"number": incident.number, "title": incident.title[:100], "at": until}
    said = Phrase("⏳ #{number} {title}: are you still on it? Without a sign the team is paged again at {at}.", facts)
    short = Phrase("#{number}: still on it? Reply “ack {number}”, or the team is paged again at {at}.", facts)
    for who in people:
        await speaking.remind(tx, desk, incident, who, said, short)
        asked = Phrase("{name} was asked: still on it?", {"name": name(desk, who)})
        await audit.write(tx, Entry(DESK, "ack.reminded", incident.number, on=who, why=asked))


async def expire(tx: Tx, desk: Desk, incident: Incident, *, snoozed: bool) -> None:
    """No sign of the owner, or the pause is over: the level reached is paged again, then the ladder goes on."""
    if incident.takers and not snoozed:
        await sharing.expire(tx, desk, incident)
        return
    who: dict[str, Value | Phrase] = {"name": name(desk, incident.acknowledged_by), "at": at(incident.acknowledged_at)}
    said = Phrase("No sign of {name}, who took it at {at}: the same people are paged again", who)
    if snoozed:
        said = Phrase("The pause is over, and it is not resolved: paged again", who)
    moved = await incidents.move(tx, incident.number, Status.TRIGGERED, DESK.id)
    if moved is None:
        return
    did = "snooze.over" if snoozed else "ack.expired"
    await audit.write(tx, Entry(DESK, did, incident.number, on=incident.acknowledged_by or "", why=said))
    await ladder.start_again(tx, moved)
    await speaking.brought_up_to_date(tx, desk, moved)
    await speaking.note(tx, desk, moved, said)


async def snooze(tx: Tx, desk: Desk, number: int, by: Actor, length: timedelta) -> SnoozeAnswer:
    """Nobody is paged for so long; then it comes back. Who leaves a triggered incident for later has taken it."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return over(desk, incident)
    if incident.status is Status.TRIGGERED:
        taken = await take(tx, desk, incident, by)
        if isinstance(taken, Shared):
            return taken  # the others are still wanted: one alone does not hush it
        incident = taken.incident if taken else incident
    until = await incidents.now(tx) + min(length, LONGEST_SNOOZE)
    await dues.stop(tx, number, OF_ACK)
    await dues.plan(tx, number, incident.round, [Point(Due.SNOOZE_OVER, until)])
    said = Phrase("💤 {name} leaves it until {at}", {"name": by.name, "at": until})
    await audit.write(tx, Entry(by, "incident.snoozed", number, why=said))
    await speaking.brought_up_to_date(tx, desk, incident)
    await speaking.note(tx, desk, incident, said)
    return Snoozed(incident, until)


async def assign(tx: Tx, desk: Desk, number: int, to: Person, by: Actor) -> AskAnswer:
    """It is theirs as soon as they answer their page: only a human act is an acknowledgement. To oneself: now."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return over(desk, incident)
    if to.id in incident.on_it and (incident.status is Status.ACKNOWLEDGED or to.id != by.id):
        since = next((each.at for each in incident.takers if each.person == to.id), incident.acknowledged_at)
        return AlreadyAcknowledged(incident, to.name, at(since))
    if to.id != by.id:
        return await ask(tx, desk, incident, [to], by, takes_over=True)
    if incident.status is Status.ACKNOWLEDGED:
        return await take_over(tx, desk, incident, by)
    return await take_aloud(tx, desk, incident, by) or over(desk, incident)


async def call(tx: Tx, desk: Desk, number: int, people: Sequence[Person], by: Actor, reason: str = "") -> AskAnswer:
    """More people, now, whoever is on it; they read the reason first."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return over(desk, incident)
    wanted = [person for person in people if person.id not in (by.id, *incident.on_it)]
    return await ask(tx, desk, incident, wanted, by, takes_over=False, reason=reason)


async def ask(
    tx: Tx, desk: Desk, incident: Incident, people: Sequence[Person], by: Actor, *, takes_over: bool,
    reason: str = "",
) -> AskAnswer:  # fmt: skip
    reachable = [person for person in people if desk.methods(person, incident.priority)]
    if not reachable:
        return NobodyToAsk(incident)
    because = Phrase("{name} asks for your help", {"name": by.name})
    if takes_over:
        because = Phrase("{name} hands it over to you", {"name": by.name})
    elif reason:
        because = Phrase("{name} asks for your help: {reason}", {"name": by.name, "reason": reason})
    for person in reachable:
        await speaking.ask(tx, desk, incident, person, by.id, because, takes_over=takes_over)
        if takes_over:
            await responders.hand_over_to_one(tx, incident.number, person.id)
    names = ", ".join(person.name for person in reachable)
    facts = {"name": by.name, "names": names}
    said = Phrase("{name} asks {names} to help: paged now", facts)
    if takes_over:
        said = Phrase("{name} hands it over to {names}: theirs as soon as they answer", facts)
    elif reason:
        said = Phrase("{name} asks {names} to help, paged now: {reason}", {**facts, "reason": reason})
    did = "incident.assigned" if takes_over else "incident.help_asked"
    await audit.write(tx, Entry(by, did, incident.number, on=",".join(each.id for each in reachable), why=said))
    await speaking.card(tx, incident, desk.incidents_channel)
    await speaking.note(tx, desk, incident, said)
    return Asked(incident, names, takes_over)


async def take_over(tx: Tx, desk: Desk, incident: Incident, by: Actor, of: str = "") -> TookOver:
    """`of`: whoever handed it over; of several, only their share becomes another's."""
    shares = of if any(each.person == of for each in incident.takers) else incident.acknowledged_by or ""
    before, moved = name(desk, shares), incident
    if incident.takers:
        takers = signed(incident.takers, by.id, await incidents.now(tx), shares)
        moved = await incidents.taken_by(tx, incident.number, takers, incident.takers_wanted)
    if shares == incident.acknowledged_by:
        moved = await incidents.hand_over(tx, incident.number, by.id)
    await deadlines.plan_expiry(tx, moved)
    said = Phrase("{name} takes over from {before}", {"name": by.name, "before": before})
    await audit.write(tx, Entry(by, "incident.handed_over", incident.number, why=said))
    await speaking.brought_up_to_date(tx, desk, moved)
    await speaking.note(tx, desk, moved, said)
    return TookOver(moved, before)


def already(desk: Desk, incident: Incident) -> AlreadyAcknowledged:
    return AlreadyAcknowledged(incident, names(desk, incident), at(incident.acknowledged_at))


def names(desk: Desk, incident: Incident) -> str:
    """Of everybody who is on it."""
    return ", ".join(name(desk, each) for each in incident.on_it)


def over(desk: Desk, incident: Incident) -> AlreadyResolved:
    return AlreadyResolved(incident, name(desk, incident.resolved_by), at(incident.resolved_at))


def name(desk: Desk, who: str | None) -> str:
    """The display name of a person's id; a source's own name; never an empty string."""
    if who is None:
        return "?"
    person = desk.people.get(who)
    return person.name if person else who.removeprefix("source:").removeprefix("slack:")


def at(moment: datetime | None) -> datetime:
    """For moments that the table of moves sets together with the status."""
    if moment is None:
        raise ValueError("a status without its time")
    return moment
