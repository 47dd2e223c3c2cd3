"""The main job, end to end, on real parts: alert, page, ack by SMS, broken image, rollback, approval, healthy again."""

import asyncio
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.workload import Workload
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"
V2_WAS_HEALTHY = (
    "SELECT bool_or(healthy_until - healthy_since >= $1::text::interval) FROM deployment"
    " WHERE environment = 'prod' AND version = 'v2'"
)


@pytest.fixture
async def story(
    database_url: str, tmp_path: Path, make_workload: Callable[..., Workload]
) -> AsyncIterator[tuple[World, Workload]]:
    """A desk of its own process that looks after two containers on the real engine."""
    app = await asyncio.to_thread(make_workload, versions=("v1", "v2", "v3-broken"), environments=("prod", "staging"))

    def aim(configuration: dict[str, Any]) -> None:
        names = {environment: app.container(environment) for environment in ("prod", "staging")}
        configuration["services"]["ecotrajet"]["containers"] = names

    config = edited_config(tmp_path, aim)
    async with new_world(database_url, own_process=True, config=config, more={"DOCKER_HOST": app.host}) as world:
        yield world, app


def page_of(app: Workload) -> str:
    with urllib.request.urlopen(app.url("prod"), timeout=5) as page:
        return str(page.read().decode())


async def broken_by_hand(world: World, app: Workload) -> None:
    """v2 has proved itself; then somebody replaces it, by plain docker, with an image that is not healthy."""
    await world.eventually_value(True, V2_WAS_HEALTHY, "0 s", within=20)
    await world.fast_forward(minutes=1)
    await world.eventually_value(True, V2_WAS_HEALTHY, "30 s", within=20)
    await asyncio.to_thread(app.deploy, "prod", "v3-broken")
    await world.eventually_value(
        "v3-broken", "SELECT version FROM deployment WHERE environment = 'prod' ORDER BY id DESC LIMIT 1"
    )


async def test_from_the_alert_to_a_healthy_service(story: tuple[World, Workload]) -> None:
    world, app = story
    number = await world.alert(TITLE)
    on_call = await world.on_call()
    other = world.person("bruno")
    await other.sees(TITLE, channel="incidents")
    await on_call.phone.gets_sms(TITLE)
    assert "est à vous" in (await on_call.phone.sends("ack") or "")
    await broken_by_hand(world, app)
    assert "v3-broken" in await asyncio.to_thread(page_of, app)

    await on_call.types("/ecotrajet rollback prod", channel="incidents")
    plan = await other.sees("v3-broken", channel="incidents")
    assert "v2" in plan.text
    await on_call.presses("run.approve", on=plan)  # not oneself
    assert await world.value("SELECT status FROM run") == "requested"
    await other.presses("run.approve", on=plan)

    await world.eventually_value("succeeded", "SELECT status FROM run", within=40)
    await other.sees("tourne de nouveau en v2", channel="incidents")
    card = next(message for message in world.channel("incidents").messages if message.ts == plan.ts)
    assert card.edits > 0
    assert "run.approve" not in {button.action_id for button in card.buttons}
    await on_call.dm(containing="v2")
    assert await world.value("SELECT incident FROM run") == number
    assert "v2" in await asyncio.to_thread(page_of, app)
    state = await asyncio.to_thread(app.inspect, app.container("prod"))
    assert state["State"]["Health"]["Status"] == "healthy"
    assert await world.value("SELECT count(*) FROM evidence") >= 1


async def test_restart_status_and_logs(story: tuple[World, Workload]) -> None:
    world, app = story
    amina = world.person("amina")
    before = (await asyncio.to_thread(app.inspect, app.container("staging")))["State"]["StartedAt"]
    await amina.types("/ecotrajet restart staging", channel="incidents")
    card = await amina.sees(app.container("staging"), channel="incidents")
    await amina.presses("run.approve", on=card)
    await world.eventually_value("succeeded", "SELECT status FROM run", within=30)
    assert (await asyncio.to_thread(app.inspect, app.container("staging")))["State"]["StartedAt"] > before

    status = await amina.types("/ecotrajet status", channel="incidents")
    assert "v2" in (await amina.sees("opérationnel", channel="incidents")).text, status
    await amina.types("/ecotrajet logs prod --tail 50", channel="incidents")
    await amina.sees("écoute sur le port", channel="incidents")
