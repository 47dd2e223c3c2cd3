"""The resolution clock (guide §5.1): said at half and at four fifths of its time; when it is over, the next level."""

from collections.abc import Sequence
from datetime import timedelta

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.escalation import level_named
from bot.incident import RESOLVE_WITHIN, Incident, Status
from bot.lifecycle import digest, speaking, unreached
from bot.lifecycle.telling import Telling
from bot.phrase import Phrase, Value
from bot.sla import LATELY, Due
from bot.store import audit, escalations, incidents, jobs, pages
from bot.store.database import Tx


async def remind(tx: Tx, desk: Desk, incident: Incident, due: Due) -> None:
    """In the thread, to the owner, and to the managers who were told of it."""
    now = await incidents.now(tx)
    left = max(incident.resolve_by - now, timedelta(0))
    facts: dict[str, Value | Phrase] = {"number": incident.number, "left": left, "at": incident.resolve_by}
    said = Phrase("⏱️ #{number}: {left} left, to be resolved by {at}", facts)
    if due is Due.HALF:
        said = Phrase("⏱️ #{number}: half of the time is over, to be resolved by {at}", facts)
    await audit.write(tx, Entry(DESK, "clock.reminded", incident.number, on=due.value, why=said))
    await speaking.note(tx, desk, incident, said)
    await speaking.card(tx, incident, desk.incidents_channel)
    for person in incident.on_it:
        await speaking.tell(tx, desk, incident, person, said)
    await tell_managers(tx, desk, incident)


async def breach(tx: Tx, desk: Desk, incident: Incident) -> None:
    """The time is over: the next level is told, also when somebody is on it; they go on being on it."""
    waiting = incident.status is Status.TRIGGERED
    level = await next_level(tx, incident) if waiting else await told_beside(tx, desk, incident)
    facts: dict[str, Value | Phrase] = {"number": incident.number, "length": RESOLVE_WITHIN[incident.priority]}
    said = Phrase("⏰ #{number} is not resolved after {length}; nobody is left to be told", facts)
    if level is not None:
        facts = {**facts, "level": level_named(level)}
        said = Phrase("⏰ #{number} is not resolved after {length}: {level} is told", facts)
    await audit.write(tx, Entry(DESK, "clock.breached", incident.number, why=said))
    await speaking.note(tx, desk, incident, said)
    await speaking.card(tx, incident, desk.incidents_channel)
    await tell_managers(tx, desk, incident)


async def next_level(tx: Tx, incident: Incident) -> str | None:
    """The ladder's next level is due now; the one that is being told at this moment is enough."""
    if (told := await escalations.being_told(tx, incident.number, incident.round, LATELY)) is not None:
        return told
    following = await escalations.bring_forward(tx, incident.number, incident.round, -1)
    if following is None:
        return None
    await jobs.enqueue(tx, [jobs.escalate_job(incident.number, incident.round, following[0], timedelta(0))])
    return following[1]


async def told_beside(tx: Tx, desk: Desk, incident: Incident) -> str | None:
    """Somebody is on it and stays so; the next level with anybody else to reach is asked to help."""
    telling = await Telling.begin(tx, desk)
    while (level := await escalations.take_stopped(tx, incident.number, incident.round)) is not None:
        if await asked_to_help(telling, incident, level.targets, level.name):
            return level.name
        why = Phrase("{level}: nobody else can be reached, going on at once", {"level": level_named(level.name)})
        await escalations.skipped(tx, level, why)
        await audit.write(tx, Entry(DESK, "level.skipped", incident.number, on=level.name, why=why))
    return None


async def asked_to_help(telling: Telling, incident: Incident, targets: Sequence[str], level: str) -> bool:
    """Everybody of these who is not on it; False: there is nobody."""
    others = [each for each in await unreached.able_of(telling, incident, targets) if each.id not in incident.on_it]
    for person in others:
        because = Phrase("The time to resolve it is over")
        await speaking.ask(telling.tx, telling.desk, incident, person, DESK.id, because, level_name=level)
    return bool(others)


async def tell_managers(tx: Tx, desk: Desk, incident: Incident) -> None:
    """The next update that their page promised; those who get digests find it in the next one."""
    if await digest.changed(tx, desk, incident):
        return
    for person in await pages.people(tx, incident.number):
        if desk.is_manager(person):
            await speaking.update(tx, desk, incident, person)
