"""A digest leaves at the very moment at which what it tells changes."""

from dataclasses import replace
from datetime import timedelta

from bot.lifecycle import digest, moves
from bot.message import Kind
from bot.metrics import Metrics
from bot.notify.channel import Outgoing
from bot.store import digests
from bot.worker.deliver import Deliverer
from tests.store.meanwhile import AMINA, a_desk, an_incident, meanwhile
from tests.store.test_page_overtaken import SlowSlack, nothing


async def test_a_digest_does_not_leave_while_what_it_tells_is_being_changed(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        desk = replace(desk, digest_every=timedelta(minutes=30))
        number = await an_incident(db, desk)
        manager = next(person for person in desk.people.values() if desk.is_manager(person.id))
        async with db.transaction() as tx:
            await digests.follow(tx, number, manager.id)
            await digest.queue(tx, desk, manager)
            waiting = await tx.fetchval("SELECT id FROM message WHERE about = 'digest'")

        async def taken() -> Outgoing | None:
            return await Deliverer(db, desk, {Kind.SLACK: SlowSlack(nothing)}, Metrics(), "us").take(waiting)

        async with db.transaction() as tx:
            await moves.resolve(tx, desk, number, AMINA)  # one waits already: it tells this, too
            taking = await meanwhile(tx, taken())
        outgoing = await taking
        assert outgoing is not None
        assert outgoing.digest is not None
        assert not outgoing.digest.open, "nobody would tell the manager that it is over"
