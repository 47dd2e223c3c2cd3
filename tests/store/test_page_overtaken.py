"""A page that stands in Slack never goes on asking for what is done, at whatever moment it was sent."""

from collections.abc import Awaitable, Callable

from bot.lifecycle import Lifecycle, moves
from bot.message import Kind
from bot.metrics import Metrics
from bot.notify.channel import Outgoing
from bot.worker.deliver import Deliverer
from tests.store.meanwhile import AMINA, a_desk, a_page, an_incident, meanwhile


class SlowSlack:
    """Something happens while it is asked."""

    kind = Kind.SLACK

    def __init__(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self.meanwhile = meanwhile

    async def send(self, _: Outgoing) -> str:
        await self.meanwhile()
        return "D1:1.1"

    async def close(self) -> None:
        pass


async def nothing() -> None:
    pass


async def test_a_page_that_leaves_while_somebody_takes_the_incident_does_not_go_on_asking(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        number = await an_incident(db, desk)
        page = await a_page(db, number)
        lifecycle = Lifecycle(db, desk)
        slack = SlowSlack(lambda: lifecycle.acknowledge(number, AMINA))
        await Deliverer(db, desk, {Kind.SLACK: slack}, Metrics(), "us").deliver(Kind.SLACK, page)
        async with db.transaction() as tx:
            edits = await tx.fetch("SELECT person, body ->> 'at' AS at FROM message WHERE about = 'page_edit'")
        assert [(row["person"], row["at"]) for row in edits] == [("bruno", "D1:1.1")]


async def test_nor_does_one_whose_sending_is_written_down_while_somebody_takes_it(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        number = await an_incident(db, desk)
        page = await a_page(db, number)

        deliverer = Deliverer(db, desk, {Kind.SLACK: SlowSlack(nothing)}, Metrics(), "us")
        outgoing = await deliverer.take(page)
        assert outgoing is not None
        async with db.transaction() as tx:
            await moves.acknowledge(tx, desk, number, AMINA)
            writing = await meanwhile(tx, deliverer.sent(outgoing, "D1:1.1"))
        await writing
        async with db.transaction() as tx:
            assert await tx.fetchval("SELECT count(*) FROM message WHERE about = 'page_edit'") == 1
