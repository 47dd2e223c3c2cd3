"""Taking, giving and leaving a role, in the transaction of its audit line and of the list that goes with it."""

from dataclasses import dataclass

from bot import role as words
from bot.access import why_not_respond
from bot.answers import AlreadyResolved, NoSuchIncident, Repeated
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.incident import Incident, Status
from bot.lifecycle import speaking
from bot.lifecycle.hands import direct
from bot.lifecycle.responding import name, over
from bot.person import Person
from bot.phrase import Phrase, Value
from bot.role import Role
from bot.store import audit, incidents, roles
from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """`before`: the name of whoever had it; None: nobody."""

    incident: Incident
    role: Role
    person: Person
    before: str | None


@dataclass(frozen=True, slots=True)
class RoleKept:
    """They have it already."""

    incident: Incident
    role: Role
    person: Person


@dataclass(frozen=True, slots=True)
class RoleLeft:
    """Nobody has it now. `before` None: nobody had it."""

    incident: Incident
    role: Role
    before: str | None


RoleAnswer = RoleGiven | RoleKept | RoleLeft | AlreadyResolved | NoSuchIncident | Repeated


async def give(tx: Tx, desk: Desk, number: int, role: Role, to: Person, by: Actor) -> RoleAnswer:
    """To oneself or to another, whoever has it now. Raises UserError for somebody who only follows."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return over(desk, incident)
    if why_not_respond(desk.people, desk.teams, to.id) is not None:
        raise UserError(Phrase("{name} follows incidents but does not handle them.", {"name": to.name}))
    held = await roles.holder(tx, number, role)
    if held == to.id:
        return RoleKept(incident, role, to)
    await roles.put(tx, number, role, to.id, by.id)
    before = name(desk, held) if held else None
    facts: dict[str, Value | Phrase] = {
        "name": to.name, "role": words.name(role), "before": before or "", "by": by.name,
        "sign": words.SIGNS[role],
    }  # fmt: skip
    said = Phrase("{sign} {role}: {name}", facts)
    if before is not None:
        said = Phrase("{sign} {role}: {name}, after {before}", facts)
    elif to.id != by.id:
        said = Phrase("{sign} {role}: {name}, asked by {by}", facts)
    await tell(tx, desk, incident, "role.given", said, by)
    await direct(tx, desk, to.id, words.checklist(role, number))
    if held is not None and held != by.id:
        theirs = Phrase("{name} has taken over from you on #{number}: {role}", {**facts, "number": number})
        await direct(tx, desk, held, theirs)
    return RoleGiven(incident, role, to, before)


async def leave(tx: Tx, desk: Desk, number: int, role: Role, by: Actor) -> RoleAnswer:
    """Whoever has it, nobody has it now."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    held = await roles.holder(tx, number, role)
    if held is None:
        return RoleLeft(incident, role, None)
    await roles.leave(tx, number, role)
    facts: dict[str, Value | Phrase] = {
        "sign": words.SIGNS[role], "role": words.name(role), "before": name(desk, held)
    }  # fmt: skip
    await tell(tx, desk, incident, "role.left", Phrase("{sign} {role}: nobody now, after {before}", facts), by)
    return RoleLeft(incident, role, name(desk, held))


async def tell(tx: Tx, desk: Desk, incident: Incident, did: str, said: Phrase, by: Actor) -> None:
    await audit.write(tx, Entry(by, did, incident.number, why=said))
    await speaking.card(tx, incident, desk.incidents_channel)
    await speaking.note(tx, desk, incident, said)
