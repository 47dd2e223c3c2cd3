"""The moves of an incident: each asks the table of moves, writes its audit line and queues what people are told."""

from datetime import datetime

from bot.answers import (
    AcknowledgeAnswer,
    AlreadyEscalated,
    AlreadyResolved,
    EscalateAnswer,
    Escalated,
    JoinAnswer,
    Joined,
    NoSuchIncident,
    NothingLeft,
    NotResolved,
    ReopenAnswer,
    Reopened,
    ResolveAnswer,
    Resolved,
    TooLateToReopen,
)
from bot.audit import DESK, Actor, Entry
from bot.desk import Desk
from bot.escalation import level_named
from bot.incident import REOPEN_WITHIN, Incident, Status
from bot.lifecycle import following, ladder, linking, postmortems, responding, speaking, tasks, verdicts
from bot.lifecycle.responding import at, name
from bot.phrase import Phrase, Value
from bot.report import Report
from bot.resolution import Resolution
from bot.sla import Due
from bot.store import alerts, audit, dues, escalations, incidents, jobs, reports, resolutions
from bot.store.database import Tx


async def acknowledge(tx: Tx, desk: Desk, number: int, by: Actor) -> AcknowledgeAnswer:
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.ACKNOWLEDGED:
        return await responding.again(tx, desk, incident, by)
    return await responding.take_aloud(tx, desk, incident, by) or responding.over(desk, incident)


async def resolve(
    tx: Tx, desk: Desk, number: int, by: Actor, note: str = "", resolution: Resolution | None = None
) -> ResolveAnswer:
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    moved = await incidents.move(tx, number, Status.RESOLVED, by.id)
    if moved is None:
        return AlreadyResolved(incident, name(desk, incident.resolved_by), at(incident.resolved_at))
    firing = await alerts.resolve_all(tx, number)
    await escalations.stop(tx, number)
    await dues.stop(tx, number, tuple(Due))
    said = Phrase(
        "Resolved by {name} after {duration}", {"name": by.name, "duration": at(moved.resolved_at) - moved.opened_at}
    )
    if resolution is not None:
        note = resolution.note
        await resolutions.insert(tx, number, by.id, resolution)
        await tasks.note(tx, desk, number, resolution.follow_ups, by)
    await audit.write(tx, Entry(by, "incident.resolved", number, why=said, result=note[:500]))
    await speaking.brought_up_to_date(tx, desk, moved)
    await speaking.note(tx, desk, moved, said)
    await postmortems.offer(tx, desk, moved)
    await following.tell(tx, desk, moved, said, by.id)
    await verdicts.ask(tx, desk, moved)
    await linking.whole_is_over(tx, desk, moved, by)
    return Resolved(moved, firing)


async def escalate(
    tx: Tx, desk: Desk, number: int, by: Actor, as_of: datetime | None, reason: str = ""
) -> EscalateAnswer:
    """The next level now. On a taken incident: it is taken back first, since whoever asks wants more people.

    `as_of` is the time of the message whose button was pressed: a level that fired since makes the press superfluous.
    """
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return AlreadyResolved(incident, name(desk, incident.resolved_by), at(incident.resolved_at))
    last = await escalations.last_fired(tx, number, incident.round)
    if as_of is not None and last is not None and last["position"] > 0 and last["fired_at"] > as_of:
        return AlreadyEscalated(incident, last["name"])
    if incident.status is Status.ACKNOWLEDGED:
        incident = await reopened_for_help(tx, incident, by)
    following = await escalations.bring_forward(tx, number, incident.round, -1)
    if following is None:
        return NothingLeft(incident)
    position, level = following
    await jobs.enqueue(
        tx, [jobs.escalate_job(number, incident.round, position, await jobs.until(tx, await incidents.now(tx)))]
    )
    facts: dict[str, Value | Phrase] = {"name": by.name, "level": level_named(level)}
    said = Phrase("{name} asked for {level} now", facts)
    if reason:
        said = Phrase("{name} asked for {level} now: {reason}", {**facts, "reason": reason})
    await audit.write(tx, Entry(by, "incident.escalated", number, on=level, why=said))
    await speaking.note(tx, desk, incident, said)
    return Escalated(incident, level)


async def reopened_for_help(tx: Tx, incident: Incident, by: Actor) -> Incident:
    """A taken incident goes on from the level above the highest that was reached; unless there is none."""
    reached, _ = await escalations.highest_reached(tx, incident.number)
    policy = await incidents.policy(tx, incident.number)
    if reached + 1 >= len(policy.rungs(incident.priority)):
        return incident
    moved = await incidents.move(tx, incident.number, Status.TRIGGERED, by.id)
    if moved is None:
        return incident
    await ladder.start(tx, moved, await incidents.now(tx), reached + 1)
    return moved


async def back_to_triggered(
    tx: Tx, desk: Desk, incident: Incident, by: Actor, why: Phrase, *, ladder_too: bool = True
) -> Incident | None:
    """Taken or resolved, it needs somebody again: a new round of the ladder from now."""
    moved = await incidents.move(tx, incident.number, Status.TRIGGERED, by.id)
    if moved is None:
        return None
    if ladder_too:
        await ladder.start(tx, moved, await incidents.now(tx))
    await audit.write(tx, Entry(by, "incident.triggered_again", incident.number, why=why))
    await speaking.card(tx, moved, desk.incidents_channel)
    await speaking.note(tx, desk, moved, why)
    await following.tell(tx, desk, moved, why, by.id)
    return moved


async def reopen(tx: Tx, desk: Desk, number: int, by: Actor) -> ReopenAnswer:
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is not Status.RESOLVED:
        return NotResolved(incident)
    if await incidents.now(tx) - at(incident.resolved_at) > REOPEN_WITHIN:
        return TooLateToReopen(incident)
    moved = await back_to_triggered(tx, desk, incident, by, Phrase("Reopened by {name}", {"name": by.name}))
    return Reopened(moved or incident)


async def join(tx: Tx, desk: Desk, number: int, report: Report, by: Actor) -> JoinAnswer:
    """One more report of what is open already."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return AlreadyResolved(incident, name(desk, incident.resolved_by), at(incident.resolved_at))
    await reports.insert(tx, number, by.id, report)
    said = Phrase("{name} reports it, too: {what}", {"name": by.name, "what": report.title})
    await audit.write(tx, Entry(by, "incident.reported", number, why=said, result=report.text[:500]))
    await speaking.card(tx, incident, desk.incidents_channel)
    await speaking.note(tx, desk, incident, said)
    return Joined(incident)


__all__ = ["DESK", "acknowledge", "at", "back_to_triggered", "escalate", "join", "name", "reopen", "resolve"]
