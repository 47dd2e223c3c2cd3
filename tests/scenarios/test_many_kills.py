"""kill -9 at hundreds of moments that nobody chose, before or after whatever statement or call to a provider comes by.

The moments come from a seed, so that a failure can be played again: `ECOTRAJET_SEED=3 ECOTRAJET_KILLS=40`.
"""

import asyncio
import os
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.sandbox.faults import Fault, Faults
from bot.store.clock import shift_to
from tests.killing import Point, When
from tests.world import World

SEEDS = [int(seed) for seed in os.environ.get("ECOTRAJET_SEED", "1,2,3,4").split(",")]
KILLS = int(os.environ.get("ECOTRAJET_KILLS", "80"))  # for each seed
FARTHEST = 150  # statements
WAIT = 3.0  # seconds: what is armed may never come by, when nothing is left to do
PROVIDERS = (("twilio", "Messages.create"), ("slack", "chat.*"), ("mail", "DATA"))

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1500)]


@dataclass(slots=True)
class Deadly(Fault):
    """A provider that kills who asks it, before it has done what it was asked for or after."""

    kill: Callable[[], None] = lambda: None
    hit: asyncio.Event = field(default_factory=asyncio.Event)

    async def hold(self) -> None:
        self.kill()
        self.hit.set()


class Reaper:
    """Kills the desk at a moment drawn from the seed, and lets it come back some time later."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        self.kills = {"statement": 0, "provider": 0, "by the clock": 0}
        self.in_flight = 0  # texts that a killed desk was sending: each may come twice

    async def strike(self) -> None:
        how = "provider" if self.chance.random() < 0.3 else "statement"
        hit = self.at_a_provider() if how == "provider" else self.at_a_statement()
        try:
            await asyncio.wait_for(hit.wait(), WAIT)
        except TimeoutError:
            how = "by the clock"
            self.world.kill()
        self.disarm()
        self.kills[how] += 1
        await self.world.gone()
        self.in_flight += await self.world.value(
            "SELECT count(*) FROM message WHERE kind = 'sms' AND state = 'sending'"
        )
        await self.time_passes(timedelta(minutes=self.chance.choice([0, 0, 1, 7, 16, 31])))
        await self.world.start(own_process=True)

    def at_a_statement(self) -> asyncio.Event:
        when: When = "before" if self.chance.random() < 0.5 else "after"
        self.world.proxy.arm(Point("", when, self.chance.randint(1, FARTHEST)), self.world.kill)
        return self.world.proxy.hit

    def at_a_provider(self) -> asyncio.Event:
        which, method = self.chance.choice(PROVIDERS)
        fault = Deadly(method, applied=self.chance.random() < 0.5, hang=1, kill=self.world.kill)
        self.faults(which).armed.append(fault)
        return fault.hit

    def faults(self, which: str) -> Faults:
        sandbox = self.world.sandbox
        return {"twilio": sandbox.twilio.faults, "slack": sandbox.slack.faults, "mail": sandbox.mail.faults}[which]

    def disarm(self) -> None:
        self.world.proxy.disarm()
        for which, _ in PROVIDERS:
            self.faults(which).clear()

    async def time_passes(self, by: timedelta) -> None:
        connection = await self.world.owner()
        try:
            await shift_to(connection, await connection.fetchval("SELECT app_now() + $1::interval", by))
        finally:
            await connection.close()


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_page_is_lost_wherever_the_desk_is_killed(
    served_world: World, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    world, reaper, senders = served_world, Reaper(served_world, seed), []
    for turn in range(KILLS):
        if turn % 8 == 0:
            alert = world.alert_until_taken("Database connection lost", 600, service=f"s{turn}", dedup_key=str(turn))
            senders.append(asyncio.create_task(alert))
        await reaper.strike()
    await asyncio.wait_for(asyncio.gather(*senders), 60)
    await world.fast_forward(hours=3)
    await all_done(world)

    assert await world.value("SELECT count(*) FROM incident") == len(senders)
    assert await levels_not_called(world) == []
    assert await levels_that_reached_nobody(world) == []
    rows = await world.rows("SELECT DISTINCT provider_id FROM message WHERE kind = 'sms' AND provider_id IS NOT NULL")
    known, left = {row["provider_id"] for row in rows}, [sms.sid for sms in world.sandbox.twilio.messages]
    assert left, "no text at all: it is no P1, and nothing was proved"
    assert known <= set(left), "said to be sent, and was not"
    twice = len(left) - len(known)
    with capsys.disabled():
        sys.stdout.write(f"\nseed {seed}: {reaper.kills}, {len(left)} texts, {twice} of them repeated\n")
    assert twice <= reaper.in_flight


async def all_done(world: World) -> None:
    """A lease of a killed sender lasts for twenty seconds."""
    still = "SELECT count(*) FROM message WHERE state = 'sending' OR (state = 'waiting' AND due_at <= app_now())"
    await world.eventually_value(0, still, within=60)


async def levels_not_called(world: World) -> list[str]:
    rows = await world.rows(
        "SELECT incident, position, state FROM escalation_level"
        " WHERE state = 'pending' AND due_at <= app_now() - interval '1 min'"
    )
    return [str(dict(row)) for row in rows]


async def levels_that_reached_nobody(world: World) -> list[str]:
    """Each level that was called, for which pages were written, and none of them left."""
    rows = await world.rows(
        "SELECT incident, round, level, array_agg(state) AS states FROM message WHERE about = 'page'"
        " GROUP BY incident, round, level HAVING NOT bool_or(state IN ('sent', 'delivered', 'dropped'))"
    )
    return [str(dict(row)) for row in rows]
