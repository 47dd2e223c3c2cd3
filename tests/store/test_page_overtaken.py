"""A page that stands in Slack never goes on asking for what is done, at whatever moment it was sent."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.answers import Declared
from bot.desk import Desk
from bot.incident import Priority
from bot.lifecycle import Lifecycle, moves
from bot.message import About, Kind
from bot.metrics import Metrics
from bot.notify.channel import Outgoing
from bot.store import messages
from bot.store.database import Database
from bot.worker.deliver import Deliverer
from tests.store.meanwhile import AMINA, a_desk, meanwhile


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


async def an_incident(db: Database, desk: Desk) -> int:
    declared = await Lifecycle(db, desk).declare(
        title="No payments", priority=Priority.P1, environment="prod", service="ecotrajet", text="",
        by=replace(AMINA, delivery="d1"),
    )  # fmt: skip
    assert isinstance(declared, Declared)
    return declared.incident.number


async def test_a_page_that_leaves_while_somebody_takes_the_incident_does_not_go_on_asking(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        number = await an_incident(db, desk)
        async with db.transaction() as tx:
            page = await messages.queue(
                tx, kind=Kind.SLACK, about=About.PAGE, to="U2", incident=number, round=1, level_name="Détection",
                person="bruno",
            )  # fmt: skip
        assert page is not None
        lifecycle = Lifecycle(db, desk)
        slack = SlowSlack(lambda: lifecycle.acknowledge(number, AMINA))
        await Deliverer(db, desk, {Kind.SLACK: slack}, Metrics(), "us").deliver(Kind.SLACK, page)
        async with db.transaction() as tx:
            edits = await tx.fetch("SELECT person, body ->> 'at' AS at FROM message WHERE about = 'page_edit'")
        assert [(row["person"], row["at"]) for row in edits] == [("bruno", "D1:1.1")]


async def test_nor_does_one_whose_sending_is_written_down_while_somebody_takes_it(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        number = await an_incident(db, desk)
        async with db.transaction() as tx:
            page = await messages.queue(
                tx, kind=Kind.SLACK, about=About.PAGE, to="U2", incident=number, round=1, level_name="Détection",
                person="bruno",
            )  # fmt: skip
        assert page is not None

        deliverer = Deliverer(db, desk, {Kind.SLACK: SlowSlack(nothing)}, Metrics(), "us")
        outgoing = await deliverer.take(page)
        assert outgoing is not None
        async with db.transaction() as tx:
            await moves.acknowledge(tx, desk, number, AMINA)
            writing = await meanwhile(tx, deliverer.sent(outgoing, "D1:1.1"))
        await writing
        async with db.transaction() as tx:
            assert await tx.fetchval("SELECT count(*) FROM message WHERE about = 'page_edit'") == 1
