"""The whole desk: typed in Slack, approved on the card, done on real containers, and once killed in the middle."""

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


async def test_from_the_alert_to_a_healthy_service_without_leaving_slack(
    database_url: str, workload_v2: Workload, tmp_path: Path
) -> None:
    async with new_world(database_url, config=on(workload_v2, tmp_path)) as world:
        await seen(world, "v2")
        await asyncio.to_thread(workload_v2.deploy, "prod", "v3-broken")
        await seen(world, "v3-broken")
        number = await world.alert("Site indisponible")
        amina, bruno = world.person("amina"), world.person("bruno")
        on_call = await world.on_call()
        await on_call.phone.gets_sms(f"#{number}", within=10)
        await on_call.phone.sends(f"ack {number}")
        await amina.types("/ecotrajet rollback prod v2")
        plan = await bruno.sees("v3-broken", channel="incidents", within=15)
        assert "v2" in plan.text
        await amina.presses("run.approve", on=plan)
        await amina.sees("deuxième personne")
        await bruno.presses("run.approve", on=plan)
        await world.eventually_value("succeeded", "SELECT status FROM run", within=40)
        assert await asyncio.to_thread(running, workload_v2) == ("v2", "healthy")
        await amina.dm(containing="v2", within=10)
        cards = [message for message in world.channel("incidents").messages if message.ts == plan.ts]
        assert cards[0].edits > 0
        assert "run.approve" not in {button.action_id for button in cards[0].buttons}
        assert await world.value("SELECT incident FROM run") == number


async def test_status_and_logs_tell_of_real_containers(
    database_url: str, workload_v2: Workload, tmp_path: Path
) -> None:
    async with new_world(database_url, config=on(workload_v2, tmp_path)) as world:
        amina = world.person("amina")
        await amina.types("/ecotrajet status")
        shown = await amina.sees("v2")
        assert "🟢" in shown.text
        await amina.types("/ecotrajet logs prod --tail 50")
        await amina.sees("écoute sur le port 8080")


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
