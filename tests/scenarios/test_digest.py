"""Managers read one digest at most every half hour instead of a message for each event; a P1 still comes at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.devices import spaced
from tests.world import World, edited_config, new_world

SENT = "SELECT count(*) FROM message WHERE person = 'emma' AND about = $1 AND state IN ('sent', 'delivered')"
SLOW = "Lenteur de la recherche"


def digests(configuration: dict[str, Any]) -> None:
    configuration["notifications"]["managers_digest"] = "30 min"


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with new_world(database_url, config=edited_config(tmp_path, digests)) as made:
        yield made


async def test_what_is_not_critical_comes_in_one_digest_and_its_news_half_an_hour_later(desk: World) -> None:
    emma, bruno = desk.person("emma"), desk.person("bruno")
    first = await desk.alert(SLOW, severity="warning")
    second = await desk.alert("Lenteur du paiement", severity="warning", service="paiement")
    await desk.fast_forward(hours=2, minutes=1)  # the ladder's last level is hers
    shown = await emma.dm(containing="Incidents ouverts")
    assert f"#{first}" in shown.text
    assert f"#{second}" in shown.text
    assert "fonctionnalité est dégradée" in shown.text
    assert "personne ne l’a encore pris" in spaced(shown.text)
    assert SLOW not in shown.text  # nothing technical
    assert (await desk.value(SENT, "digest"), await desk.value(SENT, "page")) == (1, 0)
    assert await desk.value("SELECT count(*) FROM audit WHERE did = 'digest.queued'") == 2
    await emma.sees("lira dans la synthèse", channel="incidents")

    await bruno.types(f"/ecotrajet ack {first}", channel="incidents")
    await desk.eventually_value("acknowledged", "SELECT status FROM incident WHERE number = $1", first)
    await bruno.types(f"/ecotrajet resolve {second}", channel="incidents")
    await desk.eventually_value("resolved", "SELECT status FROM incident WHERE number = $1", second)
    await desk.fast_forward(minutes=25)
    assert await desk.value(SENT, "digest") == 1
    await desk.fast_forward(minutes=6)
    assert await desk.value(SENT, "digest") == 2
    shown = await emma.dm(containing="Incidents ouverts")
    assert "Bruno Martin" in shown.text
    assert "résolu après" in spaced(shown.text)
    assert await desk.value(SENT, "update") == 0


async def test_a_p1_pages_them_at_once_and_its_news_come_in_the_digest(desk: World) -> None:
    emma = desk.person("emma")
    number = await desk.alert("Database connection lost")
    await desk.fast_forward(hours=2, minutes=1)
    await emma.phone.gets_sms("service indisponible")
    assert await desk.value(SENT, "digest") == 0
    bruno = desk.person("bruno")
    await bruno.types(f"/ecotrajet ack {number}", channel="incidents")
    shown = await emma.dm(containing="Incidents ouverts")
    assert "Bruno Martin" in shown.text
    await bruno.types(f"/ecotrajet resolve {number}", channel="incidents")
    await desk.eventually_value("resolved", "SELECT status FROM incident")
    await desk.fast_forward(minutes=31)
    await emma.dm(containing="Plus aucun incident")
    assert (await desk.value(SENT, "digest"), await desk.value(SENT, "update")) == (2, 0)


async def test_where_nobody_else_could_be_paged_they_are_whatever_it_is(database_url: str, tmp_path: Path) -> None:
    def alone(configuration: dict[str, Any]) -> None:
        digests(configuration)
        policy = configuration["escalation"]["policies"]["default"]
        policy["levels"] = [{"name": "Management", "after": "0 min", "tell": ["person:emma"]}]
        policy["stops_at"] = {}

    async with new_world(database_url, config=edited_config(tmp_path, alone)) as world:
        await world.alert(SLOW, severity="warning")
        await world.person("emma").dm(containing="fonctionnalité est dégradée")
        await world.eventually_value(True, f"SELECT ({SENT}) >= 1", "page")
        assert await world.value("SELECT count(*) FROM message WHERE about = 'digest'") == 0


async def test_a_digest_that_slack_refuses_comes_by_mail_at_once(desk: World) -> None:
    emma = desk.person("emma")
    await desk.alert(SLOW, severity="warning")
    await desk.fast_forward(hours=1, minutes=59)
    desk.sandbox.slack.faults.arm("conversations.open", "user_disabled", times=20, users=emma.person.slack_id)
    await desk.fast_forward(minutes=2)
    mail = await emma.mailbox.gets("Incidents ouverts")
    assert "fonctionnalité est dégradée" in mail.text
    assert SLOW not in mail.text


async def test_a_refused_digest_comes_by_mail_at_once_though_another_one_waits_already(desk: World) -> None:
    emma = desk.person("emma")
    number = await desk.alert(SLOW, severity="warning")
    await desk.fast_forward(hours=1, minutes=59)
    hanging = desk.sandbox.slack.faults.arm("conversations.open", "user_disabled", hang=2.0, users=emma.person.slack_id)
    forward = asyncio.create_task(desk.fast_forward(minutes=1.1))

    async def asked() -> bool:
        return hanging.times == 0

    await desk.eventually(asked, "Slack was asked")
    await desk.person("bruno").types(f"/ecotrajet ack {number}", channel="incidents")
    await desk.eventually_value(2, "SELECT count(*) FROM message WHERE about = 'digest'")
    mail = await emma.mailbox.gets("Incidents ouverts")
    await forward
    assert "Bruno Martin" in mail.text


async def test_a_digest_that_fails_for_a_moment_gives_way_to_the_newer_one_that_waits(desk: World) -> None:
    emma = desk.person("emma")
    number = await desk.alert(SLOW, severity="warning")
    await desk.fast_forward(hours=1, minutes=59)
    hanging = desk.sandbox.slack.faults.arm(
        "conversations.open", "internal_error", hang=2.0, users=emma.person.slack_id
    )
    forward = asyncio.create_task(desk.fast_forward(minutes=1.1))

    async def asked() -> bool:
        return hanging.times == 0

    await desk.eventually(asked, "Slack was asked")
    await desk.person("bruno").types(f"/ecotrajet ack {number}", channel="incidents")
    await desk.eventually_value("acknowledged", "SELECT status FROM incident")
    assert await desk.value("SELECT count(*) FROM message WHERE about = 'digest'") == 2
    shown = await emma.dm(containing="Incidents ouverts", within=15)
    await forward
    assert "Bruno Martin" in shown.text
    assert await desk.value(SENT, "digest") == 1
