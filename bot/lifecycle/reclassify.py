"""A person says that an incident is worth more, or less; three like corrections become a rule to propose."""

from bot.answers import AlreadyResolved, NoSuchIncident, Reclassified, ReclassifyAnswer, SamePriority
from bot.audit import DESK, Actor, Entry
from bot.desk import Desk
from bot.escalation import due_levels
from bot.incident import Incident, Priority, Status
from bot.lifecycle import deadlines, following, ladder, moves, rooms, speaking
from bot.phrase import Phrase, Value
from bot.proposal import ENOUGH, propose
from bot.sla import Due
from bot.store import audit, corrections, dues, escalations, incidents, pages
from bot.store.corrections import Like
from bot.store.database import Tx

RULE = "reclassified"


async def reclassify(tx: Tx, desk: Desk, number: int, to: Priority, by: Actor) -> ReclassifyAnswer:
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return AlreadyResolved(incident, moves.name(desk, incident.resolved_by), moves.at(incident.resolved_at))
    if incident.priority is to:
        return SamePriority(incident)
    why = Phrase(
        "{name} changed it from {old} to {new}", {"name": by.name, "old": incident.priority.value, "new": to.value}
    )
    if to.outranks(incident.priority):
        moved = await raised(tx, desk, incident, to, why, by)
    else:
        moved = await lowered(tx, desk, incident, to, why)
    await audit.write(tx, Entry(by, "incident.reclassified", number, why=why, result=f"{incident.priority}>{to}"))
    await speaking.brought_up_to_date(tx, desk, moved)
    await speaking.note(tx, desk, moved, why)
    await following.tell(tx, desk, moved, why, by.id)
    await rooms.automatically(tx, desk, moved, by)
    like = await corrections.note(
        tx, number, to.value, by.id, rule=incident.rule, was=incident.priority.value, service=incident.service
    )
    if like is not None:
        await learn(tx, desk, moved, like)
    return Reclassified(moved, incident.priority)


async def raised(tx: Tx, desk: Desk, incident: Incident, to: Priority, why: Phrase, by: Actor) -> Incident:
    """The level reached is told again, by the channels of the new priority; whoever has taken it stays on it, unless
    they left it for later and somebody else finds it worse meanwhile.
    """
    paused = await dues.when(tx, incident.number, Due.SNOOZE_OVER) is not None
    if incident.status is Status.ACKNOWLEDGED and paused and by.id not in incident.on_it:
        said = Phrase("It was left for later, and is {priority} now: paged again", {"priority": to.value})
        incident = await moves.back_to_triggered(tx, desk, incident, by, said, ladder_too=False) or incident
    if incident.status is not Status.TRIGGERED:
        before = await incidents.policy(tx, incident.number)
        moved = await incidents.set_priority(tx, incident.number, to, RULE, why)
        policy = await incidents.policy(tx, incident.number)
        if policy != before:
            await ladder.go_by_another(tx, moved, policy)
        await deadlines.plan_other_clock(tx, moved, policy)
        await deadlines.plan_expiry(tx, moved, afresh=True)  # nothing that got worse waits for the end of a pause
        await tell_others(tx, desk, moved, why, by)
        return moved
    moved = await incidents.raise_priority(tx, incident.number, to, RULE, why)
    await escalations.stop(tx, incident.number)
    await ladder.start_higher(tx, moved)
    return moved


async def tell_others(tx: Tx, desk: Desk, incident: Incident, why: Phrase, by: Actor) -> None:
    """Whoever is on it hears of it, when somebody else did it."""
    facts: dict[str, Value | Phrase] = {"number": incident.number, "title": incident.title[:100], "why": why}
    for person in incident.on_it:
        if person != by.id:
            await speaking.tell(tx, desk, incident, person, Phrase("⬆️ #{number} {title}: {why}", facts))


async def lowered(tx: Tx, desk: Desk, incident: Incident, to: Priority, why: Phrase) -> Incident:
    """Levels beyond what the new priority climbs to are not told any more; the others come no earlier than it wants.

    The round stays: a page that is about to leave still leaves; a call that was to follow minutes later does not.
    """
    before = await incidents.policy(tx, incident.number)
    moved = await incidents.set_priority(tx, incident.number, to, RULE, why)
    policy = await incidents.policy(tx, incident.number)
    await deadlines.plan_other_expiry(tx, moved)
    await pages.not_any_more_by(tx, moved.number, [step.kind for step in desk.steps[to]], why)
    if policy != before:
        await ladder.go_by_another(tx, moved, policy)
        await deadlines.plan_other_clock(tx, moved, policy)
        return moved
    climbed = due_levels(policy, to, incident.opened_at)[: len(policy.levels_for(to))]
    await escalations.stop_beyond(tx, incident.number, [level.position for level in climbed], why)
    await escalations.put_off(tx, incident.number, climbed)
    await deadlines.plan_other_clock(tx, moved, policy)
    return moved


async def learn(tx: Tx, desk: Desk, incident: Incident, like: Like) -> None:
    """After ENOUGH like corrections: the rule, ready to paste, once."""
    found = await corrections.corrected(tx, like)
    if len(found) < ENOUGH or not await corrections.first_proposal(tx, like):
        return
    service = like.service if like.service in desk.services else ""
    names = [rule.name for rule in desk.rules]
    proposal = propose(found, like.source, service, like.became, desk.environments, names)
    said = Phrase(
        "{count} times now, what the rule “{rule}” calls {old} was changed to {new}. As a rule of your own, for "
        "ecotrajet.yaml (below the rules that you have):\n```\n{yaml}\n```",
        {"count": len(found), "rule": like.rule, "old": like.was, "new": like.became, "yaml": proposal.text},
    )
    if proposal.broad:
        said = Phrase("{said}\nThese alerts have only their place in common: narrow it before you paste it.",
                      {"said": said})  # fmt: skip
    proposed = Phrase("Proposed a rule for what was changed {count} times", {"count": len(found)})
    entry = Entry(DESK, "rule.proposed", incident.number, on=like.rule, why=proposed, result=proposal.text[:500])
    await audit.write(tx, entry)
    await speaking.note(tx, desk, incident, said)
