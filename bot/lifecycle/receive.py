"""Alerts come in: open an incident, join one, count a repeat, or follow a recovery. One transaction for a body."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bot.alert import Alert, AlertStatus
from bot.audit import Actor, Door, Entry
from bot.classification import Classification, classify
from bot.desk import Desk
from bot.gathering import NEWS_HELD
from bot.incident import Incident, Priority, Status, title_of
from bot.lifecycle import following, gather, ladder, moves, quiet, rooms, speaking
from bot.maintenance import Silence
from bot.phrase import Phrase
from bot.store import alerts, audit, doors, escalations, incidents, intake, silences
from bot.store.database import Tx
from bot.store.incidents import Opening
from bot.store.intake import Given, How, Settled

Happened = Literal["opened", "joined", "repeated", "resolved", "recorded", "silenced", "waiting"]
NOT_UNDERSTOOD: Final = "not-understood"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one alert; `incident` is None for what is only recorded."""

    alert: Alert
    incident: Incident | None
    happened: Happened
    classification: Classification


@dataclass(frozen=True, slots=True)
class Late:
    """A body that had to wait, so that later ones may have been acted upon before it: in a flood (`row`), or on a disk
    while the database was away (`came`, by the database's clock) and its sender went to another replica."""

    row: int | None = None
    came: datetime | None = None

    @property
    def is_so(self) -> bool:
        return self.row is not None or self.came is not None

    async def comes_after_its_end(self, tx: Tx, alert: Alert) -> bool:
        """It fires, and was ended since; or it ends what began since."""
        if not self.is_so:
            return False
        if alert.status is AlertStatus.FIRING:
            return await alerts.over_since(tx, alert.source, alert.dedup_key, self.row, self.came)
        return self.came is not None and await alerts.begun_since(tx, alert.source, alert.dedup_key, self.came)


async def receive(
    tx: Tx, desk: Desk, incoming: Sequence[Alert], body: int | None, judged: Sequence[Classification] = (),
    late: Late | None = None,
) -> list[Received]:  # fmt: skip
    """`judged`: one for each, when the caller has judged them already."""
    now = await incidents.now(tx)
    worth = judged or [classify(each, desk.rules, desk.environments, desk.services, now) for each in incoming]
    pairs = list(zip(incoming, worth, strict=True))
    await alerts.take_turns(tx, [key for alert, its in pairs for key in gather.keys(alert, its)])
    hushed = await silences.in_force(tx, now)
    late = late or Late()
    done = {} if late.is_so else await adding(tx, desk, pairs, body)
    for n, (alert, its) in enumerate(pairs):
        if await late.comes_after_its_end(tx, alert):
            done[n] = Received(alert, None, "recorded", its)
        elif n not in done:
            done[n] = await one(tx, desk, alert, its, body, hushed)
        await changed(tx, alert, its)
    return [done[n] for n in range(len(pairs))]


async def changed(tx: Tx, alert: Alert, judged: Classification) -> None:
    """A deployment that another tool tells of is kept with what was changed: the first question of every incident."""
    moment = alert.starts_at
    if alert.change and not (moment and await doors.knows_change(tx, alert.source, alert.change, moment)):
        await doors.insert_change(
            tx, source=alert.source, summary=alert.change, origin=alert.labels.get("actor", "") or alert.source,
            environment=judged.environment, service=judged.service, details=alert.labels, url=alert.url,
            changed_at=moment,
        )  # fmt: skip


def keys(alert: Alert) -> list[str]:
    """What two transactions must not decide about at the same time, before the alert is judged."""
    own = f"{alert.source}|{alert.dedup_key}"
    return [own, f"{alert.source}|group|{alert.group_key}"] if alert.group_key else [own]


async def adding(
    tx: Tx, desk: Desk, pairs: Sequence[tuple[Alert, Classification]], body: int | None
) -> dict[int, Received]:
    """Of a large body: what only adds to known incidents, all at once. By position."""
    seen: set[str] = set()
    short = []
    for position, (alert, judged) in enumerate(pairs):
        if alert.status is AlertStatus.FIRING and alert.dedup_key not in seen:
            short.append((position, Given(alert, judged, alert.source, {}, b"", body)))
        seen.add(alert.dedup_key)
    if len(pairs) == 1 or body is None:
        return {}
    done = await add(tx, desk, [given for _, given in short])
    return {short[position][0]: received for position, received in done.items()}


