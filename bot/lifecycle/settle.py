"""What begins and ends by the clock: occurrences of windows, and what still fires when a silence is over.

Closing a silence is a transaction of its own: an intake that is about to keep an alert quiet holds the silence open
until it has, so that nothing falls in between.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.alert import Alert
from bot.audit import DESK, Entry
from bot.classification import Classification, classify
from bot.desk import Desk
from bot.incident import VEIL, Incident
from bot.lifecycle import gather, receive, speaking
from bot.lifecycle.quiet import announce, person, values
from bot.maintenance import Silence, covering
from bot.phrase import Phrase
from bot.store import alerts, audit, incidents, silences
from bot.store.database import Tx


async def plan(tx: Tx, desk: Desk) -> None:
    """A row for the present or next occurrence of each weekly window."""
    now = await incidents.now(tx)
    kept = []
    for window in (*desk.windows, *await silences.windows(tx)):
        start, end = window.present_or_next(now)
        kept.append(f"{window.key}|{round(start.timestamp())}|{round(end.timestamp())}")
        await silences.plan(tx, window, start, end)
    await silences.unplan(tx, kept)


async def tell_beginnings(tx: Tx, desk: Desk) -> None:
    for silence in await silences.beginning(tx):
        said = Phrase("🔕 Silence {id} ({what}) until {until}: {reason}", values(desk, silence))
        if silence.maintenance:
            said = Phrase("🔧 Maintenance begins ({what}), until {until}: {reason}", values(desk, silence))
        await audit.write(tx, Entry(DESK, "silence.begun", on=str(silence.id), why=said))
        await announce(tx, desk, said)


async def tell_criticals(tx: Tx, desk: Desk) -> None:
    """The first P1 of a silence is said aloud: somebody may want to end it."""
    for silence, title, service in await silences.first_critical(tx):
        said = Phrase(
            "🔕 A P1 is kept quiet by silence {id} until {until}: {title}. Others will not be told one by one.",
            {**values(desk, silence), "title": VEIL if desk.is_confidential(service) else title[:200]},
        )
        await announce(tx, desk, said)


async def settle_one(tx: Tx, desk: Desk) -> bool:
    """What a closed silence kept and still fires becomes incidents now, or stays quiet by another one. False: none."""
    silence = await silences.to_settle(tx)
    if silence is None:
        return False
    found = await silences.still_firing(tx, silence.id)
    now = await incidents.now(tx)
    worth = [(alert, judge(desk, alert, now)) for _, alert in found]
    await alerts.take_turns(tx, [key for alert, judged in worth for key in gather.keys(alert, judged)])
    others = await silences.in_force(tx, now)
    counted = await silences.counted(tx, silence.id) or silence
    opened: dict[str, Incident] = {}
    mine: list[tuple[int, Alert, Classification]] = []
    for row, alert in await silences.still_firing(tx, silence.id):
        judged = judge(desk, alert, now)
        if (other := await held_by_another(tx, others, alert, judged)) is not None:
            await silences.pass_on(tx, row, other.id)
        elif judged.priority is not None:
            mine.append((row, alert, judged))
    for row, alert, judged in mine:  # after the others: whoever waits for an incident holds no silence
        await becomes_incident(tx, desk, silence, row, alert, judged, opened)
    await silences.settled(tx, silence.id)
    if await silences.begun(tx, silence.id):
        await tell_end(tx, desk, counted, opened)
    return True


async def held_by_another(tx: Tx, others: Sequence[Silence], alert: Alert, judged: Classification) -> Silence | None:
    """A silence that still keeps it quiet, and stays open until this is committed: one that was closed, and settled,
    a moment ago would keep it quiet for ever."""
    for each in sorted(others, key=lambda silence: silence.ends_at, reverse=True):
        if covering([each], judged.environment, judged.service, alert.labels) and await silences.hold(tx, each.id):
            return each
    return None


def judge(desk: Desk, alert: Alert, now: datetime) -> Classification:
    return classify(alert, desk.rules, desk.environments, desk.services, now)


async def becomes_incident(
    tx: Tx, desk: Desk, silence: Silence, row: int, alert: Alert, judged: Classification, opened: dict[str, Incident]
) -> None:
    """One incident for each service and environment; of unknown places, for each group of the sender."""
    known = f"{judged.environment}|{judged.service}" if judged.service else ""
    key = known or f"{alert.source}|{alert.group_key or alert.dedup_key}"
    incident = opened.get(key)
    if incident is None and known:
        number = await silences.incident_for(tx, judged.environment, judged.service)
        incident = await gather.held_open(tx, number) if number is not None else None
    if incident is None:
        incident = await receive.open_incident(tx, desk, alert, judged, receive.sender(alert))
        await silences.joins(tx, row, incident.number)
        incident = await incidents.counted(tx, incident.number)
    else:
        await silences.joins(tx, row, incident.number)
        incident = await incidents.counted(tx, incident.number)
        incident = await receive.news(tx, desk, incident, judged, alert.title)
    said = Phrase(
        "“{title}” has been firing since {at}; silence {id} kept it quiet until now ({reason})",
        {**values(desk, silence), "title": alert.title[:150], "at": alert.starts_at or silence.starts_at},
    )
    await audit.write(tx, Entry(DESK, "alert.unsilenced", incident.number, on=alert.dedup_key, why=said))
    if key not in opened:
        await speaking.note(tx, desk, incident, said)
    opened[key] = incident


async def tell_end(tx: Tx, desk: Desk, silence: Silence, opened: dict[str, Incident]) -> None:
    names = ", ".join(f"#{number}" for number in sorted({incident.number for incident in opened.values()}))
    facts = {**values(desk, silence), "incidents": names}
    ending = Phrase("🔔 Silence {id} is over ({what})", facts)
    if silence.maintenance:
        ending = Phrase("🔔 Maintenance is over ({what})", facts)
    if (by := await silences.ended_by(tx, silence.id)) is not None:
        ending = Phrase("{ending}, ended by {name}", {"ending": ending, "name": person(desk, by)})
    said = Phrase("{ending}. No alert came in meanwhile.", {"ending": ending})
    if silence.came and opened:
        said = Phrase(
            "{ending}. Alerts kept meanwhile: {came}, still firing: {firing}. They are incidents now: {incidents}.",
            {**facts, "ending": ending},
        )
    elif silence.came:
        said = Phrase("{ending}. Alerts kept meanwhile: {came}, still firing: {firing}.", {**facts, "ending": ending})
    await audit.write(tx, Entry(DESK, "silence.over", on=str(silence.id), why=said))
    await announce(tx, desk, said)
