"""The ladder of one incident: written as rows at opening, fired level by level, never in silence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.escalation import LAST_RESORT, DueLevel, Policy, due_levels, level_named, speaks_only
from bot.incident import Incident, Priority, Status
from bot.lifecycle import deadlines, speaking
from bot.lifecycle.telling import Paged, Telling
from bot.lifecycle.unreached import go_on, too_few
from bot.person import Person
from bot.phrase import Phrase
from bot.store import audit, escalations, incidents, jobs
from bot.store.database import Database, Tx
from bot.store.escalations import FiredLevel, Rung

WORTH_SAYING: Final = timedelta(seconds=10)
"""A level that fires later than this says so on the incident."""
GAVE_BACK: Final = "incident.given_back"
LATELY: Final = timedelta(minutes=15)
"""So long whoever gave an incident back is not told of it anew."""


async def start(tx: Tx, incident: Incident, since: datetime, first: int = 0) -> int:
    """Write the levels of the incident's present round from `first` on, counted from `since`; how many there are."""
    policy = await incidents.policy(tx, incident.number)
    levels = due_levels(policy, incident.priority, since, first)
    await write(tx, incident, levels)
    await deadlines.plan_clock(tx, incident, policy)
    return len(levels)


async def start_again(tx: Tx, incident: Incident) -> None:
    """Whoever was on it is not any more: the level reached is told again now, then the ladder goes on from there."""
    reached, name = await escalations.highest_reached(tx, incident.number)
    policy = await incidents.policy(tx, incident.number)
    await start(tx, incident, await incidents.now(tx), place_of(policy, incident.priority, reached, name))


async def start_higher(tx: Tx, incident: Incident) -> None:
    """The priority rose: the level reached is told again now, by the new channels; later ones keep their times.

    Unless one of those times is past: directors are not all woken at once because an incident is old.
    """
    reached, name = await escalations.highest_reached(tx, incident.number)
    now = await incidents.now(tx)
    policy = await incidents.policy(tx, incident.number)
    first = place_of(policy, incident.priority, reached, name)
    levels = due_levels(policy, incident.priority, now, first)
    later = due_levels(policy, incident.priority, incident.opened_at)[first + 1 :]
    if all(level.due_at > now for level in later):
        levels = [*levels[:1], *later]
    await write(tx, incident, levels)
    await deadlines.plan_other_clock(tx, incident, policy)
    await deadlines.plan_other_expiry(tx, incident)  # of several who are wanted, those who came hold it in this round


async def go_by_another(tx: Tx, incident: Incident, policy: Policy) -> None:
    """Its priority has a ladder of its own: what is ahead of the level reached is that one's from now on.

    The round stays, and nobody is told again. Levels whose time has passed are left out, unless no other is ahead.
    """
    reached, name = await escalations.highest_reached(tx, incident.number)
    first = place_of(policy, incident.priority, reached, name) if reached >= 0 else -1
    ahead = due_levels(policy, incident.priority, incident.opened_at)[first + 1 :]
    placed = [replace(level, position=reached + 1 + turn) for turn, level in enumerate(ahead)]
    now = await incidents.now(tx)
    late = [level for level in placed if level.due_at <= now]
    await escalations.drop_pending(tx, incident.number, incident.round)
    await write(tx, incident, placed[len(late) :] or late[:1])
    if incident.status is not Status.TRIGGERED:
        await escalations.stop(tx, incident.number)  # somebody is on it: they wait for a breach


def place_of(policy: Policy, priority: Priority, reached: int, name: str) -> int:
    """Where on the ladder of `priority` the level is that was reached on another one, or in an earlier round: in the
    same turn of its repeats, if it is the same ladder."""
    names = [level.name for level in policy.rungs(priority)]
    if 0 <= reached < len(names) and names[reached] == name:
        return reached
    return names.index(name) if name in names else min(max(reached, 0), len(names) - 1)


async def write(tx: Tx, incident: Incident, levels: Sequence[DueLevel]) -> None:
    await escalations.insert(tx, incident.number, incident.round, levels)
    now = await incidents.now(tx)
    waits = [(level.position, max(level.due_at - now, timedelta(0))) for level in levels]
    await jobs.enqueue(
        tx, [jobs.escalate_job(incident.number, incident.round, position, wait) for position, wait in waits]
    )


async def fire(db: Database, desk: Desk, number: int, round: int, position: int) -> bool:
    """Fire one level if it is due: page who is on call *now*, skip an empty level at once. False: nothing to do.

    Waits for whoever holds the incident; `fire_due` does not, and is for many.
    """
    async with db.transaction() as tx:
        incident = await incidents.lock(tx, number)
        if incident is None or incident.status is not Status.TRIGGERED:
            return False
        level = await escalations.fire(tx, number, round, position)
        if level is None:
            return False
        telling = await Telling.begin(tx, desk)
        await tell(telling, incident, level)
        await telling.write()
        return True


