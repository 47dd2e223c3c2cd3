"""What other apps post in a watched Slack channel becomes an incident: once, stored before Slack's ack."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack.deliveries import Delivery
from tests.world import World, edited_config, new_world

DOWN: dict[str, Any] = {"attachments": [{"color": "danger", "title": "Search is down", "title_link": "https://status.example/1",
                         "text": "no answer from prod for 3 minutes"}]}  # fmt: skip
UP: dict[str, Any] = {
    "attachments": [{"color": "good", "title": "Search is up", "title_link": "https://status.example/1"}]
}


@pytest.fixture(params=[False, True], ids=["socket", "http"])
async def world(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    def watching(configuration: dict[str, Any]) -> None:
        configuration["sources"] = {"slack": {"channels": ["#general"], "environment": "prod", "service": "ecotrajet"}}

    config = edited_config(tmp_path, watching)
    async with new_world(database_url, config=config, slack_http=request.param) as made:
        yield made


async def posts(world: World, channel: str, text: str = "", **more: object) -> Delivery:
    slack = world.sandbox.slack
    place = slack.workspace.find(channel)
    assert place is not None
    return await slack.gestures.app_posts(place, "Statuspage", text, **more)


async def test_an_app_s_message_opens_an_incident_that_its_recovery_closes(world: World) -> None:
    delivery = await posts(world, "general", **DOWN)
    assert delivery.ok
    (opened,) = await world.rows("SELECT title, environment, service, status FROM incident")
    assert tuple(opened) == ("[PROD] [CRITICAL] Search is down", "prod", "ecotrajet", "triggered")
    again = await world.sandbox.slack.redeliver(delivery)
    assert again.ok
    assert await world.value("SELECT sum(alert_count) FROM incident") == 1
    await posts(world, "general", **UP)
    assert await world.value("SELECT status FROM incident") == "resolved"


async def test_people_threads_edits_other_channels_and_ourselves_are_nobody_s_alert(world: World) -> None:
    await world.person("amina").types("prod is down, critical!", channel="general")
    await posts(world, "general", "down again", thread_ts="1.000001", **DOWN)
    await posts(world, "general", subtype="message_changed", **DOWN)
    await posts(world, "incidents", **DOWN)
    await posts(world, "general", app_id="A0ECOTRAJ", **DOWN)
    assert await world.value("SELECT count(*) FROM incident") == 0
    assert await world.value("SELECT count(*) FROM intake_body") == 0
