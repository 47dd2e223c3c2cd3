"""The other way in: Slack calls us at /slack/events, signed, and may call twice."""

from collections.abc import AsyncIterator

import pytest

from tests.world import World, new_world

TITLE = "Database connection lost"


@pytest.fixture
async def http_world(database_url: str) -> AsyncIterator[World]:
    """Without an app token: no socket, requests to the public address instead."""
    async with new_world(database_url, slack_http=True) as made:
        yield made


async def test_commands_and_buttons_by_http_act_once_however_often_they_come(http_world: World) -> None:
    world = http_world
    amina = world.person("amina")
    declared = await amina.types('/ecotrajet declare P2 prod "la recherche échoue"', channel="incidents")
    card = await amina.sees("la recherche échoue", channel="incidents")
    await world.sandbox.redeliver(declared)  # with X-Slack-Retry-Num, as when our answer came too late
    pressed = await amina.presses("incident.acknowledge", on=card)
    await world.sandbox.redeliver(pressed)
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    assert await world.value("SELECT count(*) FROM incident") == 1
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'incident.acknowledged'") == 1


async def test_who_cannot_sign_is_not_heard(http_world: World) -> None:
    world = http_world
    body = {"command": "/ecotrajet", "text": "declare P1 prod x", "user_id": "U0AMINA01", "trigger_id": "1.2.3"}
    async with world.http.post(f"{world.url}/slack/events", data=body) as answer:
        assert answer.status == 401
    assert await world.value("SELECT count(*) FROM incident") == 0
