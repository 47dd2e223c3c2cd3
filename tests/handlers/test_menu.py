"""`/ecotrajet` alone: a short menu, by role."""

from pathlib import Path
from typing import Any

from tests.handlers.slackdesk import SlackDesk, slack_desk
from tests.world import edited_config, new_world

__all__ = ["slack_desk"]


async def test_a_responder_sees_what_is_open_with_one_press(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident("Paiements en panne")
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types("/ecotrajet")
    shown = await bruno.sees("De quoi avez-vous besoin")
    assert next(button.action_id for button in shown.buttons) == "menu.list"
    await bruno.presses("menu.list")
    await bruno.sees(f"#{number}")
    await bruno.presses("menu.declare")
    await bruno.gets_view("Qui est touché")
    await bruno.presses("menu.help")
    await bruno.sees("/ecotrajet rollback")


async def test_every_button_of_the_menu_runs(slack_desk: SlackDesk) -> None:
    chloe = slack_desk.sandbox.person("chloe")
    for button, answer in {"menu.status": "ecotrajet", "menu.oncall": "Amina", "menu.tasks": "rien à faire"}.items():
        await chloe.types("/ecotrajet  ")
        await chloe.sees("De quoi avez-vous besoin")
        await (await chloe.presses(button)).answered(answer)


async def test_a_manager_declares_first(slack_desk: SlackDesk) -> None:
    emma = slack_desk.sandbox.person("emma")
    await emma.types("/ecotrajet")
    shown = await emma.sees("De quoi avez-vous besoin")
    assert next(button.action_id for button in shown.buttons) == "menu.declare"


async def test_a_stranger_gets_help(slack_desk: SlackDesk) -> None:
    victor = slack_desk.sandbox.person("victor")
    await victor.types("/ecotrajet")
    await victor.sees("/ecotrajet rollback")


def with_observers(configuration: dict[str, Any]) -> None:
    configuration["teams"]["management"]["responders"] = False
    configuration["workspace"]["help"] = {"faq": "https://docs.example/faq", "support": "support@ecotrajet.example"}


async def test_who_handles_no_incident_is_shown_the_guides_order_of_help(database_url: str, tmp_path: Path) -> None:
    async with new_world(database_url, config=edited_config(tmp_path, with_observers)) as world:
        emma, victor = world.person("emma"), world.person("victor")
        await emma.types("/ecotrajet")
        shown = str((await emma.sees("Dans cet ordre")).blocks)
        steps = ("https://docs.example/faq", f"{world.url}/status", "support@ecotrajet.example", "Urgence")
        places = [shown.index(each) for each in steps]
        assert places == sorted(places)

        number = await world.alert("Recherche lente")
        await emma.types(f"/ecotrajet escalate {number}")
        await emma.sees("sans les traiter")
        await (await emma.types("/ecotrajet secours")).answered("Consultez la FAQ")
        await emma.presses("menu.declare P1")
        await emma.gets_view("Qui est touché")
        await victor.types("/ecotrajet")  # nobody we know: no button but for the language, and the same order
        stranger = await victor.sees("dites-le au support")
        assert "support@ecotrajet.example" in stranger.text
        assert [each.action_id for each in stranger.buttons] == ["language.choose"]
