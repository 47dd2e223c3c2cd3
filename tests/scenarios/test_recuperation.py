"""Data are lost: the guide's recovery from Slack, by two people, on a real container, PostgreSQL and S3."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import boto3
import pytest

from bot.backups.server import at, database_of
from bot.sandbox.devices import spaced
from bot.sandbox.workload import Workload
from tests.scenarios.test_backups import s3
from tests.scenarios.test_restore import stations
from tests.scenarios.test_runs_story import running
from tests.world import World, edited_config, new_world

__all__ = ["s3"]


@pytest.fixture
async def service_url(empty_database_url: str) -> AsyncIterator[str]:
    """The service's database holds 1,000 stations; what a restore makes beside it goes with it."""
    service = await asyncpg.connect(empty_database_url)
    await service.execute("CREATE TABLE stations AS SELECT n AS id FROM generate_series(1, 1000) n")
    await service.close()
    yield empty_database_url
    server, name = await asyncpg.connect(at(empty_database_url, "postgres")), database_of(empty_database_url)
    for row in await server.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", name + "_"):
        await server.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
    await server.close()


@pytest.fixture
async def app(make_workload: Callable[..., Workload]) -> Workload:
    """v2 runs in prod, and there is a maintenance page for it."""
    workload = await asyncio.to_thread(make_workload, versions=("v2",), environments=("prod",))
    await asyncio.to_thread(workload.make_image, "page", health=False)
    return workload


@pytest.fixture
async def world(database_url: str, service_url: str, s3: str, app: Workload, tmp_path: Path) -> AsyncIterator[World]:
    bucket, client = f"backups-{uuid4().hex}", boto3.client("s3", endpoint_url=s3)
    await asyncio.to_thread(client.create_bucket, Bucket=bucket)

    def edit(configuration: dict[str, Any]) -> None:
        configuration["services"]["ecotrajet"]["containers"] = {"prod": app.container("prod")}
        configuration["services"]["ecotrajet"]["maintenance_image"] = app.image("page")
        configuration["environments"]["prod"]["engine"] = app.host
        configuration["backups"] = {
            "nuit": {
                "database": "env:PROD_DATABASE_URL", "restore_with": "env:PROD_DATABASE_URL", "bucket": bucket,
                "endpoint": s3, "environment": "prod", "service": "ecotrajet",
            }
        }  # fmt: skip

    config, more = edited_config(tmp_path, edit), {"PROD_DATABASE_URL": service_url}
    async with new_world(database_url, config=config, more=more) as made:
        yield made
    await asyncio.to_thread(client.close)


async def lose(url: str) -> None:
    service = await asyncpg.connect(url)
    await service.execute("DELETE FROM stations WHERE id > 10")
    await service.close()


async def test_lost_data_come_back_and_the_incident_tells_it_all(world: World, app: Workload, service_url: str) -> None:
    amina, bruno, chloe = world.person("amina"), world.person("bruno"), world.person("chloe")
    await world.eventually_value("succeeded", "SELECT max(state) FROM backup", within=20)  # the night's, made up for
    await lose(service_url)
    number = await world.alert("Perte de données dans la table stations")
    await chloe.sees("données perdues ou exposées", channel="incidents")  # and not that the service is down
    await bruno.types(f"/ecotrajet procédure lance recuperation prod --incident {number} --confirm prod")

    card = await chloe.sees("Quelles données manquent", channel="incidents")
    assert card.thread is not None  # that of the incident
    await bruno.presses("D’accord pour restaurer", on=card)
    await bruno.sees("une deuxième personne approuve")
    await amina.presses("D’accord pour restaurer", on=card)
    await bruno.presses("Arrêter le service", on=await chloe.sees("Tant qu’il tourne", channel="incidents"))
    await bruno.sees("Noté : « Arrêter le service ». La procédure 1 continue.".replace(" :", "\u00a0:"))
    plan = await amina.sees("Arrêt · prod", channel="incidents")
    assert "répond sur 127.0.0.1" in plan.text
    await amina.presses("run.approve", on=plan)

    card = await chloe.sees("Dans la base à côté", channel="incidents", within=40)
    restored = await world.value("SELECT object FROM backup WHERE kind = 'restore'")
    assert restored in card.text
    assert await stations(at(service_url, restored)) == 1000, "not the copy of the damage, which was made since"
    assert await stations(service_url) == 10
    await bruno.presses("La mettre en place", on=card)
    await amina.presses("La mettre en place", on=card)
    start = await amina.sees("Démarrage · prod", channel="incidents", within=20)
    assert await stations(service_url) == 1000
    await amina.presses("run.approve", on=start)
    card = await chloe.sees("recherchez une station", channel="incidents", within=40)
    await chloe.presses("Fait", on=card)
    await world.eventually_value("succeeded", "SELECT state FROM procedure_run")

    assert await asyncio.to_thread(running, app) == ("v2", "healthy")
    before = await world.value("SELECT object FROM backup WHERE kind = 'cutover'")
    assert await stations(at(service_url, before)) == 10
    card = await chloe.sees("✅ Récupération", channel="incidents")
    assert "Isolation : faut-il arrêter le service ? · Arrêter le service · Bruno Martin" in spaced(card.text)
    await chloe.types(f"/ecotrajet chronologie {number} md")
    await chloe.sees("est dans vos messages")
    [story] = [file for file in world.sandbox.slack.workspace.files.values() if ".md" in str(file["name"])]
    told = bytes(story["content"]).decode().replace("\\", "")
    good = await world.value("SELECT object FROM backup WHERE kind = 'daily'")
    for said in (good, restored, before):
        assert said in card.text
        assert said in told
    for said in ("Bruno Martin a commencé la procédure", "Amina Diallo", "Chloé Bernard", "page de maintenance répond"):
        assert said in told
