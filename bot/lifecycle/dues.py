"""What became due for incidents besides their levels: looked for each second, one transaction each."""

from typing import assert_never

from bot.desk import Desk
from bot.incident import Incident, Status
from bot.lifecycle import clocks, news, responding, unreached
from bot.sla import OF_CLOCK, Due
from bot.store import dues, incidents
from bot.store.database import Database, Tx, Unavailable


class Dues:
    """`round` is a chore of the watch; two replicas may both run it: the row decides who fires. One incident that
    breaks it holds up no other.
    """

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db = db
        self.desk = desk

    async def round(self) -> None:
        async with self.db.transaction() as tx:
            rows = await dues.overdue(tx)
        broke: list[Exception] = []
        for row in rows:
            try:
                await self.fire(row["id"], row["incident"])
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - it is raised below, after the others had their turn
                broke.append(error)
        if broke:
            raise broke[0]

    async def fire(self, row: int, number: int) -> None:
        """The incident's lock first, as everywhere."""
        async with self.db.transaction() as tx:
            incident = await incidents.lock(tx, number)
            fired = await dues.fire(tx, row)
            if incident is None or fired is None:
                return
            due = Due(fired["kind"])
            if holds(incident, due, fired["round"]):
                await happen(tx, self.desk, incident, due)


def holds(incident: Incident, due: Due, round: int) -> bool:
    """Whether it still means anything: an acknowledgement, and a last resort, belong to one round."""
    if incident.status is Status.RESOLVED:
        return False
    if due in OF_CLOCK or due is Due.NEWS:
        return True
    if incident.takers and due in (Due.ACK_REMINDER, Due.ACK_EXPIRY):
        return incident.round == round  # also while more people are wanted
    wanted = Status.TRIGGERED if due is Due.LAST_RESORT else Status.ACKNOWLEDGED
    return incident.round == round and incident.status is wanted


async def happen(tx: Tx, desk: Desk, incident: Incident, due: Due) -> None:
    match due:
        case Due.ACK_REMINDER:
            await responding.remind(tx, desk, incident)
        case Due.ACK_EXPIRY | Due.SNOOZE_OVER:
            await responding.expire(tx, desk, incident, snoozed=due is Due.SNOOZE_OVER)
        case Due.HALF | Due.MOST:
            await clocks.remind(tx, desk, incident, due)
        case Due.BREACH:
            await clocks.breach(tx, desk, incident)
        case Due.NEWS:
            await news.ask(tx, desk, incident)
        case Due.LAST_RESORT:
            await unreached.last_resort(tx, desk, incident)
        case _:
            assert_never(due)
