"""Writing down when an incident's clock and its acknowledgement run out."""

from datetime import datetime

from bot.desk import Desk
from bot.escalation import Policy
from bot.incident import Incident
from bot.sla import OF_ACK, OF_CLOCK, Due, Point, acknowledged, clock
from bot.store import dues, incidents
from bot.store.database import Tx


async def plan_clock(tx: Tx, incident: Incident, policy: Policy) -> None:
    """What is still ahead of the clock of the incident's priority."""
    points = clock(incident.priority, incident.opened_at, policy.hours_for(incident.priority))
    await dues.plan(tx, incident.number, incident.round, points, ahead_only=True)


async def plan_other_clock(tx: Tx, incident: Incident, policy: Policy) -> None:
    """Its priority is another one now. A time that is over already is told now, unless one was before."""
    await dues.stop(tx, incident.number, OF_CLOCK)
    now = await incidents.now(tx)
    points = clock(incident.priority, incident.opened_at, policy.hours_for(incident.priority))
    if points[-1].at > now:
        await plan_clock(tx, incident, policy)
    elif not await dues.has_fired(tx, incident.number, Due.BREACH):
        await dues.plan(tx, incident.number, incident.round, [Point(Due.BREACH, now)])


async def plan_news(tx: Tx, desk: Desk, incident: Incident) -> datetime | None:
    """When the next news are due, counted from now; None: they are not asked for."""
    until = desk.news.next_after(incident.priority, await incidents.now(tx))
    await dues.stop(tx, incident.number, (Due.NEWS,))
    if until is not None:
        await dues.plan(tx, incident.number, incident.round, [Point(Due.NEWS, until)])
    return until


async def plan_expiry(tx: Tx, incident: Incident, *, afresh: bool = False) -> None:
    """Somebody has just said that they are on it; of several, the oldest sign counts. `afresh`: it is counted from now
    for all of them."""
    lasts = (await incidents.policy(tx, incident.number)).ack_lasts(incident.priority)
    await dues.stop(tx, incident.number, OF_ACK)
    if lasts is not None:
        now = await incidents.now(tx)
        since = now if afresh else min((each.sign_at for each in incident.takers), default=now)
        await dues.plan(tx, incident.number, incident.round, acknowledged(since, lasts))


async def plan_other_expiry(tx: Tx, incident: Incident) -> None:
    """Its priority is another one now, and whoever is on it holds it for as long as that one allows. A pause stays."""
    if incident.on_it and await dues.when(tx, incident.number, Due.SNOOZE_OVER) is None:
        await plan_expiry(tx, incident, afresh=True)
