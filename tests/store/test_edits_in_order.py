"""Whatever happens at once, what stands in Slack in the end is what is so in the end."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.desk import Desk
from bot.incident import Status
from bot.lifecycle import Lifecycle
from bot.message import About, Kind
from bot.metrics import Metrics
from bot.notify.channel import Outgoing
from bot.sandbox.record import PATIENCE
from bot.store import cards, messages
from bot.store.cards import Place
from bot.store.database import Database
from bot.worker.deliver import PER_LANE, TIME_LIMIT, Deliverer
from tests.store.meanwhile import AMINA, a_desk, a_page, an_incident


class RecordingSlack:
    """What stands there: the last that arrived. The first one is slow, and `meanwhile` something happens."""

    kind = Kind.SLACK

    def __init__(self) -> None:
        self.arrived: list[Status] = []
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def send(self, outgoing: Outgoing) -> str:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        assert outgoing.view is not None
        self.arrived.append(outgoing.view.incident.status)
        return outgoing.existing_ts or "C1:1.1"

    async def close(self) -> None:
        pass


def replica(db: Database, desk: Desk, slack: RecordingSlack, owner: str) -> Deliverer:
    return Deliverer(db, desk, {Kind.SLACK: slack}, Metrics(), owner)


async def the_waiting_edit(db: Database, number: int) -> int | None:
    async with db.transaction() as tx:
        await tx.execute("UPDATE message SET due_at = app_now() WHERE about IN ('card', 'page_edit')")
        edit: int | None = await tx.fetchval(
            "SELECT max(id) FROM message WHERE about IN ('card', 'page_edit') AND state = 'waiting' AND incident = $1",
            number,
        )
        return edit


async def a_card(db: Database, desk: Desk) -> tuple[int, int]:
    """The incident whose card stands in the channel, and the edit of it that waits."""
    number = await an_incident(db, desk)
    async with db.transaction() as tx:
        await cards.put(tx, f"incident:{number}", desk.incidents_channel, Place("C1", "1.1"))
    edit = await the_waiting_edit(db, number)
    assert edit is not None
    return number, edit


async def test_a_slow_edit_does_not_arrive_after_a_newer_one_of_another_replica(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        number, edit = await a_card(db, desk)
        slack = RecordingSlack()
        one, two = replica(db, desk, slack, "one"), replica(db, desk, slack, "two")

        async def taken_and_told() -> None:
            await Lifecycle(db, desk).acknowledge(number, AMINA)
            newer = await the_waiting_edit(db, number)
            assert newer is not None
            await two.deliver(Kind.SLACK, newer)

        slack.meanwhile = taken_and_told
        await one.deliver(Kind.SLACK, edit)
        if (left := await the_waiting_edit(db, number)) is not None:
            await two.deliver(Kind.SLACK, left)
        assert slack.arrived == [Status.TRIGGERED, Status.ACKNOWLEDGED]


async def test_what_a_frozen_replica_sends_too_late_is_drawn_over(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        number, edit = await a_card(db, desk)
        slack = RecordingSlack()
        one, two = replica(db, desk, slack, "one"), replica(db, desk, slack, "two")
        frozen = await one.take(edit)
        assert frozen is not None
        async with db.transaction() as tx:
            await tx.execute("UPDATE message SET lease_until = clock_timestamp() - interval '1 s' WHERE id = $1", edit)
        await Lifecycle(db, desk).acknowledge(number, AMINA)
        await two.deliver(Kind.SLACK, edit)
        while (left := await the_waiting_edit(db, number)) is not None:
            await two.deliver(Kind.SLACK, left)
        await one.speak(frozen)
        if (left := await the_waiting_edit(db, number)) is not None:
            await two.deliver(Kind.SLACK, left)
        assert slack.arrived[-1] is Status.ACKNOWLEDGED


async def test_edits_of_one_page_arrive_in_their_order(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        number = await an_incident(db, desk)
        lifecycle, slack, later = Lifecycle(db, desk), RecordingSlack(), set[asyncio.Task[None]]()
        one = replica(db, desk, slack, "one")
        await one.deliver(Kind.SLACK, await a_page(db, number))

        async def the_edit() -> int:
            async with db.transaction() as tx:
                edit: int = await tx.fetchval("SELECT max(id) FROM message WHERE about = 'page_edit'")
                return edit

        async def over_and_told() -> None:
            await lifecycle.resolve(number, AMINA)
            newer = asyncio.create_task(one.deliver(Kind.SLACK, await the_edit()))
            later.add(newer)
            await asyncio.wait({newer}, timeout=1)  # it waits for its turn, or has overtaken

        await lifecycle.acknowledge(number, AMINA)
        slack.meanwhile = over_and_told
        await one.deliver(Kind.SLACK, await the_edit())
        await asyncio.gather(*later)
        assert slack.arrived == [Status.TRIGGERED, Status.ACKNOWLEDGED, Status.RESOLVED]


async def test_many_edits_of_one_card_that_slack_is_slow_to_take_hold_up_no_page(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        number, edit = await a_card(db, desk)
        slack, answers, asked = RecordingSlack(), asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            asked.set()
            await answers.wait()

        slack.meanwhile = slow
        one = replica(db, desk, slack, "one")
        edits = [asyncio.create_task(one.deliver(Kind.SLACK, edit))]
        await asked.wait()
        for _ in range(PER_LANE - 1):
            async with db.transaction() as tx:
                await messages.queue(tx, kind=Kind.SLACK, about=About.CARD, to=desk.incidents_channel, incident=number)
            newer = await the_waiting_edit(db, number)
            assert newer is not None
            edits.append(asyncio.create_task(one.deliver(Kind.SLACK, newer)))
            await taken_or_put_off(db, newer)
        page = await a_page(db, number)
        await asyncio.wait_for(
            one.deliver(Kind.SLACK, page), TIME_LIMIT / 2
        )  # before Slack is given up, which makes room
        answers.set()
        await asyncio.gather(*edits)


async def taken_or_put_off(db: Database, edit: int) -> None:
    """Somebody has looked at it."""
    deadline = time.monotonic() + PATIENCE
    looked = False
    while not looked:
        assert time.monotonic() < deadline, "nobody looks"
        async with db.transaction() as tx:
            looked = await tx.fetchval(
                "SELECT due_at > app_now() OR state <> 'waiting' FROM message WHERE id = $1", edit
            )