async def add(tx: Tx, desk: Desk, given: Sequence[Given]) -> dict[int, Received]:
    """The short way (`store.intake`): by position, those of `given` for which it was enough. Distinct keys only."""
    if not given:
        return {}
    how = How(desk.gathering, gather.same_place(desk.gathering.within), desk.incidents_channel)
    found = await intake.settle(tx, given, how)
    return {each.position: added(given[each.position], each) for each in found}


def added(given: Given, settled: Settled) -> Received:
    happened: Happened = "recorded" if settled.incident is None else "joined" if settled.fresh else "repeated"
    return Received(given.alert, settled.incident, happened, given.judged)


async def one(
    tx: Tx, desk: Desk, alert: Alert, judged: Classification, body: int | None, hushed: Sequence[Silence]
) -> Received:
    known = await gather.firing(tx, alert.source, alert.dedup_key)
    incident: Incident | None
    happened: Happened
    if alert.status is AlertStatus.FIRING:
        if known is not None:
            incident, happened = await again(tx, desk, known["id"], known["incident"], judged, body), "repeated"
        elif judged.priority is None:
            await alerts.insert(tx, alert, None, body)
            incident, happened = None, "recorded"
        elif await quiet.hush(tx, desk, hushed, alert, judged, body):
            incident, happened = None, "silenced"
        else:
            incident, happened = await fresh(tx, desk, alert, judged, body)
    elif known is None or alert.status is AlertStatus.INFO or overtaken(known["body"], body):
        incident, happened = None, "recorded"
    elif alert.status is AlertStatus.RESOLVED:
        incident, happened = await recovered(tx, desk, known["id"], known["incident"], alert, body), "resolved"
    else:
        await moves.acknowledge(tx, desk, known["incident"], sender(alert))
        incident, happened = await incidents.get(tx, known["incident"]), "repeated"
    return Received(alert, incident, happened, judged)


def overtaken(last: int | None, body: int | None) -> bool:
    """Whether a later body of the same alert was acted upon before this one, which had waited in a flood."""
    return last is not None and body is not None and body < last


async def fresh(
    tx: Tx, desk: Desk, alert: Alert, judged: Classification, body: int | None
) -> tuple[Incident, Happened]:
    """A key that was not firing: a member of an incident that gathers it, or a new incident."""
    home = await gather.home(tx, desk, alert, judged)
    if home is None:
        storm = await gather.opens_a_storm(tx, desk.gathering, judged)
        incident = await open_incident(tx, desk, alert, judged, sender(alert), storm)
        await alerts.insert(tx, alert, incident.number, body)
        incident = await incidents.counted(tx, incident.number)
        await gather.changed(tx, desk, alert, incident)
        return incident, "opened"
    await alerts.insert(tx, alert, home.incident.number, body, home.why)
    incident = await incidents.counted(tx, home.incident.number)
    flaps = await gather.changed(tx, desk, alert, incident)
    if home.quiet or flaps:
        await speaking.card(tx, incident, desk.incidents_channel)
        return await worse(tx, desk, incident, judged) or incident, "joined"
    return await news(tx, desk, incident, judged, alert.title), "joined"


async def open_incident(
    tx: Tx, desk: Desk, alert: Alert, judged: Classification, by: Actor, storm: Phrase | None = None,
    *, confidential: bool = False,
) -> Incident:  # fmt: skip
    """`storm`: why it stands for all of its environment and not for one service. `confidential` by whoever declares it;
    else as its service is.
    """
    if judged.priority is None:
        raise ValueError("what is only recorded opens nothing")
    environment = desk.environments.get(judged.environment)
    label = environment.label if environment else judged.environment
    incident = await incidents.insert(
        tx,
        Opening(
            priority=judged.priority, title=title_of(label, judged.severity, alert.title),
            summary=alert.text[:3000], environment=judged.environment, service="" if storm else judged.service,
            rule=incidents.STORM_RULE if storm else judged.rule, why=storm or judged.why,
            policies=desk.policies_for(judged.service), opened_by=by.id,
            confidential=confidential or desk.is_confidential(judged.service),
        ),
    )  # fmt: skip
    await audit.write(tx, Entry(by, "incident.opened", incident.number, on=alert.dedup_key, why=judged.why))
    await ladder.start(tx, incident, incident.opened_at)
    await speaking.card(tx, incident, desk.incidents_channel)
    await rooms.automatically(tx, desk, incident, by)
    await following.tell(tx, desk, incident, Phrase("it has begun"), by.id)
    return incident


