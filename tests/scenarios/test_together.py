"""Working on it together: roles with their lists, and news for everybody who waits."""

from pathlib import Path
from typing import Any

from tests.scenarios.test_home import shows
from tests.scenarios.test_status_page import the_page
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"
ASKED = "SELECT count(*) FROM audit WHERE did = 'news.asked'"
PILOT = "SELECT person FROM incident_role WHERE role = 'pilot'"


async def taken(world: World) -> int:
    number = await world.alert(TITLE)
    await world.person("bruno").types(f"/ecotrajet ack {number}", channel="incidents")
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    return number


async def test_a_role_is_taken_given_and_handed_over_with_its_list_for_their_eyes_alone(world: World) -> None:
    number = await taken(world)
    amina, bruno, chloe = (world.person(each) for each in ("amina", "bruno", "chloe"))
    await amina.types(f"/ecotrajet role {number} pilote")
    await amina.sees("Pilote\u00a0: Amina Diallo. La liste")
    listed = await amina.dm(containing="Vous pilotez #1")
    assert "revenir en arrière passe avant" in listed.text
    assert not any("Vous pilotez" in seen.text for seen in bruno.visible())
    await bruno.sees("Pilote Amina Diallo", channel="incidents")  # on the card
    await bruno.sees("🧭 Pilote\u00a0: Amina Diallo", channel="incidents")  # in its thread

    await bruno.types(f"/ecotrajet rôle {number} @chloe scribe")  # in any order
    await chloe.dm(containing="Vous prenez les notes de #1")
    await chloe.presses("incident.role", await chloe.sees("Scribe Chloé Bernard", channel="incidents"), _of("pilot"))
    await chloe.dm(containing="Vous pilotez #1")
    await amina.dm(containing="Chloé Bernard prend votre suite sur #1")
    await bruno.sees("Chloé Bernard, après Amina Diallo", channel="incidents")
    assert await world.value(PILOT) == "chloe"
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'role.given'") == 3
    await chloe.types(f"/ecotrajet role {number} pilote")
    await chloe.sees("c’est déjà Chloé Bernard")

    await chloe.types(f"/ecotrajet role {number} pilote libre")
    await chloe.sees("plus personne")
    await chloe.types(f"/ecotrajet role {number}")
    shown = await chloe.sees("Rôles de #1")
    assert "Pilote personne" in shown.text
    assert "Scribe Chloé Bernard" in shown.text
    await chloe.opens_home()
    await shows(world, chloe, "Vous êtes sur 1 incident")
    await chloe.types(f"/ecotrajet role {number} chef-de-gare")
    await chloe.sees("Quel rôle")


def _of(role: str) -> str:
    return f'{{"incident":1,"role":"{role}"}}'


async def test_who_only_follows_gets_no_role(database_url: str, tmp_path: Path) -> None:
    def observers(configuration: dict[str, Any]) -> None:
        configuration["teams"]["management"]["responders"] = False

    async with new_world(database_url, config=edited_config(tmp_path, observers)) as world:
        number = await taken(world)
        emma, bruno = world.person("emma"), world.person("bruno")
        await emma.types(f"/ecotrajet role {number} pilote")
        await emma.sees("suit les incidents")
        await bruno.types(f"/ecotrajet role {number} pilote @emma")
        await bruno.sees("Emma Laurent suit les incidents")
        assert await world.value("SELECT count(*) FROM incident_role") == 0


async def test_news_reach_the_channel_the_status_page_and_the_managers(world: World) -> None:
    number = await taken(world)
    bruno, emma = world.person("bruno"), world.person("emma")
    await emma.opens_home()
    await bruno.types(f'/ecotrajet update {number} "Paiements rétablis pour <la plupart>"')
    await bruno.sees("C’est dit pour #1\u202f; la suite avant")
    said = await emma.sees("📣 Bruno Martin\u00a0: Paiements rétablis", channel="incidents")
    assert said.thread is not None  # in the thread, and broadcast into the channel
    await emma.dm(containing="Nouvelles de #1 (prod · ecotrajet), par Bruno Martin")
    page = await the_page(world, "Paiements rétablis pour &lt;la plupart&gt;")
    assert "Bruno" not in page
    await world.fast_forward(minutes=0.2)
    await shows(world, emma, "Paiements rétablis")
    card = await bruno.sees("P1 critique", channel="incidents")
    assert "Paiements rétablis" in card.text

    await bruno.types(f'/ecotrajet update {number} --interne "Bascule sur db-8"')
    await emma.dm(containing="Bascule sur db-8")
    async with world.http.get(f"{world.url}/status.json") as answer:
        assert "db-8" not in await answer.text()


async def test_the_form_says_who_reads_it_and_refuses_what_is_over(world: World) -> None:
    number = await taken(world)
    bruno = world.person("bruno")
    await bruno.presses("incident.news", await bruno.sees("P1 critique", channel="incidents"))
    view = await bruno.gets_view("Nouvelles de #1")
    await bruno.submits(view, {"text": "Nous revenons à la version d’avant", "readers": "inside"})
    await bruno.dm(containing="C’est dit pour #1")
    assert await world.value("SELECT public FROM status_update") is False
    await bruno.types(f"/ecotrajet resolve {number} fini")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    await bruno.types(f"/ecotrajet update {number}")
    await bruno.sees("déjà résolu")
    await bruno.types(f"/ecotrajet update {number} trop tard")
    await bruno.sees("#1 est terminé")


async def test_news_are_asked_for_when_they_are_due_and_nothing_new_is_one_tap(world: World) -> None:
    number = await taken(world)
    bruno, chloe, emma = (world.person(each) for each in ("bruno", "chloe", "emma"))
    await bruno.types(f"/ecotrajet role {number} communication @chloe")
    await chloe.dm(containing="Vous faites la communication")
    await world.fast_forward(minutes=24)
    await bruno.types(f"/ecotrajet still {number}")
    assert await world.value(ASKED) == 0
    await world.fast_forward(minutes=7)
    question = await chloe.dm(containing="des nouvelles sont attendues")
    assert question.labels == ("Rien de neuf", "Donner des nouvelles")
    told = len(emma.visible("dm"))
    await chloe.presses("news.nothing", question)
    await chloe.sees("Chloé Bernard\u00a0: rien de neuf", channel="incidents")
    await the_page(world, "Nous y travaillons toujours.")
    assert len(emma.visible("dm")) == told  # managers are left in peace

    async def answered() -> bool:
        stands = next(each for each in chloe.visible("dm") if each.ts == question.ts)
        return not stands.labels and "rien de neuf" in stands.text

    await world.eventually(answered, "the question shows its answer, and no buttons")
    await chloe.types(f"/ecotrajet update {number} rien de neuf")
    await chloe.sees("viennent d’être données")
    assert await world.value("SELECT count(*) FROM status_update") == 1
    await world.fast_forward(minutes=31)
    assert await world.value(ASKED) == 2


async def test_how_often_is_configured_and_never_is_possible(database_url: str, tmp_path: Path) -> None:
    def never(configuration: dict[str, Any]) -> None:
        configuration["updates"] = {"every": {"P1": "0"}}

    async with new_world(database_url, config=edited_config(tmp_path, never)) as world:
        number = await taken(world)
        await world.person("bruno").types(f'/ecotrajet update {number} "C’est en cours"')
        await world.person("bruno").sees("C’est dit pour #1.")
        assert await world.value("SELECT count(*) FROM incident_due WHERE kind = 'news'") == 0
