"""A level that reaches nobody, or too few: the next one is due now; at the very end it is everyone who may help."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.escalation import LAST_RESORT, level_named
from bot.incident import Incident, Status
from bot.lifecycle import speaking
from bot.lifecycle.telling import Telling
from bot.message import Message
from bot.person import Person
from bot.phrase import Phrase
from bot.sla import Due, Point
from bot.store import audit, dues, escalations, incidents, jobs, pages
from bot.store.database import Tx
from bot.store.escalations import FiredLevel

SPENT: Final = 1000
"""Levels of pages from here on are of the last resort, beyond the rungs of the ladder."""
TRIED_AGAIN: Final = timedelta(minutes=5)


async def go_on(tx: Tx, desk: Desk, incident: Incident, position: int) -> None:
    """The next level is due now; with none left, everyone of the policy's fallback list is paged."""
    following = await escalations.bring_forward(tx, incident.number, incident.round, position)
    if following is not None:
        await jobs.enqueue(tx, [jobs.escalate_job(incident.number, incident.round, following[0], timedelta(0))])
    elif position >= SPENT:
        await all_unreachable(tx, desk, incident)
    else:
        await last_resort(tx, desk, incident)


async def last_resort(tx: Tx, desk: Desk, incident: Incident) -> None:
    """Page the fallback list; where there is none, and nothing has reached anybody yet, everyone of the ladder again.
    These pages are of a level of their own, each time another one.
    """
    policy = await incidents.policy(tx, incident.number)
    telling = await Telling.begin(tx, desk)
    reachable = await able_of(telling, incident, policy.fallback)
    if not reachable and await pages.nobody_reached(tx, incident.number, incident.round):
        everyone = [target for each in policy.levels_for(incident.priority) for target in each.targets]
        reachable = await able_of(telling, incident, everyone)
    level = SPENT + await pages.levels_from(tx, incident.number, incident.round, SPENT)
    last = FiredLevel(incident.number, incident.round, level, LAST_RESORT, policy.fallback, telling.now, timedelta(0))
    for person in reachable:
        await telling.page(incident, last, person)
    said = (
        Phrase(
            "Nobody left on the ladder: {names} paged as a last resort",
            {"names": ", ".join(p.name for p in reachable)},
        )
        if reachable
        else Phrase("Nobody left on the ladder and no fallback is configured: somebody please take this one")
    )
    telling.entries.append(Entry(DESK, "ladder.exhausted", incident.number, why=said))
    telling.note(incident, said)
    await telling.write()


async def able_of(telling: Telling, incident: Incident, targets: Sequence[str]) -> list[Person]:
    """Those of them who have any way at all."""
    people, _ = await telling.whom(targets)
    return [person for person in people if telling.desk.methods(person, incident.priority)]


async def all_unreachable(tx: Tx, desk: Desk, incident: Incident) -> None:
    """Not even the last ones: said once, and tried again in a while, until somebody takes it."""
    if not await dues.has_fired(tx, incident.number, Due.LAST_RESORT, incident.round):
        said = Phrase("Nobody can be reached by anything, not even as a last resort: trying again every few minutes")
        await audit.write(tx, Entry(DESK, "ladder.unreachable", incident.number, why=said))
        await speaking.note(tx, desk, incident, said)
    again = Point(Due.LAST_RESORT, await incidents.now(tx) + TRIED_AGAIN)
    await dues.plan(tx, incident.number, incident.round, [again])


async def may_be_dead(tx: Tx, desk: Desk, page: Message) -> None:
    """A page reached nobody by any channel. If it was the level's last hope, the next level is due now.

    The incident is held before we look: of two last pages that fail at the same moment each would otherwise see the
    other one as still under way, and nobody would go on.
    """
    if page.incident is None:
        return
    incident = await incidents.lock(tx, page.incident)
    if incident is None:
        return
    if not await pages.level_is_dead(tx, page):
        if await is_short(tx, incident, page):
            await too_few(tx, desk, incident, page.level, page.level_name)
        return
    if page.level >= speaking.ASKED:
        person = desk.people.get(page.person or "")
        said = Phrase("{name} could not be reached by anything", {"name": person.name if person else page.person or ""})
        await audit.write(tx, Entry(DESK, "page.failed", page.incident, on=page.person or "", why=said))
        await speaking.note(tx, desk, incident, said)
    elif incident.status is Status.TRIGGERED and incident.round == page.round:
        said = Phrase("{level}: nobody could be reached, going on at once", {"level": level_named(page.level_name)})
        await audit.write(tx, Entry(DESK, "level.dead", page.incident, on=page.level_name, why=said))
        await speaking.note(tx, desk, incident, said)
        await go_on(tx, desk, incident, page.level)


async def is_short(tx: Tx, incident: Incident, page: Message) -> bool:
    """Whether this level wants more people than its pages still may reach, and is the last that was told."""
    last = await escalations.last_fired(tx, incident.number, incident.round)
    if last is None or (incident.round, last["position"]) != (page.round, page.level):
        return False
    reached = {*await pages.people_of_level(tx, page), *incident.on_it}
    return incident.status is Status.TRIGGERED and len(reached) < last["acknowledgements"]


async def too_few(tx: Tx, desk: Desk, incident: Incident, position: int, name: str) -> None:
    """As many as this level asks for cannot come: the next one is due now."""
    said = Phrase("{level}: too few people can be reached, going on at once", {"level": level_named(name)})
    await audit.write(tx, Entry(DESK, "level.short", incident.number, on=name, why=said))
    await speaking.note(tx, desk, incident, said)
    await go_on(tx, desk, incident, position)
