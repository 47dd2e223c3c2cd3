"""Debian's real Alertmanager, its own `pagerduty_configs` and `opsgenie_configs` pointed here: an address changes."""

from pathlib import Path

import pytest

from tests.prometheus import Monitoring, monitoring
from tests.world import TOKEN, World

HOST = "web-1"
SOON = 20.0  # seconds: both tools look at the world every half second


async def nothing_failed(watched: Monitoring) -> bool:
    return await watched.counted("alertmanager_notification_requests_failed_total") == 0


@pytest.mark.parametrize("integration", ["pagerduty", "opsgenie"])
async def test_a_rule_fires_and_pages_then_it_is_over_and_so_is_the_incident(
    world: World, tmp_path: Path, integration: str
) -> None:
    async with monitoring(tmp_path, world.url, TOKEN, integration) as watched:
        watched.exporter.up[HOST] = 0
        await world.eventually_value(1, "SELECT count(*) FROM incident WHERE status = 'triggered'", within=SOON)
        (row,) = await world.rows(
            "SELECT a.source, a.title, i.environment, i.service, i.priority FROM alert a"
            " JOIN incident i ON i.number = a.incident"
        )
        assert (row["source"], row["environment"], row["service"], row["priority"]) == (
            integration, "prod", "ecotrajet", "P1"
        )  # fmt: skip
        assert "TripServiceDown" in row["title"]
        await (await world.on_call()).phone.gets_sms("TripServiceDown")

        watched.exporter.up |= {HOST: 0, "web-2": 0}  # the group goes on: told again, and nobody is paged anew
        await world.eventually_value(True, "SELECT max(count) > 1 FROM alert", within=SOON)
        assert await world.value("SELECT count(*) FROM incident") == 1

        watched.exporter.up |= {HOST: 1, "web-2": 1}
        await world.eventually_value("resolved", "SELECT status FROM incident", within=SOON)
        assert await nothing_failed(watched), "Alertmanager takes every answer for a success"


@pytest.mark.parametrize("integration", ["pagerduty", "opsgenie"])
async def test_the_database_is_away_so_alertmanager_tries_again_and_exactly_one_incident_opens(
    world: World, tmp_path: Path, integration: str
) -> None:
    async with monitoring(tmp_path, world.url, TOKEN, integration) as watched:
        world.proxy.cable(pulled=True)
        watched.exporter.up[HOST] = 0

        async def refused_twice() -> bool:
            return await watched.counted("alertmanager_notification_requests_failed_total") >= 2

        await world.eventually(refused_twice, "Alertmanager was told 503 and tried again", SOON)
        world.proxy.cable(pulled=False)
        await world.eventually_value(1, "SELECT count(*) FROM incident", within=SOON)
        watched.exporter.up[HOST] = 1
        await world.eventually_value("resolved", "SELECT status FROM incident", within=SOON)
        assert await world.value("SELECT count(*) FROM incident") == 1
