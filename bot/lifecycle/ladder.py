"""The ladder of one incident: written as rows at opening, fired level by level, never in silence."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.escalation import DueLevel, due_levels
from bot.incident import Incident, Status
from bot.lifecycle import speaking
from bot.person import Person, methods
from bot.phrase import Phrase
from bot.store import audit, escalations, incidents, jobs
from bot.store.database import Database, Tx
from bot.store.escalations import FiredLevel

WORTH_SAYING: Final = timedelta(seconds=10)
"""A level that fires later than this says so on the incident."""


async def start(tx: Tx, incident: Incident, since: datetime, above: int = -1) -> None:
    """Write the levels of the incident's present round, counted from `since`; those not above `above` are left out."""
    policy = await incidents.policy(tx, incident.number)
    levels = [level for level in due_levels(policy, incident.priority, since) if level.position > above]
    await write(tx, incident, levels)


async def start_higher(tx: Tx, incident: Incident) -> None:
    """The priority rose: the level reached is told again now, by the new channels; later ones keep their times."""
    reached = await escalations.highest_reached(tx, incident.number)
    now = await incidents.now(tx)
    policy = await incidents.policy(tx, incident.number)
    levels = [
        level if level.position > reached else DueLevel(level.position, level.name, now, level.targets)
        for level in due_levels(policy, incident.priority, incident.opened_at)
        if level.position >= max(reached, 0)
    ]
    await write(tx, incident, levels)


async def write(tx: Tx, incident: Incident, levels: Sequence[DueLevel]) -> None:
    await escalations.insert(tx, incident.number, incident.round, levels)
    await jobs.enqueue(
        tx,
        [
            jobs.escalate_job(incident.number, incident.round, level.position, await jobs.until(tx, level.due_at))
            for level in levels
        ],
    )


async def fire(db: Database, desk: Desk, number: int, round: int, position: int) -> bool:
    """Fire one level if it is due: page who is on call *now*, skip an empty level at once. False: nothing to do."""
    async with db.transaction() as tx:
        incident = await incidents.lock(tx, number)
        if incident is None or incident.status is not Status.TRIGGERED:
            return False
        level = await escalations.fire(tx, number, round, position)
        if level is None:
            return False
        await tell(tx, desk, incident, level)
        return True


async def tell(tx: Tx, desk: Desk, incident: Incident, level: FiredLevel) -> None:
    now = await incidents.now(tx)
    people, channels = await whom(tx, desk, level.targets, now)
    paged = [person for person in people if methods(person, incident.priority)]
    for channel in channels:
        await speaking.card(tx, incident, channel)
    for person in paged:
        await speaking.page(tx, incident, level, person)
    if not paged:
        await skip(tx, desk, incident, level)
    else:
        await say_fired(tx, desk, incident, level, paged)
    await speaking.card(tx, incident, desk.incidents_channel)


async def whom(tx: Tx, desk: Desk, targets: Sequence[str], now: datetime) -> tuple[tuple[Person, ...], tuple[str, ...]]:
    """Everyone and every channel that the targets mean at `now`, once each."""
    overrides = await escalations.overrides(tx, now)
    found = [desk.recipients(target, now, overrides) for target in targets]
    people = dict.fromkeys(person for recipients in found for person in recipients.people)
    channels = dict.fromkeys(channel for recipients in found for channel in recipients.channels)
    return tuple(people), tuple(channels)


async def say_fired(tx: Tx, desk: Desk, incident: Incident, level: FiredLevel, paged: Sequence[Person]) -> None:
    names = ", ".join(person.name for person in paged)
    said = Phrase("{level}: {names} paged", {"level": level.name, "names": names})
    if level.late > WORTH_SAYING:
        said = Phrase(
            "{level}: {names} paged, {late} late",
            {"level": level.name, "names": names, "late": level.late},
        )
        await escalations.explained(tx, level, said)
    await audit.write(
        tx,
        Entry(
            DESK,
            "level.fired",
            incident.number,
            on=level.name,
            why=said,
            result=f"late_s={level.late.total_seconds():.1f}",
        ),
    )
    if level.position > 0:
        await speaking.note(tx, desk, incident, said)


async def skip(tx: Tx, desk: Desk, incident: Incident, level: FiredLevel) -> None:
    """Nobody there can be reached: say so, and go on to the next level now; at the very end, to the fallback."""
    why = Phrase("{level}: nobody can be reached, going on at once", {"level": level.name})
    await escalations.skipped(tx, level, why)
    await audit.write(tx, Entry(DESK, "level.skipped", incident.number, on=level.name, why=why))
    await speaking.note(tx, desk, incident, why)
    await go_on(tx, desk, incident, level.position)


async def go_on(tx: Tx, desk: Desk, incident: Incident, position: int) -> None:
    """The next level is due now; with none left, everyone of the policy's fallback list is paged."""
    following = await escalations.bring_forward(tx, incident.number, incident.round, position)
    if following is not None:
        await jobs.enqueue(tx, [jobs.escalate_job(incident.number, incident.round, following[0], timedelta(0))])
        return
    policy = await incidents.policy(tx, incident.number)
    now = await incidents.now(tx)
    people, _ = await whom(tx, desk, policy.fallback, now)
    last = FiredLevel(incident.number, incident.round, position + 1, "fallback", policy.fallback, now, timedelta(0))
    for person in people:
        await speaking.page(tx, incident, last, person)
    said = (
        Phrase(
            "Nobody left on the ladder: {names} paged as a last resort", {"names": ", ".join(p.name for p in people)}
        )
        if people
        else Phrase("Nobody left on the ladder and no fallback is configured: somebody please take this one")
    )
    await audit.write(tx, Entry(DESK, "ladder.exhausted", incident.number, why=said))
    await speaking.note(tx, desk, incident, said)