async def fire_due(db: Database, desk: Desk, at_most: int, asked: Sequence[Rung] = ()) -> tuple[int, set[Rung]]:
    """Fire what is due, soonest first, in one transaction: how many, and which of `asked` are still to be fired.

    One level of each incident, and none of an incident that somebody else holds: that is for the next time, or `fire`.
    """
    async with db.transaction() as tx:
        held = await escalations.hold_due(tx, at_most)
        levels = await escalations.fire_held(tx, list(held)) if held else []
        if levels:
            telling = await Telling.begin(tx, desk)
            for level in levels:
                await tell(telling, held[level.rung], level)
            await telling.write()
        left = [rung for rung in asked if rung not in held]
        return len(levels), await escalations.still_due(tx, left) if left else set()


async def tell(telling: Telling, incident: Incident, level: FiredLevel) -> None:
    """The caller has taken the level, holds its incident, and writes what is to be told at the end."""
    desk = telling.desk
    people, channels = await telling.whom(level.targets)
    able = [person for person in people if desk.methods(person, incident.priority)]
    gave_back = await audit.who_did(telling.tx, incident.number, GAVE_BACK, LATELY) if incident.round > 1 else []
    reachable = [person for person in able if person.id not in (*incident.on_it, *gave_back)]
    if incident.takers_wanted != level.acknowledgements and not incident.takers:
        incident = await incidents.taken_by(telling.tx, incident.number, (), level.acknowledgements)
    for channel in channels:
        telling.card(incident, channel)
    may_wait = level.name != LAST_RESORT
    pages = {person: await telling.page(incident, level, person, may_wait=may_wait) for person in reachable}
    if not reachable and speaks_only(level.targets):
        say_in_channels(telling, incident, level, channels)
    elif not reachable:
        await telling.write()  # what follows is written at once, and comes after
        await skip(telling.tx, desk, incident, level, why_passed_over(incident, level, able))
    else:
        await say_fired(telling, incident, level, pages)
        if len(able) < level.acknowledgements:
            await telling.write()
            await too_few(telling.tx, desk, incident, level.position, level.name)
    for person, paged in pages.items():
        if paged.held is not None:
            say_held(telling, incident, person, paged.held)
    telling.card(incident, desk.incidents_channel)


async def say_fired(telling: Telling, incident: Incident, level: FiredLevel, pages: Mapping[Person, Paged]) -> None:
    paged = [person for person, how in pages.items() if how == Paged()]
    digest = [person for person, how in pages.items() if how.in_digest]
    names = ", ".join(person.name for person in paged or digest)
    said = Phrase("{level}: {names} paged", {"level": level_named(level.name), "names": names})
    if not paged:
        said = Phrase("{level}: nobody is disturbed at night", {"level": level_named(level.name)})
        if digest:
            said = Phrase(
                "{level}: {names} will read it in the digest", {"level": level_named(level.name), "names": names}
            )
    elif level.late > WORTH_SAYING:
        said = Phrase(
            "{level}: {names} paged, {late} late",
            {"level": level_named(level.name), "names": names, "late": level.late},
        )
        await escalations.explained(telling.tx, level, said)
    if level.acknowledgements > 1:
        said = Phrase("{said}; {count} of this level have to take it", {"said": said, "count": level.acknowledgements})
    late = f"late_s={level.late.total_seconds():.1f}"
    telling.entries.append(Entry(DESK, "level.fired", incident.number, on=level.name, why=said, result=late))
    if level.position > 0:
        telling.note(incident, said)


def say_in_channels(telling: Telling, incident: Incident, level: FiredLevel, channels: Sequence[str]) -> None:
    """It is meant for channels alone, which is not the same as reaching nobody: the next level has its own time."""
    names = ", ".join(f"#{channel}" for channel in channels)
    said = Phrase("{level}: told in {names}", {"level": level_named(level.name), "names": names})
    telling.entries.append(Entry(DESK, "level.fired", incident.number, on=level.name, why=said))
    if level.position > 0:
        telling.note(incident, said)


def say_held(telling: Telling, incident: Incident, person: Person, until: datetime) -> None:
    """Said aloud: this person sleeps on, and the others can see why."""
    said = Phrase(
        "{name} is not disturbed at night by a {priority}: paged at {at} if nobody has taken it",
        {"name": person.name, "priority": incident.priority.value, "at": until},
    )
    telling.entries.append(Entry(DESK, "page.held", incident.number, on=person.id, why=said))
    telling.note(incident, said)


def why_passed_over(incident: Incident, level: FiredLevel, able: Sequence[Person]) -> Phrase:
    """Nobody could be paged; or all who could be are on it while more are wanted, or have just given it back."""
    facts = {"level": level_named(level.name)}
    if not able:
        return Phrase("{level}: nobody can be reached, going on at once", facts)
    if all(person.id in incident.on_it for person in able):
        return Phrase("{level}: on it already, going on at once", facts)
    return Phrase("{level}: they have just given it back, going on at once", facts)


async def skip(tx: Tx, desk: Desk, incident: Incident, level: FiredLevel, why: Phrase) -> None:
    """Say so, and go on to the next level now; at the very end, to the fallback."""
    await escalations.skipped(tx, level, why)
    await audit.write(tx, Entry(DESK, "level.skipped", incident.number, on=level.name, why=why))
    await speaking.note(tx, desk, incident, why)
    await go_on(tx, desk, incident, level.position)
