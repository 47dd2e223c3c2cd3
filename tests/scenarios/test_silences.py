"""Silences and maintenance: kept and counted, nobody paged; what still fires at the end becomes an incident then."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.alert import Alert, AlertStatus
from bot.audit import Actor, Door
from bot.config import load
from bot.lifecycle import Lifecycle
from bot.lifecycle.silences import Silences
from bot.maintenance import Matcher
from bot.store.database import Database
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"
AMINA = Actor("amina", "Amina Diallo", Door.CLI)


async def quiet_alert(world: World, title: str, **more: object) -> str:
    """What the door says became of it; no incident is asserted."""
    alert = {"title": title, "environment": "prod", "service": "ecotrajet", "severity": "critical", **more}
    status, answer = await world.post("/webhooks/generic", alert)
    assert status == 200, answer
    assert answer["alerts"][0]["incident"] is None
    return str(answer["alerts"][0]["outcome"])


def firing(key: str) -> Alert:
    return Alert("generic", key, AlertStatus.FIRING, TITLE, environment="prod", service="ecotrajet")


async def test_a_silence_keeps_alerts_counts_them_and_opens_what_still_fires_at_its_end(world: World) -> None:
    amina = world.person("amina")
    await amina.types('/ecotrajet silence prod ecotrajet 2h "déploiement"', channel="incidents")
    await amina.sees("silence end 1", channel="incidents")
    await world.person("bruno").sees("déploiement", channel="incidents")

    assert await quiet_alert(world, TITLE) == "silenced"
    assert await quiet_alert(world, TITLE) == "repeated"
    assert await quiet_alert(world, "Search is down", dedup_key="search") == "silenced"
    assert await quiet_alert(world, "Search is down", dedup_key="search", status="resolved") == "resolved"
    await world.person("emma").sees("P1", channel="incidents")  # said once, though silenced
    elsewhere = await world.alert("Staging is slow", env="staging", severity="warning")

    await amina.types("/ecotrajet silence list", channel="incidents")
    listed = await amina.sees("Alertes gardées", channel="incidents")
    assert "2" in listed.text
    on_call = await world.on_call()
    await world.fast_forward(minutes=119)
    assert not on_call.phone.inbox
    assert await world.value("SELECT count(*) FROM incident") == 1

    await world.fast_forward(minutes=2)
    number = await world.value("SELECT max(number) FROM incident")
    assert number != elsewhere
    await on_call.phone.gets_sms(TITLE)
    await amina.sees(f"#{number}", channel="incidents")
    assert await world.value("SELECT count(*) FROM incident") == 2
    assert await world.value("SELECT count(*) FROM alert WHERE incident = $1 AND status = 'firing'", number) == 1
    assert await world.alert(TITLE) == number  # and it is an alert like any other
    assert await world.alert(TITLE, status="resolved") == number
    await world.eventually_value("resolved", "SELECT status FROM incident WHERE number = $1", number)


async def test_what_stopped_firing_meanwhile_opens_nothing(world: World) -> None:
    amina = world.person("amina")
    await amina.types("/ecotrajet taire prod 30 min essai de bascule", channel="incidents")
    await amina.sees("silence end 1", channel="incidents")
    await quiet_alert(world, TITLE)
    await quiet_alert(world, TITLE, status="resolved")
    await world.fast_forward(minutes=31)
    await amina.sees("toujours actives : 0", channel="incidents")
    assert await world.value("SELECT count(*) FROM incident") == 0


async def test_a_silence_ended_by_hand_opens_at_once(world: World) -> None:
    bruno = world.person("bruno")
    await bruno.types("/ecotrajet silence prod 2h migration", channel="incidents")
    await bruno.sees("silence end 1", channel="incidents")
    await quiet_alert(world, TITLE)
    await quiet_alert(world, "Disk full", dedup_key="disk")
    await bruno.types("/ecotrajet silence fin 1", channel="incidents")
    await (await world.on_call()).phone.gets_sms("P1")
    await world.eventually_value(2, "SELECT count(*) FROM alert WHERE incident IS NOT NULL")
    assert await world.value("SELECT count(*) FROM incident") == 1  # one service, one incident
    await bruno.types("/ecotrajet silence fin 1", channel="incidents")
    await bruno.sees("/ecotrajet silence list", channel="incidents")


async def test_a_planned_silence_by_label_begins_at_its_time_and_hushes_only_its_label(world: World) -> None:
    now = await world.value("SELECT app_now() AT TIME ZONE 'Europe/Paris'")
    soon = now + timedelta(minutes=90)
    amina = world.person("amina")
    await amina.types(
        f'/ecotrajet silence equipe=paie* 1h "clôture" --from "{soon:%Y-%m-%d %H:%M}"', channel="incidents"
    )
    await amina.sees("planifié", channel="incidents")
    number = await world.alert("Payments fail", labels={"equipe": "paiement"}, dedup_key="before")
    await world.post("/webhooks/generic", {"title": "Payments fail", "environment": "prod", "dedup_key": "before",
                                           "status": "resolved"})  # fmt: skip
    await world.eventually_value("resolved", "SELECT status FROM incident WHERE number = $1", number)
    await world.fast_forward(minutes=100)
    assert await quiet_alert(world, "Payments fail", labels={"equipe": "Paiement"}, dedup_key="during") == "silenced"
    await world.alert("Something else fails", labels={"equipe": "carte"}, dedup_key="other")


async def test_what_a_longer_silence_covers_stays_quiet_when_the_shorter_ends(world: World) -> None:
    amina = world.person("amina")
    await amina.types("/ecotrajet silence prod ecotrajet 1h court", channel="incidents")
    await amina.sees("silence end 1", channel="incidents")
    await quiet_alert(world, TITLE)
    await amina.types("/ecotrajet silence prod 3h long", channel="incidents")
    await amina.sees("silence end 2", channel="incidents")
    await world.fast_forward(minutes=61)
    assert await world.value("SELECT count(*) FROM incident") == 0
    assert await world.value("SELECT silence FROM silenced_alert") == 2
    await world.fast_forward(minutes=121)
    await world.eventually_value(1, "SELECT count(*) FROM incident")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("silence prod", "2h"),
        ("silence 2h", "2h"),
        ("silence prdo 2h", "prod"),
        ("silence prod 90d", "30"),
        ("silence end 99", "/ecotrajet silence list"),
        ('silence prod 1h --from "hier"', "22:00"),
        ("maintenance staging", "02:00-04:00"),
        ("maintenance end 99", "/ecotrajet maintenance list"),
    ],
)
async def test_a_mistake_is_told_with_what_to_type_instead(world: World, typed: str, told: str) -> None:
    amina = world.person("amina")
    await amina.types(f"/ecotrajet {typed}", channel="incidents")
    await amina.sees(told, channel="incidents")
    assert await world.value("SELECT count(*) FROM silence") == 0


async def test_weekly_maintenance_planned_in_slack_recurs_until_it_is_ended(world: World) -> None:
    now = await world.value("SELECT app_now() AT TIME ZONE 'Europe/Paris'")
    start = now + timedelta(hours=2)
    amina = world.person("amina")
    day = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")[start.weekday()]
    hours = f"{start:%H:%M}-{start + timedelta(hours=1):%H:%M}"
    await amina.types(f'/ecotrajet maintenance prod {day} {hours} "mise à jour"', channel="incidents")
    await amina.sees("maintenance hebdomadaire 1", channel="incidents")
    for week in range(2):
        await world.fast_forward(minutes=121 if week == 0 else 7 * 24 * 60 - 63)
        await amina.sees("Début de maintenance", channel="incidents")
        assert await quiet_alert(world, TITLE, dedup_key=f"k{week}") == "silenced"
        await quiet_alert(world, TITLE, dedup_key=f"k{week}", status="resolved")
        await world.fast_forward(minutes=63)
    assert await world.value("SELECT count(*) FROM silence WHERE settled_at IS NOT NULL") == 2
    await amina.types("/ecotrajet maintenance fin 1", channel="incidents")
    await world.eventually_value(0, "SELECT count(*) FROM silence WHERE settled_at IS NULL")
    await world.alert(TITLE, dedup_key="last")


@pytest.fixture
async def weekly_world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The whole day is maintenance of staging, by configuration."""

    def edit(configuration: dict[str, Any]) -> None:
        days = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
        configuration["maintenance"] = {
            "nuit": {"environments": ["staging"], "days": days, "start": "00:00", "end": "23:59", "why": "Hebdo"}
        }

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as made:
        yield made


