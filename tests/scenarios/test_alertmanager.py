"""Debian's real Prometheus and Alertmanager before the desk: a rule fires and an incident opens, and closes with it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers.sources.alertmanager import fingerprint
from tests.prometheus import Monitoring, monitoring
from tests.world import TOKEN, World

HOST = "web-1"
SOON = 20.0  # seconds: both tools look at the world every half second


@pytest.fixture
async def watched(world: World, tmp_path: Path) -> AsyncIterator[Monitoring]:
    async with monitoring(tmp_path, world.url, TOKEN) as running:
        yield running


async def test_a_rule_fires_and_the_incident_opens_then_it_is_over_and_so_is_the_incident(
    world: World, watched: Monitoring
) -> None:
    watched.exporter.up[HOST] = 0
    await world.eventually_value(1, "SELECT count(*) FROM incident WHERE status = 'triggered'", within=SOON)

    (alert,) = await watched.alerts()
    (row,) = await world.rows(
        "SELECT a.dedup_key, a.title, a.source, i.priority, i.environment, i.service, i.title AS headline"
        " FROM alert a JOIN incident i ON i.number = a.incident"
    )
    assert row["dedup_key"] == alert["fingerprint"]
    assert row["dedup_key"] == fingerprint(alert["labels"]), "what we compute for version 3 is what Prometheus computes"
    assert (row["source"], row["priority"], row["environment"], row["service"]) == (
        "alertmanager", "P1", "prod", "ecotrajet"
    )  # fmt: skip
    assert row["title"] == f"TripServiceDown: ÉcoTrajet does not answer on {HOST}"
    await (await world.on_call()).phone.gets_sms("TripServiceDown")

    watched.exporter.up[HOST] = 1
    await world.eventually_value("resolved", "SELECT status FROM incident", within=SOON)
    assert await world.value("SELECT status FROM alert") == "resolved"


async def test_a_second_host_joins_the_incident_of_its_group_which_is_over_when_both_are(
    world: World, watched: Monitoring
) -> None:
    watched.exporter.up |= {HOST: 0, "web-2": 1}
    await world.eventually_value(1, "SELECT count(*) FROM alert WHERE status = 'firing'", within=SOON)
    watched.exporter.up["web-2"] = 0
    await world.eventually_value(2, "SELECT count(*) FROM alert WHERE status = 'firing'", within=SOON)
    assert await world.value("SELECT count(*) FROM incident") == 1

    watched.exporter.up[HOST] = 1
    await world.eventually_value(1, "SELECT count(*) FROM alert WHERE status = 'resolved'", within=SOON)
    assert await world.value("SELECT status FROM incident") == "triggered", "a member resolved inside a firing group"
    watched.exporter.up["web-2"] = 1
    await world.eventually_value("resolved", "SELECT status FROM incident", within=SOON)


async def test_the_database_is_away_so_alertmanager_tries_again_and_exactly_one_incident_opens(
    world: World, watched: Monitoring
) -> None:
    world.proxy.cable(pulled=True)
    watched.exporter.up[HOST] = 0

    async def refused_twice() -> bool:
        return await watched.counted("alertmanager_notification_requests_failed_total") >= 2

    await world.eventually(refused_twice, "Alertmanager was told 503 and tried again", SOON)
    world.proxy.cable(pulled=False)
    await world.eventually_value(1, "SELECT count(*) FROM incident", within=SOON)

    async def delivered() -> bool:
        sent = await watched.counted("alertmanager_notification_requests_total")
        return sent > await watched.counted("alertmanager_notification_requests_failed_total")

    await world.eventually(delivered, "Alertmanager's retry was answered with 2xx", SOON)
    await world.eventually_value(0, "SELECT count(*) FROM intake_body WHERE state = 'stored'")
    refused = Path(world.environment["ECOTRAJET_DATA"]) / "refused"

    async def taken_in() -> bool:
        return not any(refused.iterdir())

    await world.eventually(taken_in, "what was kept on disk is taken in")
    assert await world.value("SELECT count(*) FROM incident") == 1
    assert await world.value("SELECT count(*) FROM alert WHERE status = 'firing'") == 1
    assert await world.value("SELECT priority FROM incident") == "P1"


async def test_it_is_over_while_the_database_is_away_and_the_incident_follows_later(
    world: World, watched: Monitoring
) -> None:
    watched.exporter.up[HOST] = 0
    await world.eventually_value("triggered", "SELECT max(status) FROM incident", within=SOON)
    world.proxy.cable(pulled=True)
    failed = await watched.counted("alertmanager_notification_requests_failed_total")
    watched.exporter.up[HOST] = 1

    async def refused() -> bool:
        return await watched.counted("alertmanager_notification_requests_failed_total") > failed

    await world.eventually(refused, "Alertmanager was told 503", SOON)
    world.proxy.cable(pulled=False)
    await world.eventually_value("resolved", "SELECT status FROM incident", within=SOON)
    assert await world.value("SELECT count(*) FROM incident") == 1