async def again(
    tx: Tx, desk: Desk, alert: int, number: int, judged: Classification, body: int | None
) -> Incident | None:
    """The same alert once more: counted. It pages only when it got worse."""
    incident = await incidents.lock(tx, number)
    await alerts.repeated(tx, alert, body)
    if incident is None:
        return None
    incident = await incidents.counted(tx, number)
    await speaking.card(tx, incident, desk.incidents_channel)
    return await worse(tx, desk, incident, judged) or incident


async def news(tx: Tx, desk: Desk, incident: Incident, judged: Classification, title: str) -> Incident:
    """A new member. On an incident that somebody has taken it pages again: they may not know of it. Once: in a storm
    each would, and nobody could take anything."""
    await speaking.card(tx, incident, desk.incidents_channel)
    if (raised := await worse(tx, desk, incident, judged)) is not None:
        return raised
    if incident.status is not Status.ACKNOWLEDGED or not await incidents.hold_news(tx, incident.number, NEWS_HELD):
        return incident
    said = Phrase("A new alert joined after the incident was taken: {title}", {"title": title[:150]})
    return await moves.back_to_triggered(tx, desk, incident, moves.DESK, said) or incident


async def worse(tx: Tx, desk: Desk, incident: Incident, judged: Classification) -> Incident | None:
    """Raise the incident's priority when this alert outranks it; None when it does not."""
    if judged.priority is None or not judged.priority.outranks(incident.priority):
        return None
    said = Phrase(
        "Raised from {old} to {new}: {why}",
        {"old": incident.priority.value, "new": judged.priority.value, "why": judged.why},
    )
    if incident.status is Status.ACKNOWLEDGED:
        await moves.back_to_triggered(tx, desk, incident, moves.DESK, said, ladder_too=False)
    from_scratch = await incidents.raise_priority(tx, incident.number, judged.priority, judged.rule, judged.why)
    await escalations.stop(tx, incident.number)
    await ladder.start_higher(tx, from_scratch)
    await audit.write(tx, Entry(moves.DESK, "incident.raised", incident.number, why=said))
    await speaking.note(tx, desk, incident, said)
    await following.tell(tx, desk, from_scratch, said, moves.DESK.id)
    await rooms.automatically(tx, desk, from_scratch, moves.DESK)
    return from_scratch


async def recovered(tx: Tx, desk: Desk, alert: int, number: int, recovery: Alert, body: int | None) -> Incident | None:
    """One member recovered; the incident is over when all have."""
    incident = await incidents.lock(tx, number)
    await alerts.resolve(tx, alert, body)
    by = sender(recovery)
    await audit.write(tx, Entry(by, "alert.resolved", number, on=recovery.dedup_key))
    flaps = incident is not None and (await gather.changed(tx, desk, recovery, incident) or incident.flapping_until)
    if not flaps and await alerts.still_firing(tx, number) == 0:
        await moves.resolve(tx, desk, number, by)
    elif incident is not None:
        await speaking.card(tx, incident, desk.incidents_channel)
    return await incidents.get(tx, number)


def sender(alert: Alert) -> Actor:
    return Actor(f"source:{alert.source}", alert.source, Door.WEBHOOK)


async def not_understood(tx: Tx, desk: Desk, source: str, why: Phrase, body: int) -> None:
    """One open incident per source tells that its bodies are not understood; the next ones are counted there."""
    title = str(why.values.get("path", "")) or "?"
    alert = Alert(
        source=source, dedup_key=NOT_UNDERSTOOD, status=AlertStatus.FIRING,
        title=f"{source}: alert not understood ({title})",
    )  # fmt: skip
    judged = Classification(Priority.P2, NOT_UNDERSTOOD, why, "", "", "")
    await alerts.take_turns(tx, keys(alert))
    known = await gather.firing(tx, alert.source, alert.dedup_key)
    if known is not None:
        await again(tx, desk, known["id"], known["incident"], judged, body)
        return
    incident = await open_incident(tx, desk, alert, judged, sender(alert))
    await alerts.insert(tx, alert, incident.number, body)
