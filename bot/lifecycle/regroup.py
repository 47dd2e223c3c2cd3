"""What people put right about the gathering of alerts: two incidents are one, or one is two."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.audit import Actor, Entry
from bot.classification import Classification
from bot.desk import Desk
from bot.errors import UserError
from bot.incident import Incident, Status
from bot.lifecycle import ladder, moves, receive, responding, speaking, veil
from bot.lifecycle.hands import direct
from bot.phrase import Phrase, Value
from bot.role import name
from bot.store import audit, incidents, members, roles, subscriptions, tasks
from bot.store.database import Tx
from bot.store.incidents import Opening
from bot.subscription import Subject, What


@dataclass(frozen=True, slots=True)
class Merged:
    """`incident` has `count` alerts of `other` now, which is closed."""

    incident: Incident
    other: int
    count: int


@dataclass(frozen=True, slots=True)
class SplitOff:
    """`incident` is new and has `count` alerts that were part of `other`."""

    incident: Incident
    other: int
    count: int


async def merge(tx: Tx, desk: Desk, number: int, into: int, by: Actor) -> Merged:
    """What is left to do there, who has a role and who follows come with it.

    Raises UserError when one of them is not open, both are the same, or what is confidential would be told to all.
    """
    if number == into:
        raise UserError(Phrase("#{number} and #{number} are the same incident.", {"number": number}))
    # In order, so that two of these never wait for each other.
    locked = {each: await open_one(tx, each) for each in sorted((number, into))}
    goes, stays = locked[number], locked[into]
    await veiled_alike(tx, goes, stays, by)
    said = Phrase("Merged into #{into} by {name}", {"into": into, "name": by.name})
    why = Phrase("Gathered here: {name} merged #{number} into this one", {"name": by.name, "number": number})
    count = await members.move(tx, number, into, why)
    await audit.write(tx, Entry(by, "incident.merged", number, on=f"#{into}", why=said))
    await audit.write(tx, Entry(by, "incident.merged", into, on=f"#{number}", why=why))
    await speaking.note(tx, desk, goes, said)
    await moves.resolve(tx, desk, number, by, f"→ #{into}")
    await speaking.note(tx, desk, stays, why)
    await inherit(tx, desk, goes, stays, by)
    await speaking.card(tx, stays, desk.incidents_channel)
    judged = Classification(goes.priority, goes.rule, goes.why, goes.environment, goes.service, "")
    await receive.worse(tx, desk, stays, judged)
    return Merged(await open_one(tx, into), number, count)


async def veiled_alike(tx: Tx, goes: Incident, stays: Incident, by: Actor) -> None:
    """Raises UserError."""
    for each in (goes, stays):
        await veil.only_insiders(tx, each, by)
    if goes.confidential and not stays.confidential:
        raise UserError(
            Phrase(
                "#{number} is confidential and #{into} is not: all could read it there. The other way round it is"
                " possible: `/ecotrajet merge {into} {number}`.",
                {"number": goes.number, "into": stays.number},
            )
        )


async def inherit(tx: Tx, desk: Desk, goes: Incident, stays: Incident, by: Actor) -> None:
    """Followers, open tasks, and roles that nobody has there yet."""
    facts: dict[str, Value | Phrase] = {"number": goes.number, "into": stays.number}
    await subscriptions.move(tx, Subject(What.INCIDENT, str(goes.number)), Subject(What.INCIDENT, str(stays.number)))
    count = await tasks.move(tx, goes.number, stays.number)
    if count:
        said = Phrase("What was left to do after #{number} is left to do here: {count}", {**facts, "count": count})
        await audit.write(tx, Entry(by, "task.moved", stays.number, on=f"#{goes.number}", why=said))
        await speaking.note(tx, desk, stays, said)
    if stays.confidential:
        return  # a role opens it to whoever has it
    for row in await roles.move(tx, goes.number, stays.number):
        words: dict[str, Value | Phrase] = {**facts, "role": name(row.role), "name": responding.name(desk, row.person)}
        said = Phrase("{role}: {name}, as before in #{number}", words)
        await audit.write(tx, Entry(by, "role.given", stays.number, on=row.person, why=said))
        await speaking.note(tx, desk, stays, said)
        await direct(tx, desk, row.person, Phrase("#{number} is part of #{into} now. Your role there: {role}.", words))


async def split(tx: Tx, desk: Desk, number: int, alerts: Sequence[int], by: Actor) -> SplitOff:
    """These alerts get an incident of their own, of the same priority. Raises UserError when none or all would go."""
    whole = await open_one(tx, number)
    await veil.only_insiders(tx, whole, by)
    kept, going = await members.shares(tx, number, alerts)
    if not going:
        raise UserError(Phrase("No alert of #{number} fits; see them: `/ecotrajet show {number}`.", {"number": number}))
    if not kept:
        raise UserError(Phrase("Those are all alerts of #{number}: nothing would be left of it.", {"number": number}))
    why = Phrase("Split from #{number} by {name}", {"number": number, "name": by.name})
    part = await incidents.insert(
        tx,
        Opening(
            priority=whole.priority, title=await members.title(tx, alerts) or whole.title, summary="",
            environment=whole.environment, service=whole.service, rule=whole.rule, why=why,
            policies=await incidents.policies(tx, number), opened_by=by.id, confidential=whole.confidential,
        ),
    )  # fmt: skip
    count = await members.move(tx, number, part.number, why, alerts)
    facts: dict[str, Value | Phrase] = {"count": count, "part": part.number, "name": by.name}
    said = Phrase("{count} alerts are incident #{part} now ({name})", facts)
    await audit.write(tx, Entry(by, "incident.opened", part.number, on=f"#{number}", why=why))
    await audit.write(tx, Entry(by, "incident.split", number, on=f"#{part.number}", why=said))
    if whole.status is Status.TRIGGERED:
        await ladder.start(tx, part, part.opened_at)
    else:
        part = await incidents.move(tx, part.number, Status.ACKNOWLEDGED, whole.acknowledged_by or by.id) or part
    await speaking.card(tx, part, desk.incidents_channel)
    await speaking.note(tx, desk, whole, said)
    await speaking.card(tx, whole, desk.incidents_channel)
    return SplitOff(part, number, count)


async def open_one(tx: Tx, number: int) -> Incident:
    """Locked. Raises UserError."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        raise UserError(Phrase("There is no incident #{number}.", {"number": number}))
    if incident.status is Status.RESOLVED:
        raise UserError(Phrase("#{number} is resolved already.", {"number": number}))
    return incident
