"""An incident that is not for everybody; and what stands above an incident's channel."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.sandbox.devices import spaced
from bot.sandbox.slack.workspace import Conversation
from tests.world import World, edited_config, new_world

SECRET = "Fuite de données clients"


async def room_of(world: World, name: str) -> Conversation:
    def look() -> Conversation | None:
        found = world.sandbox.slack.workspace.find(name)
        return found if found is not None and found.topic else None

    return await world.sandbox.changes.until(look, 15.0, lambda: f"no #{name}")


async def bookmarks_of(world: World, room: Conversation, count: int) -> dict[str, str]:
    def look() -> dict[str, str] | None:
        found = {str(each["title"]): str(each["link"]) for each in room.bookmarks}
        return found if len(found) >= count else None

    return await world.sandbox.changes.until(look, 15.0, lambda: f"bookmarks: {room.bookmarks}")


def without(world: World, scope: str) -> None:
    """The app was installed before it asked for this."""
    whole = world.sandbox.slack.workspace.manifest
    world.sandbox.slack.workspace.manifest = replace(whole, scopes=whole.scopes - {scope})


def forgiven(world: World) -> None:
    world.sandbox.violations[:] = [each for each in world.sandbox.violations if "missing_scope" not in each]


def with_links(configuration: dict[str, Any]) -> None:
    configuration["incident_channels"]["call"] = "https://meet.example/inc-{number}"
    configuration["services"]["ecotrajet"]["runbook"] = "https://wiki.example/ecotrajet"
    configuration["services"]["ecotrajet"]["links"] = {"Journaux": "https://grafana.example/logs?env={environment}"}


async def test_links_stand_above_the_channel_once(database_url: str, tmp_path: Path) -> None:
    async with new_world(database_url, config=edited_config(tmp_path, with_links)) as world:
        await world.alert("Base de données injoignable")
        bruno = world.person("bruno")
        card = await bruno.sees("Base de données", channel="incidents")
        assert "service indisponible" in spaced(card.text)  # what it means, at a glance
        assert "<https://wiki.example/ecotrajet|Procédure>" in str(card.blocks)
        assert "<https://grafana.example/logs?env=prod|Journaux>" in str(card.blocks)
        room = await room_of(world, "inc-0001-base-de-donnees-injoignable")
        found = await bookmarks_of(world, room, 5)
        assert set(found) == {"Carte", "Chronologie", "Appel", "Procédure", "Page d’état"}
        assert found["Appel"] == "https://meet.example/inc-1"
        assert found["Page d’état"] == f"{world.url}/status"
        assert card.ts.replace(".", "") in found["Chronologie"]
        pinned = next(each for each in room.messages if each.pinned)
        assert pinned.ts.replace(".", "") in found["Carte"]
        await bruno.sees("📞 Appel", channel="incidents")
        await bruno.sees("appel : https://meet.example/inc-1", channel="incidents")
        await bruno.types("/ecotrajet ack 1")
        await bruno.types('/ecotrajet update 1 "On regarde."')
        await bruno.sees("On regarde.", channel=room.name)
        await world.fast_forward(minutes=1)
        assert len(room.bookmarks) == 5


async def test_without_the_permission_it_is_said_which_one_is_missing_and_the_rest_is_there(world: World) -> None:
    without(world, "bookmarks:write")
    await world.alert("Base de données injoignable")
    room = await room_of(world, "inc-0001-base-de-donnees-injoignable")
    world.sandbox.slack.workspace.conversations[room.id].members.add(world.person("bruno").person.slack_id)
    await world.person("bruno").sees("missing_scope bookmarks:write\u00a0: il manque", channel=room.name)

    async def pinned() -> bool:
        return any(each.pinned for each in room.messages)

    await world.eventually(pinned, "the card is pinned all the same")
    assert room.bookmarks == []
    forgiven(world)


async def test_a_confidential_incident_has_a_private_channel_and_says_nothing_elsewhere(world: World) -> None:
    bruno, chloe, emma = world.person("bruno"), world.person("chloe"), world.person("emma")
    await bruno.types(f"/ecotrajet declare P2 prod ecotrajet {SECRET} --confidentiel", channel="general")
    room = await room_of(world, "inc-0001")
    assert room.private
    await bruno.sees(SECRET, channel="inc-0001")
    assert bruno.person.slack_id in room.members
    card = await chloe.sees("confidentiel : seules les personnes qui s’en occupent", channel="incidents")
    assert "🔒" in card.text
    await bruno.types("/ecotrajet ack 1")
    await bruno.types(f'/ecotrajet update 1 "{SECRET} : accès fermés." --interne')
    await bruno.sees("accès fermés", channel="inc-0001")
    for who, command in (
        (chloe, "show 1"),
        (chloe, "timeline 1"),
        (chloe, "why 1"),
        (chloe, "list"),
        (bruno, "show 1"),
    ):
        await who.types(f"/ecotrajet {command}", channel="general")
    await bruno.sees(SECRET, channel="general")  # he declared it
    await chloe.sees("Chronologie", channel="general")
    await chloe.types("/ecotrajet suivre P2", channel="general")
    await chloe.sees("Vous suivez tous les P2", channel="general")
    await bruno.types("/ecotrajet resolve 1", channel="general")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    await world.fast_forward(minutes=1)
    for outsider in (chloe, emma):
        told = [one for one in outsider.visible() if SECRET in spaced(one.text) and one.channel != room.id]
        assert not told, told
    assert not [one for one in world.channel("incidents").messages if SECRET in spaced(one.text)]


async def test_a_service_may_be_confidential_and_the_missing_permission_is_named(
    database_url: str, tmp_path: Path
) -> None:
    def secret(configuration: dict[str, Any]) -> None:
        configuration["services"]["ecotrajet"]["confidential"] = True

    async with new_world(database_url, config=edited_config(tmp_path, secret)) as world:
        without(world, "groups:write")
        await world.alert("Disque plein")
        bruno = world.person("bruno")
        await bruno.sees("missing_scope groups:write", channel="incidents")
        await world.eventually_value("failed", "SELECT state FROM incident_channel")
        assert not [one for one in world.channel("incidents").messages if "Disque plein" in spaced(one.text)]
        forgiven(world)


async def test_an_outsider_learns_nothing_by_tasks_forms_merges_news_or_the_public_page(world: World) -> None:
    bruno, chloe, emma = world.person("bruno"), world.person("chloe"), world.person("emma")
    await bruno.types(f"/ecotrajet declare P1 prod ecotrajet {SECRET} --confidentiel", channel="general")
    room = await room_of(world, "inc-0001")
    await bruno.types(f"/ecotrajet task 1 {SECRET} : prévenir la CNIL", channel="general")
    await bruno.sees("prévenir la CNIL", channel="general")
    await bruno.types(f'/ecotrajet update 1 "{SECRET} : accès fermés."', channel="general")
    await bruno.sees("accès fermés", channel="inc-0001")
    await world.alert("Recherche lente", severity="warning", service="billing")
    refused = {
        "task done 1": "Il n’y a pas de tâche 1",
        "task reassign 1 @chloe": "Il n’y a pas de tâche 1",
        "task due 1 vendredi": "Il n’y a pas de tâche 1",
        "merge 1 2": "confidentiel",
        "split 1 Fuite": "confidentiel",
        "role 1": "Rôles de #1",
        "tasks": "Il ne reste rien à faire",
    }
    for command, answer in refused.items():
        await chloe.types(f"/ecotrajet {command}", channel="general")
        await chloe.sees(answer, channel="general")
    card = await chloe.sees("🔒", channel="incidents")
    for action in ("incident.resolve", "incident.news"):
        await chloe.presses(action, on=card)
        view = await chloe.gets_view("#1")
        assert SECRET not in spaced(chloe.view_text(view))
        assert "accès fermés" not in spaced(str(view.body))
        await chloe.closes(view)
    async with world.http.get(f"{world.url}/status.json") as served:
        page = await served.text()
    assert "accès fermés" not in page
    assert "down" not in page
    await bruno.types("/ecotrajet merge 1 2", channel="general")
    await bruno.sees("/ecotrajet merge 2 1", channel="general")
    assert (
        await world.value("SELECT count(*) FROM task WHERE done_at IS NULL AND owner IS NULL AND due_on IS NULL") == 1
    )
    await world.fast_forward(minutes=1)
    for outsider in (chloe, emma):
        told = [one for one in outsider.visible() if SECRET in spaced(one.text) and one.channel != room.id]
        assert not told, told

    await bruno.types("/ecotrajet task done 1", channel="general")
    await bruno.sees(f"Fait : {SECRET}", channel="general")
