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


async def plan_expiry(tx: Tx, incident: Incident) -> None:
    """Somebody has just said that they are on it; of several, the oldest sign counts."""
    lasts = (await incidents.policy(tx, incident.number)).ack_lasts(incident.priority)
    await dues.stop(tx, incident.number, OF_ACK)
    if lasts is not None:
        now = await incidents.now(tx)
        points = acknowledged(min((each.sign_at for each in incident.takers), default=now), lasts)
        await dues.plan(tx, incident.number, incident.round, points)
