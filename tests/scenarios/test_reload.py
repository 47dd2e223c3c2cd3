"""SIGHUP: a changed configuration is taken up by the same process; a bad one is not, and nobody notices anything."""

import signal
from pathlib import Path
from typing import Any

from aiohttp import ServerDisconnectedError

from tests.world import World, edited_config, new_world

ALERT = {"title": "Database connection lost", "environment": "prod", "service": "ecotrajet", "severity": "critical"}


def with_a_source(configuration: dict[str, Any]) -> None:
    configuration["sources"] = {**configuration.get("sources", {}), "ours": {"like": "generic"}}


async def test_a_changed_configuration_is_taken_up_and_a_bad_one_is_not(database_url: str, tmp_path: Path) -> None:
    config = edited_config(tmp_path, lambda _: None)
    async with new_world(database_url, own_process=True, config=config) as world:
        number = await world.alert("Database connection lost")
        assert (await world.post("/webhooks/ours", ALERT))[0] == 404

        config.write_text("people: [", "utf-8")
        told(world)
        await world.eventually(lambda: said(world, "the old one stays"), "the log says that it is not taken")
        assert (await world.post("/webhooks/ours", ALERT))[0] == 404
        assert said_now(world, "starts_again=True") is False

        edited_config(tmp_path, with_a_source)
        told(world)
        await world.eventually(lambda: answers(world), "the new source answers", 20)
        assert world.process is not None
        assert world.process.returncode is None, "it must be the same process for whoever watches over it"
        await world.person("amina").types(f"/ecotrajet ack {number}")
        await world.person("amina").sees("pris par Amina")


def told(world: World) -> None:
    assert world.process is not None
    world.process.send_signal(signal.SIGHUP)


def said_now(world: World, words: str) -> bool:
    return words in world.log()


async def said(world: World, words: str) -> bool:
    return said_now(world, words)


async def answers(world: World) -> bool:
    try:
        return (await world.post("/webhooks/ours", ALERT))[0] == 200
    except (OSError, ServerDisconnectedError):
        return False  # between the two, or on a connection that the old one has just closed
