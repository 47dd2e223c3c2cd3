"""An incident is part of a larger one, and goes on by itself: its own people, its own ladder, its own end."""

from dataclasses import dataclass

from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.incident import Incident
from bot.lifecycle import speaking
from bot.phrase import Phrase, Value
from bot.store import audit, incidents, parents
from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class Linked:
    """`parent` None: it is part of none any more."""

    incident: Incident
    parent: int | None


async def link(tx: Tx, desk: Desk, number: int, parent: int, by: Actor) -> Linked:
    """Raises UserError where there is no such incident, and for a circle."""
    if number == parent:
        raise UserError(Phrase("#{number} and #{number} are the same incident.", {"number": number}))
    locked = {each: await _known(tx, each) for each in sorted((number, parent))}
    if number in await parents.above(tx, parent):
        raise UserError(
            Phrase("#{parent} is itself part of #{number}: not both.", {"number": number, "parent": parent})
        )
    if await parents.put(tx, number, parent, by.id):
        facts: dict[str, Value | Phrase] = {"number": number, "parent": parent, "name": by.name}
        await _told(tx, desk, locked[number], Phrase("Part of #{parent} from now on ({name})", facts), by)
        await _told(tx, desk, locked[parent], Phrase("#{number} is part of this one from now on ({name})", facts), by)
    return Linked(locked[number], parent)


async def unlink(tx: Tx, desk: Desk, number: int, by: Actor) -> Linked:
    """Raises UserError where it is part of none."""
    incident = await _known(tx, number)
    parent = await parents.drop(tx, number)
    if parent is None:
        raise UserError(Phrase("#{number} is part of no other incident.", {"number": number}))
    facts: dict[str, Value | Phrase] = {"number": number, "parent": parent, "name": by.name}
    await _told(tx, desk, incident, Phrase("No part of #{parent} any more ({name})", facts), by)
    whole = await incidents.get(tx, parent)
    if whole is not None:
        await _told(tx, desk, whole, Phrase("#{number} is no part of this one any more ({name})", facts), by)
    return Linked(incident, None)


async def whole_is_over(tx: Tx, desk: Desk, whole: Incident, by: Actor) -> None:
    """Whoever is on what was part of it is asked whether that is over, too."""
    for number in await parents.open_below(tx, whole.number):
        part = await incidents.get(tx, number)
        if part is not None:
            facts: dict[str, Value | Phrase] = {"parent": whole.number, "name": by.name}
            said = Phrase("#{parent}, of which this is part, was resolved by {name}. Is this one over, too?", facts)
            await speaking.note(tx, desk, part, said)
            for person in part.on_it:
                await speaking.tell(
                    tx, desk, part, person, Phrase("#{number}: {said}", {"number": number, "said": said})
                )


async def _told(tx: Tx, desk: Desk, incident: Incident, said: Phrase, by: Actor) -> None:
    await audit.write(tx, Entry(by, "incident.linked", incident.number, why=said))
    await speaking.note(tx, desk, incident, said)
    await speaking.card(tx, incident, desk.incidents_channel)


async def _known(tx: Tx, number: int) -> Incident:
    """Locked. Raises UserError."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        raise UserError(Phrase("There is no incident #{number}.", {"number": number}))
    return incident
