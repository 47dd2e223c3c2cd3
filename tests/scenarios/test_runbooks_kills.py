"""kill -9 at every statement by which a runbook moves on: before the server has it, and after it was carried out."""

import asyncio
from typing import get_args

import pytest

from bot.config.runbooks import library
from tests.killing import Point, When
from tests.world import World

STATEMENTS = [
    ("INSERT INTO procedure_run", 1),
    ("INSERT INTO procedure_step", 1),
    ("SET lease_owner = $2, lease_until", 1),
    ("UPDATE procedure_step SET state", 1),
    ("INSERT INTO procedure_step", 2),
    ("UPDATE procedure_step SET state", 2),
    ("UPDATE procedure_run SET state", 1),
    ("SET lease_owner = NULL", 1),
]
pytestmark = [pytest.mark.prove, pytest.mark.timeout(600)]


@pytest.mark.parametrize("when", get_args(When))
async def test_a_runbook_comes_to_its_end_and_takes_each_step_once(served_world: World, when: When) -> None:
    world, begun = served_world, 0
    for statement, nth in STATEMENTS:
        world.proxy.arm(Point(statement, when, nth), world.kill)
        typed = asyncio.create_task(lance(world))
        await asyncio.wait_for(world.proxy.hit.wait(), 20)
        world.proxy.disarm()
        await world.gone()
        await typed
        await world.start(own_process=True)
        if (
            await world.value("SELECT count(*) FROM procedure_run") == begun
        ):  # it was lost with its command: typed again
            await lance(world)
        begun += 1
        await world.eventually_value(begun, "SELECT count(*) FROM procedure_run WHERE state = 'succeeded'", within=40)
    assert await world.value("SELECT count(*) FROM procedure_run") == begun
    taken = await world.rows(
        "SELECT procedure, array_agg(position ORDER BY id) AS steps FROM procedure_step GROUP BY 1"
    )
    steps = len(library()["diagnostic"].steps)
    assert [row["steps"] for row in taken] == [list(range(steps))] * begun
    written = await world.rows("SELECT did, count(*) AS n FROM audit WHERE did LIKE 'runbook.%' GROUP BY did")
    told = {row["did"].removeprefix("runbook."): row["n"] for row in written}
    assert told["begun"] == told["succeeded"] == begun
    assert told.get("step_failed", 0) + told.get("step_done", 0) == steps * begun
    await world.eventually_value(begun, "SELECT count(*) FROM card WHERE subject LIKE 'runbook:%'", within=40)


async def lance(world: World) -> None:
    await world.person("amina").types("/ecotrajet procédure lance diagnostic prod")
