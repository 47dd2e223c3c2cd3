"""The alarm clock: of what is due, people come first."""

import asyncio
from typing import Any

from bot.message import About, Kind
from bot.store import jobs
from bot.store.database import Database
from bot.worker.queue import Entrypoint, Queue


async def test_a_page_goes_before_the_cards_that_were_queued_earlier(database_url: str) -> None:
    done: list[Any] = []
    all_done = asyncio.Event()

    async def work(message: Any) -> None:
        done.append(message)
        if len(done) == 21:
            all_done.set()

    async with Database.open(database_url) as db:
        async with db.transaction() as tx:
            cards = [jobs.deliver_job(Kind.SLACK, About.CARD, number, 0) for number in range(1, 21)]
            await jobs.enqueue(tx, [*cards, jobs.deliver_job(Kind.SLACK, About.PAGE, 99, 0)])
        lane = jobs.deliver_lane(Kind.SLACK)
        async with Queue(database_url, db.role, {lane: Entrypoint(work, at_once=1)}).running():
            await asyncio.wait_for(all_done.wait(), 20)
    assert done == [99, *range(1, 21)]
