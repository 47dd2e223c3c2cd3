"""Killed in the middle of a rollback: the next start ends it, on real containers (see also test_main_story)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.workload import Workload
from tests.world import World, edited_config, new_world


@pytest.fixture
async def workload_v2(make_workload: Callable[..., Workload]) -> Workload:
    """v2 runs healthy in prod; v1 and a broken v3 are there."""
    return await asyncio.to_thread(make_workload, versions=("v1", "v2", "v3-broken"), environments=("prod",))


def on(workload: Workload, folder: Path) -> Path:
    """The example configuration, with this application as the service in prod."""

    def edit(configuration: dict[str, Any]) -> None:
        configuration["services"]["ecotrajet"]["containers"] = {"prod": workload.container("prod")}
        configuration["environments"]["prod"]["engine"] = workload.host

    return edited_config(folder, edit)


async def seen(world: World, version: str) -> None:
    """The desk has noticed what runs."""
    await world.eventually_value(True, "SELECT EXISTS (SELECT FROM deployment WHERE version = $1)", version, within=15)


def running(workload: Workload) -> tuple[str, str]:
    """Version and health of the one container of prod."""
    names = workload.docker("ps", "-a", "--format", "{{.Names}}", "--filter", f"name=^/{workload.prefix}").split()
    assert names == [workload.container("prod")]
    state = workload.inspect(names[0])
    return state["Config"]["Labels"]["org.opencontainers.image.version"], state["State"]["Health"]["Status"]


@pytest.mark.parametrize("step", ["stop", "gate"])
async def test_a_desk_killed_in_the_middle_of_a_swap_ends_it_after_its_restart(
    database_url: str, workload_v2: Workload, tmp_path: Path, step: str
) -> None:
    async with new_world(database_url, config=on(workload_v2, tmp_path), own_process=True) as world:
        await seen(world, "v2")
        amina, bruno = world.person("amina"), world.person("bruno")
        await amina.types("/ecotrajet rollback prod v1")
        plan = await bruno.sees("v1", channel="incidents", within=15)
        await bruno.presses("run.approve", on=plan)
        await world.eventually_value(True, "SELECT EXISTS (SELECT FROM run_step WHERE name = $1)", step, within=20)
        await world.crash_and_restart()
        await world.eventually_value(
            True, "SELECT status IN ('succeeded', 'reverted') FROM run", within=45
        )  # the lease of the dead one has to run out first
        ended = await world.value("SELECT status FROM run")
        expected = "v1" if ended == "succeeded" else "v2"
        assert await asyncio.to_thread(running, workload_v2) == (expected, "healthy")
        await amina.dm(containing=expected, within=10)
        assert await world.value("SELECT count(*) FROM audit WHERE did = 'run.interrupted'") >= 1
