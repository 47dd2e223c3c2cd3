"""`/ecotrajet` alone: a short menu, by role."""

from tests.handlers.slackdesk import SlackDesk, slack_desk

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
