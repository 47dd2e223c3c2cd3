"""People say that something is wrong, by a form: from a command, from anywhere, or on somebody's message."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.slack.workspace import View
from tests.world import World, new_world

HERE = "general"


@pytest.fixture(params=[False, True], ids=["socket", "http"])
async def world(database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with new_world(database_url, slack_http=request.param) as made:
        yield made


async def form_of(world: World, person: str) -> View:
    return await world.person(person).gets_view("Déclarer un incident")


async def test_the_command_without_words_opens_the_form_and_its_answers_are_the_incident(world: World) -> None:
    chloe = world.person("chloe")
    await chloe.types("/ecotrajet declare", channel=HERE)
    view = await form_of(world, "chloe")
    shown = chloe.view_text(view)
    for question in ("Quoi", "Quand", "Qui est touché", "Où", "Priorité"):
        assert question in shown
    sent = await chloe.submits(view, {
        "what": "Personne ne peut se connecter", "when": "depuis 10 h 30", "who": "tous les clients",
        "environment": "prod", "service": "ecotrajet", "page": "https://app.ecotrajet.com/login",
    })  # fmt: skip
    assert sent.ok
    await chloe.dm(containing="est ouvert")
    (row,) = await world.rows("SELECT title, environment, service, priority, summary, opened_by FROM incident")
    assert (row["environment"], row["service"], row["priority"], row["opened_by"]) == (
        "prod", "ecotrajet", "P1", "chloe",
    )  # fmt: skip
    assert "Personne ne peut se connecter" in row["title"]
    for answer in ("depuis 10 h 30", "tous les clients", "/login"):
        assert answer in row["summary"]
    card = await world.person("bruno").sees("Personne ne peut se connecter", channel="incidents")
    assert "tous les clients" in card.text


async def test_on_a_message_the_form_is_filled_in_and_the_message_kept_with_its_link(world: World) -> None:
    amina, chloe = world.person("amina"), world.person("chloe")
    await amina.types("Le paiement échoue en production\nvu par trois clients", channel=HERE)
    message = await chloe.sees("Le paiement échoue", channel=HERE)
    assert (await chloe.uses_shortcut("declare_message", message)).ok
    view = await form_of(world, "chloe")
    values = {block["block_id"]: block.get("element", {}) for block in view.body["blocks"]}
    assert values["what"]["initial_value"] == "Le paiement échoue en production"
    assert "trois clients" in values["more"]["initial_value"]
    assert values["environment"]["initial_option"]["value"] == "prod"
    await chloe.submits(view, {})
    await world.eventually_value(1, "SELECT count(*) FROM incident")
    summary = str(await world.value("SELECT summary FROM incident"))
    assert "trois clients" in summary
    assert "http" in summary


async def test_what_may_be_known_already_is_asked_about_before_a_second_one_is_opened(world: World) -> None:
    number = await world.alert("Personne ne peut se connecter au site")
    chloe = world.person("chloe")
    await chloe.uses_shortcut("declare")
    view = await form_of(world, "chloe")
    told = {"what": "personne ne peut se connecter", "environment": "prod", "service": "ecotrajet"}
    await chloe.submits(view, told)
    asked = await chloe.gets_view("C’est peut-être déjà connu")
    assert f"#{number}" in str(asked.body["blocks"])
    await chloe.submits(asked, {"same": str(number)})
    await chloe.dm(containing=f"Ajouté à #{number}")
    await world.person("bruno").sees("le signale aussi", channel="incidents")
    assert await world.value("SELECT count(*) FROM incident") == 1

    await chloe.uses_shortcut("declare")
    await chloe.submits(await form_of(world, "chloe"), told)
    again = await chloe.gets_view("C’est peut-être déjà connu")
    await chloe.submits(again, {"same": "new"})
    await world.eventually_value(2, "SELECT count(*) FROM incident")


async def test_a_stranger_is_told_whom_to_ask_and_a_form_sent_twice_opens_one_incident(world: World) -> None:
    victor = world.person("victor")
    await victor.uses_shortcut("declare")
    await victor.dm(containing="ne vous connais pas")
    chloe = world.person("chloe")
    await chloe.uses_shortcut("declare")
    view = await form_of(world, "chloe")
    sent = await chloe.submits(view, {"what": "Recherche de station en panne"})
    await world.eventually_value(1, "SELECT count(*) FROM incident")
    await world.sandbox.slack.redeliver(sent)
    await chloe.dm(containing="est ouvert")
    assert await world.value("SELECT count(*) FROM incident") == 1
