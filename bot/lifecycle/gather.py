"""Which open incident a fresh alert belongs to, and why: its sender's group, what flaps, its place, the storm."""

from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from bot.alert import Alert
from bot.audit import DESK, Entry
from bot.classification import Classification
from bot.desk import Desk
from bot.gathering import STORM_WITHIN, Gathering
from bot.incident import Incident, Priority, Status
from bot.lifecycle import speaking
from bot.phrase import Phrase
from bot.store import alerts, audit, incidents
from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class Home:
    """`why` None: it needs no explanation. `quiet`: joining pages nobody, unless the alert is worse."""

    incident: Incident
    why: Phrase | None = None
    quiet: bool = False


def keys(alert: Alert, judged: Classification) -> list[str]:
    """What two transactions must not decide about at the same time: the alert, its group, its place."""
    found = [f"{alert.source}|{alert.dedup_key}"]
    if alert.group_key:
        found.append(f"{alert.source}|group|{alert.group_key}")
    if judged.service and judged.priority is not None:
        found.append(f"at|{judged.environment}|{judged.service}")
    return found


async def home(tx: Tx, desk: Desk, alert: Alert, judged: Classification) -> Home | None:
    """Where it joins; None: it opens an incident of its own."""
    flapping = await alerts.flapping_incident(tx, alert.source, alert.dedup_key)
    if flapping is not None and (incident := await held_open(tx, flapping)) is not None:
        return Home(incident, quiet=True)
    group = await alerts.incident_of_group(tx, alert.source, alert.group_key, judged.environment, judged.service)
    if group is not None and (incident := await held_open(tx, group)) is not None:
        return Home(incident)
    within = desk.gathering.within
    if within and judged.service:
        found = await incidents.at_place(tx, judged.environment, judged.service, within)
        if found is not None and (incident := await held_open(tx, found)) is not None:
            return Home(incident, same_place(within))
    return await of_storm(tx, desk.gathering, judged)


async def firing(tx: Tx, source: str, dedup_key: str) -> asyncpg.Record | None:
    """The firing alert with this key, its incident held: while we waited for that, somebody may have closed it, or
    merged it into another one."""
    known = await alerts.firing(tx, source, dedup_key)
    while known is not None and known["incident"] is not None:
        await incidents.lock(tx, known["incident"])
        held = known["incident"]
        known = await alerts.firing(tx, source, dedup_key)
        if known is not None and known["incident"] == held:
            break
    return known


async def held_open(tx: Tx, number: int) -> Incident | None:
    """None: somebody closed it while we waited for it. An alert that joined it now would page nobody, for ever."""
    incident = await incidents.lock(tx, number)
    return incident if incident is not None and incident.status is not Status.RESOLVED else None


def same_place(within: timedelta) -> Phrase:
    return Phrase("Gathered here: same service and environment, within {within}", {"within": within})


async def of_storm(tx: Tx, gathering: Gathering, judged: Classification) -> Home | None:
    opened = await incidents.opened_within(tx, STORM_WITHIN)
    if not gathering.gathers(opened, judged.priority is Priority.P1):
        return None
    found = await incidents.of_storm(tx, judged.environment, STORM_WITHIN)
    if found is None or (incident := await held_open(tx, found)) is None:
        return None
    return Home(incident, storm(opened))


def storm(opened: int) -> Phrase:
    return Phrase("Gathered here: a storm, {count} incidents opened within {within}",
                  {"count": opened, "within": STORM_WITHIN})  # fmt: skip


async def opens_a_storm(tx: Tx, gathering: Gathering, judged: Classification) -> Phrase | None:
    """Why what is about to be opened will gather what else comes; None: it is an ordinary incident."""
    opened = await incidents.opened_within(tx, STORM_WITHIN)
    return storm(opened) if gathering.gathers(opened, judged.priority is Priority.P1) else None


async def changed(tx: Tx, desk: Desk, alert: Alert, incident: Incident) -> bool:
    """After one more beginning or end of this key: True when it flaps, which is then said and held."""
    gathering = desk.gathering
    count = await alerts.changes(tx, alert.source, alert.dedup_key, gathering.flapping_within)
    if count <= gathering.flapping_changes:
        return False
    if await incidents.flaps(tx, incident.number, gathering.flapping_within):
        said = Phrase(
            "“{title}” comes and goes: {count} times within {within}. Nobody is paged anew until it has been calm that"
            " long.",
            {"title": alert.title[:150], "count": count, "within": gathering.flapping_within},
        )
        await audit.write(tx, Entry(DESK, "incident.flapping", incident.number, on=alert.dedup_key, why=said))
        await speaking.note(tx, desk, incident, said)
    return True
