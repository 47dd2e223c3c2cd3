"""People look into containers from Slack: on a real engine, in their language, and nobody else sees it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.sandbox import workload as sandbox_workload
from bot.sandbox.engine import RunningEngine
from bot.sandbox.workload import Workload
from tests.world import World, edited_config, new_world

SECRET = "s3cr3t-of-ours"


@pytest.fixture(scope="module")
def app(engine: RunningEngine) -> Iterator[Workload]:
    """v2 in prod, with a secret, and v1 in staging."""
    prefix = f"test-{uuid4().hex[:8]}"
    versions = ("v1", "v2", "v4-crash")
    made = sandbox_workload.start(prefix, host=engine.host, interval="300ms", versions=versions, environments=())
    made.deploy(
        "prod", "v2", "-e", f"DB_PASSWORD={SECRET}", "-e", "VITE_URL=https://prod.example", "--memory", "64m",
        "-e", "SITE=http://127.0.0.1:8080",
    )  # fmt: skip
    made.deploy("staging", "v1", "-e", "VITE_URL=https://staging.example")
    yield made
    sandbox_workload.stop(prefix, host=engine.host)


@pytest.fixture
async def world(database_url: str, app: Workload, tmp_path: Path) -> AsyncIterator[World]:
    def edit(configuration: dict[str, Any]) -> None:
        service = configuration["services"]["ecotrajet"]
        service["containers"] = {each: app.container(each) for each in ("prod", "staging")}
        service |= {"required": ["NODE_ENV", "DB_PASSWORD"], "reaches": {"SITE": "/health"}}
        configuration["services"]["billing"] = {"containers": {"prod": "no-such-billing"}}
        configuration["environments"]["dev"] = {"engine": "unix:///nowhere/docker.sock"}
        service["containers"]["dev"] = "ecotrajet-dev"

    config = edited_config(tmp_path, edit)
    async with new_world(database_url, config=config, more={"DOCKER_HOST": app.host}) as made:
        yield made


async def asked(world: World, person: str, typed: str, containing: str) -> str:
    """What this person reads; nobody else does, and no secret is in it."""
    actor = world.person(person)
    await actor.types(f"/ecotrajet {typed}", channel="incidents")
    shown = await actor.sees(containing, within=15)
    assert SECRET not in shown.text
    assert not any(shown.text == each.text for each in world.person("emma").visible())
    return shown.text


async def test_people_look_into_prod_from_slack_each_in_their_language(world: World, app: Workload) -> None:
    assert "/app/start.sh" in await asked(world, "amina", "top prod ecotrajet", "Processus de prod")
    usage = await asked(world, "amina", "consommation prod", "Ce que prod consomme")
    assert "sur 64 Mio" in usage
    assert "░" in usage
    await world.eventually_value("sent", "SELECT state FROM message WHERE about = 'file'", within=20)
    shown = next(each for each in world.person("amina").visible() if each.files)
    assert not any(each.files for each in world.person("amina").visible("incidents")), "in her own messages alone"
    assert shown.files == ("Ce que prod consomme maintenant",)
    (file,) = world.sandbox.slack.workspace.files.values()
    assert file["content"].startswith(b"\x89PNG")
    assert "ecotrajet: Processeur" in file["alt_txt"]
    assert "no-such-billing" in usage  # what cannot be seen is told beside what can
    inspected = await asked(world, "amina", "inspecte prod app", "Comment prod · ecotrajet est configuré")
    assert f"127.0.0.1:{app.ports['prod']}" in inspected
    assert "DB_PASSWORD" in inspected
    compared = await asked(world, "amina", "compare staging prod", "staging face à prod")
    assert "DB_PASSWORD" in compared
    assert "VITE_URL" in compared.partition("dont la valeur diffère")[2]
    assert "prod.example" not in compared
    assert app.container("prod") in await asked(world, "amina", "réseaux prod", "Réseaux du moteur de prod")
    said = await asked(world, "amina", "logs prod app --tail 1 --since 10m --grep ÉCOUTE", "écoute sur le port 8080")
    assert "prod/ecotrajet" in said
    await asked(world, "amina", "diff staging", "Rien\u00a0: tous ses fichiers")
    assert ":8080" in await asked(world, "amina", "exec prod ecotrajet ports", "Ports en écoute")
    assert "VITE_URL=…" in await asked(world, "amina", "exec staging variables --grep vite", "Variables de staging")
    assert "of 64 MiB" in await asked(world, "david", "stats prod ecotrajet", "What prod · ecotrajet uses now")


async def test_configuration_and_patches_are_checked_from_slack(world: World) -> None:
    checked = await asked(world, "amina", "valide prod app", "Configuration de prod · ecotrajet")
    assert "❌ NODE_ENV est absente" in checked
    assert "variables obligatoires présentes\u00a0: 2 sur 3" in checked
    assert "✅ SITE → http://127.0.0.1:8080/health répond (200)" in checked
    missing = await asked(world, "david", "validate staging", "Configuration of staging")
    assert "❌ SITE is missing" in missing
    patches = await asked(world, "amina", "sécurité prod app", "Sécurité de prod · ecotrajet")
    assert "Aucun outil d’analyse n’est disponible" in patches
    assert "npm n’est pas dans cette image" in patches


MISTAKES = {
    "top": "/ecotrajet top dev ecotrajet",
    "inspect prod": "/ecotrajet inspect prod billing",
    "stats prod facturation": "/ecotrajet stats prod billing",
    "diff prod billing": "Il n’y a pas de conteneur «\u00a0no-such-billing\u00a0»",
    "compare prod": "/ecotrajet compare staging prod",
    "compare staging prod billing": "billing ne tourne pas dans l’environnement staging",
    "exec prod ecotrajet rm -rf /": "il n’y a pas de commande libre",
    "exec prod ecotrajet dsik": "Vouliez-vous dire «\u00a0disk\u00a0»",
    "exec prod": "/ecotrajet exec prod disk",
    "networks": "/ecotrajet networks dev ecotrajet",
    "diagnose dev ecotrajet": "Le moteur Docker",
    "top prod ecotrajet now": "«\u00a0now\u00a0»",
}


async def test_what_cannot_be_done_is_told_with_what_to_type_and_strangers_see_nothing(world: World) -> None:
    for typed, told in MISTAKES.items():
        assert "⚠️" in await asked(world, "amina", typed, told), typed
    victor = world.person("victor")
    for typed in ("top prod ecotrajet", "exec prod ecotrajet env", "diagnose prod ecotrajet"):
        await victor.types(f"/ecotrajet {typed}", channel="incidents")
    await victor.sees("administrateur")
    assert not any("DB_PASSWORD" in each.text or "start.sh" in each.text for each in victor.visible())


# Diagnoses -------------------------------------------------------------------------------------------------------


async def test_a_broken_deployment_is_recognised_and_kept_with_its_incident(world: World, app: Workload) -> None:
    await world.eventually_value(1, "SELECT count(*) FROM deployment WHERE environment = 'staging'", within=15)
    await asyncio.to_thread(app.deploy, "staging", "v4-crash", "-e", f"DB_PASSWORD={SECRET}")
    await world.eventually_value(2, "SELECT count(*) FROM deployment WHERE environment = 'staging'", within=15)
    number = await world.alert("Staging is down", env="staging")
    said = await asked(world, "amina", "diagnostic staging", "Diagnostic de staging")
    assert "Il n’arrive pas à joindre quelque chose dont il a besoin" in said
    assert "FATAL: cannot reach the database: connection refused" in said
    assert "`/ecotrajet status staging`" in said or "/ecotrajet status staging" in said
    assert "v4-crash" in said
    assert f"Gardé avec l’incident #{number}" in said
    kept = await world.rows("SELECT content->>'log_tail' AS log, incident FROM evidence")
    assert [(number, True)] == [(each["incident"], "connection refused" in each["log"]) for each in kept]
    await world.person("bruno").sees("🩺 Amina Diallo a regardé", channel="incidents")
    details = await asked(world, "bruno", f"incident {number}", "Vu à")
    assert "connection refused" in details
    await asyncio.to_thread(app.deploy, "staging", "v1", "-e", "VITE_URL=https://staging.example")


async def test_of_a_service_that_is_well_nothing_is_kept(world: World, app: Workload) -> None:
    await asyncio.to_thread(app.wait_healthy, "prod")
    said = await asked(world, "bruno", "diagnose prod ecotrajet", "Rien d’anormal à voir")
    assert "Aucun incident n’est ouvert" in said
    assert "/ecotrajet logs prod ecotrajet --grep error" in said
    assert await world.value("SELECT count(*) FROM evidence") == 0


async def test_a_command_that_slack_delivers_twice_is_kept_once(world: World) -> None:
    number = await world.alert("Search is slow")
    amina = world.person("amina")
    delivery = await amina.types("/ecotrajet diagnostic prod ecotrajet", channel="incidents")
    await amina.sees(f"Gardé avec l’incident #{number}", within=15)
    await world.sandbox.redeliver(delivery)

    async def answered_again() -> bool:
        return sum("Gardé avec l’incident" in each.text for each in amina.visible()) == 2

    await world.eventually(answered_again, "the second delivery is answered too", 15)
    assert await world.value("SELECT count(*) FROM evidence") == 1
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'diagnosis.kept'") == 1


async def test_without_the_database_a_diagnosis_still_says_what_is_wrong(world: World) -> None:
    world.proxy.cable(pulled=True)
    said = await asked(world, "amina", "diagnose prod ecotrajet", "La base du bot ne répond pas")
    assert "Rien d’anormal à voir" in said
    world.proxy.cable(pulled=False)
    await world.until_ready()
