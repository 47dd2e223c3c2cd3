"""The post-mortem on its way to Slack: as a canvas, as files instead, and when it cannot be brought."""

from pathlib import Path
from typing import Any

import pytest

from tests.world import World, edited_config, new_world

SENT = "SELECT count(*) FROM message WHERE about = 'postmortem' AND state = 'sent'"


def as_canvas(folder: Path) -> Path:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["postmortems"] = {"form": "canvas", "offered": ["P1", "P2"]}

    return edited_config(folder, edit)


async def over(world: World, priority: str = "P1") -> int:
    bruno = world.person("bruno")
    await bruno.types(f"/ecotrajet declare {priority} prod ecotrajet Base perdue", channel="incidents")
    await bruno.sees("Base perdue", channel="incidents")
    number = int(await world.value("SELECT max(number) FROM incident"))
    await bruno.types(f"/ecotrajet postmortem {number}")
    await bruno.sees("est encore ouvert")
    await bruno.types(f"/ecotrajet resolve {number} redémarrée")
    await world.eventually_value("resolved", "SELECT status FROM incident WHERE number = $1", number)
    return number


async def test_as_a_canvas_that_the_channel_may_write_in(database_url: str, tmp_path: Path) -> None:
    async with new_world(database_url, config=as_canvas(tmp_path)) as world:
        number = await over(world, "P2")
        bruno = world.person("bruno")
        await bruno.presses("incident.postmortem", await bruno.sees("un bouton suffit", channel="incidents"))
        shown = await bruno.sees("/docs/", channel="incidents", within=20)
        (canvas,) = [each for each in world.sandbox.slack.workspace.files.values() if each.get("canvas")]
        assert canvas["id"] in shown.text
        assert canvas["title"].startswith(f"Post-mortem de #{number} · [PROD] Base perdue")
        assert canvas["content"].decode().lstrip().startswith("P2 majeur")
        await world.eventually_value(1, SENT)
        assert canvas["shared"] == ["C0INCIDEN"]


@pytest.mark.parametrize(
    "error, said", [("missing_scope", "canvases:write"), ("free_teams_cannot_create_non_tabbed_canvases", "free_teams")]
)
async def test_without_canvases_files_come_and_the_reason(
    database_url: str, tmp_path: Path, error: str, said: str
) -> None:
    async with new_world(database_url, config=as_canvas(tmp_path)) as world:
        world.sandbox.slack.faults.arm(method="canvases.create", error=error)
        number = await over(world)
        await world.person("bruno").types(f"/ecotrajet bilan {number}")
        shown = await world.person("bruno").sees(said, channel="incidents", within=20)
        assert shown.thread is not None
        names = {str(each["name"]) for each in world.sandbox.slack.workspace.files.values()}
        assert {f"post-mortem-{number}.pdf", f"post-mortem-{number}.md"} <= names


async def test_what_cannot_be_brought_is_told_to_whoever_asked(world: World) -> None:
    number = await over(world)
    world.sandbox.slack.faults.arm(method="files.getUploadURLExternal", error="missing_scope")
    chloe = world.person("chloe")
    await chloe.types(f"/ecotrajet post-mortem {number}")
    await chloe.sees("est en cours de rédaction")
    told = await chloe.dm(containing="n’a pas pu être déposé", within=20)
    assert "missing_scope" in told.text
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'postmortem.asked'") == 1
    await chloe.types(f"/ecotrajet postmortem {number}")  # mended meanwhile: anew, on demand
    await world.eventually_value(1, SENT, within=20)


async def test_after_a_minor_one_nothing_is_offered(world: World) -> None:
    number = await over(world, "P3")
    bruno = world.person("bruno")
    await world.eventually_value(0, "SELECT count(*) FROM message WHERE state IN ('waiting', 'sending')")
    assert not [shown for shown in bruno.visible("incidents") if "un bouton suffit" in shown.text]
    await bruno.types("/ecotrajet postmortem 999")
    await bruno.sees("#999")
    await bruno.types(f"/ecotrajet postmortem {number}")
    await world.eventually_value(1, SENT, within=20)


async def test_of_a_confidential_one_only_those_who_handled_it_read_tasks_and_post_mortem(world: World) -> None:
    bruno, chloe = world.person("bruno"), world.person("chloe")
    helper = "david" if (await world.on_call()).person.key == "amina" else "amina"  # who is paged handles it, too
    asked = world.person(helper)
    await bruno.types("/ecotrajet declare P3 prod ecotrajet Fuite chez un client --confidentiel", channel="incidents")
    await world.eventually_value(1, "SELECT count(*) FROM incident WHERE confidential")
    await bruno.types("/ecotrajet task 1 prévenir le client demain")
    await bruno.types(f"/ecotrajet task 1 relire le contrat @{helper} demain")
    await world.eventually_value(2, "SELECT count(*) FROM task")
    await chloe.types("/ecotrajet tâches", channel="general")
    await chloe.sees("Il ne reste rien à faire", channel="general")
    await bruno.types("/ecotrajet tâches", channel="general")
    assert "relire le contrat" in (await bruno.sees("prévenir le client", channel="general")).text
    await asked.types("/ecotrajet tâches", channel="general")
    assert "prévenir" not in (await asked.sees("relire le contrat", channel="general")).text
    await bruno.types("/ecotrajet resolve 1")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    await chloe.types("/ecotrajet postmortem 1", channel="general")
    await chloe.sees("confidentiel", channel="general")
    await bruno.types("/ecotrajet postmortem 1")
    await world.eventually_value(1, SENT, within=20)
    assert not [shown for shown in chloe.visible("incidents") if "Fuite" in shown.text or "Post-mortem" in shown.text]
