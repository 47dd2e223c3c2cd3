"""Somebody takes a turn on call while a replica looks who has it."""

from datetime import timedelta

from bot.lifecycle import handoffs
from bot.oncall import Override
from bot.store import incidents, oncall
from tests.store.meanwhile import a_desk, meanwhile


async def test_whoever_takes_a_turn_while_somebody_looks_is_told_all_the_same(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        schedule = desk.schedules["astreinte"]

        async def look() -> None:
            async with db.transaction() as tx:
                await handoffs.look(tx, desk, schedule)

        await look()
        async with db.transaction() as tx:
            now = await incidents.now(tx)
            (on_call,) = schedule.on_call(now, [])
            other = "bruno" if on_call != "bruno" else "amina"
            until = now + timedelta(hours=8)
            await oncall.insert(tx, Override("astreinte", other, now - timedelta(minutes=1), until, by=other))
            looking = await meanwhile(tx, look())
        await looking
        async with db.transaction() as tx:
            due = await oncall.to_look_at(tx, ["astreinte"])
            told = await tx.fetchval("SELECT count(*) FROM audit WHERE did = 'oncall.handed_off'")
        assert told or due, "nobody looks before the next turn, and nobody is told"
