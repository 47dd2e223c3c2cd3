"""A runbook of the library on a real container, from Slack, with the desk killed while its step is at work."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.workload import Workload
from tests.scenarios.test_runs_story import on, running, seen
from tests.world import edited_config, new_world


@pytest.mark.prove
async def test_a_container_that_does_not_start_is_restarted_step_by_step_over_a_kill(
    database_url: str, make_workload: Callable[..., Workload], tmp_path: Path
) -> None:
    workload = await asyncio.to_thread(make_workload, versions=("v1", "v2"), environments=("prod",))
    async with new_world(database_url, config=on(workload, tmp_path), own_process=True) as world:
        await seen(world, "v2")
        amina, bruno, chloe = world.person("amina"), world.person("bruno"), world.person("chloe")
        await amina.types("/ecotrajet procédure lance container-ne-demarre-pas prod")
        card = await chloe.sees("Lisez le journal", channel="incidents", within=30)
        assert "Tout est vert." in card.text
        assert "ÉcoTrajet v2" in card.text  # the log was read, and is shown
        await chloe.presses("runbook.done", on=card)
        plan = await bruno.sees("Pour la procédure 1", channel="incidents", within=30)
        await bruno.presses("run.approve", on=plan)
        await world.eventually_value(True, "SELECT EXISTS (SELECT FROM run_step WHERE name = 'restart')", within=20)
        await world.crash_and_restart()
        card = await chloe.sees("1. Ouvrez https://app.ecotrajet.com", channel="incidents", within=60)
        assert "↷ 7. Revenir à la dernière bonne version" in card.text
        await chloe.presses("runbook.done", on=card)
        await chloe.presses("runbook.done", on=await chloe.sees("Si le disque était plein", channel="incidents"))
        await world.eventually_value("succeeded", "SELECT state FROM procedure_run")
        assert await world.value("SELECT count(*) FROM run") == 1
        assert await asyncio.to_thread(running, workload) == ("v2", "healthy")


async def test_the_first_diagnosis_looks_at_a_real_container_and_changes_nothing(
    database_url: str, make_workload: Callable[..., Workload], tmp_path: Path
) -> None:
    workload = await asyncio.to_thread(make_workload, versions=("v2",), environments=("prod",))

    def automatic(configuration: dict[str, Any]) -> None:
        configuration["services"]["ecotrajet"]["containers"] = {"prod": workload.container("prod")}
        configuration["environments"]["prod"]["engine"] = workload.host
        configuration["runbooks"] = {"automatic": True}

    async with new_world(database_url, config=edited_config(tmp_path, automatic)) as world:
        number = await world.alert("Recherche indisponible")
        await world.eventually_value(1, "SELECT count(*) FROM procedure_run WHERE state = 'succeeded'", within=30)
        steps = await world.rows("SELECT position, state, output FROM procedure_step ORDER BY id")
        assert [row["position"] for row in steps] == [0, 1, 2, 3, 4, 5, 6]
        looks = {row["position"]: row["output"] for row in steps}
        assert "🟢 prod/ecotrajet v2" in looks[0]
        assert "Mémoire" in looks[2]
        assert "Filesystem" in looks[3]
        assert "ÉcoTrajet v2" in looks[4]
        assert "/ecotrajet" in looks[5]
        assert await world.value("SELECT incident FROM procedure_run") == number
        assert await world.value("SELECT begun_by FROM procedure_run") == "desk"
        card = await world.person("chloe").sees("Commencée par ÉcoTrajet", channel="incidents")
        assert card.thread is not None

        async def told() -> bool:
            """The incident's own card says what was found."""
            shown = [each.text for each in world.person("chloe").visible("incidents") if each.thread is None]
            return any("🩺 ÉcoTrajet a regardé" in text and f"{workload.container('prod')} " in text for text in shown)

        await world.eventually(told, "the diagnosis is on the card")
        assert await asyncio.to_thread(running, workload) == ("v2", "healthy")
        assert await world.value("SELECT count(*) FROM run") == 0


QUIET = """
title: Préparer une livraison
steps:
  - {title: Comparer avec staging, do: compare, with: {against: staging}, on_failure: continue}
  - {title: Geler, do: freeze, with: {for: 2h, reason: livraison}}
  - {title: Annoncer, do: maintenance, with: {for: 30m, reason: livraison}}
  - {title: Regarder de l’intérieur, do: exec, with: {look: env}}
  - {title: Dégeler, do: unfreeze}
  - {title: Dégeler encore, do: unfreeze}
"""


async def test_a_runbook_compares_freezes_announces_and_looks_inside(
    database_url: str, make_workload: Callable[..., Workload], tmp_path: Path
) -> None:
    workload = await asyncio.to_thread(make_workload, versions=("v1", "v2"), environments=("prod",))
    await asyncio.to_thread(workload.deploy, "staging", "v1", "-e", "SEARCH_KEY=t0p-s3cr3t")

    def edit(configuration: dict[str, Any]) -> None:
        containers = {place: workload.container(place) for place in ("prod", "staging")}
        configuration["services"]["ecotrajet"]["containers"] = containers
        for place in containers:
            configuration["environments"][place]["engine"] = workload.host
        configuration["runbooks"] = {"folder": "ours", "library": False}

    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "livraison.yaml").write_text(QUIET, "utf-8")
    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        amina = world.person("amina")
        await amina.types("/ecotrajet runbook run livraison prod")
        await world.eventually_value("failed", "SELECT max(state) FROM procedure_run", within=30)
        steps = await world.rows("SELECT state, said, output FROM procedure_step ORDER BY id")
        assert [row["state"] for row in steps] == ["failed", "done", "done", "done", "done", "failed"]
        assert "SEARCH_KEY" in steps[0]["output"]
        assert "v2" in steps[0]["output"]
        assert "APP_RELEASE=…" in steps[3]["output"]
        assert "t0p-s3cr3t" not in str(steps)
        assert "{environment} is not frozen." in steps[5]["said"]
        assert await world.value("SELECT reason FROM silence WHERE maintenance AND ends_at > app_now()") == "livraison"
        for said in ("a gelé prod jusqu’à", "Maintenance annoncée", "a levé le gel de prod"):
            await amina.sees(said, channel="incidents")
        await amina.sees("SEARCH_KEY", channel="incidents")  # on its card, the name alone