async def test_maintenance_of_the_configuration_is_in_force_by_itself_and_listed(weekly_world: World) -> None:
    world = weekly_world
    await world.person("bruno").sees("Hebdo", channel="incidents")
    assert await quiet_alert(world, "API down", environment="staging") == "silenced"
    bruno = world.person("bruno")
    await bruno.types("/ecotrajet maintenance", channel="incidents")
    listed = await bruno.sees("00:00–23:59", channel="incidents")
    assert "samedi" in listed.text
    await world.alert(TITLE)
    await world.fast_forward(hours=24)
    assert await world.value("SELECT count(*) FROM incident WHERE environment = 'staging'") == 1
    assert await world.value("SELECT max(id) FROM silence") <= 3  # a number for each occurrence, not for each look


async def test_an_alert_that_comes_while_a_silence_ends_is_never_lost(database_url: str, world: World) -> None:
    """Fifty alerts race with the end of their silence: each has an incident afterwards, or is still quiet by none."""
    async with Database.open(database_url) as db:
        desk = load(world.environment).desk
        silences, lifecycle = Silences(db, desk), Lifecycle(db, desk)
        await silences.begin(Matcher(("prod",)), timedelta(hours=1), "", AMINA)
        coming = [lifecycle.receive([firing(f"k{n}")], source="generic") for n in range(50)]
        await asyncio.gather(*coming[:25], silences.end(1, AMINA), *coming[25:])
        await silences.round()
    assert await world.value("SELECT count(*) FROM alert WHERE status = 'firing'") == 50
    await world.eventually_value(0, "SELECT count(*) FROM alert WHERE status = 'firing' AND incident IS NULL")
