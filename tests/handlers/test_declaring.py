"""Declaring an incident by form: from the command, the shortcuts, an emoji, a mention; and joining what is open."""

from unittest.mock import patch

import pytest

from bot.lifecycle import Unavailable
from bot.notify import blocks
from bot.sandbox.slack.workspace import View
from tests.handlers.slackdesk import SlackDesk, http_desk, slack_desk

__all__ = ["http_desk", "slack_desk"]

OUTAGE = {
    "what": "Le site est inaccessible\nErreur 502 depuis ce matin",
    "since": "8 h 40",
    "who": "tous les utilisateurs",
    "where": "https://ecotrajet.fr en prod",
}


async def second_step(desk: SlackDesk, name: str, view: View, answers: dict[str, str]) -> View:
    delivery = await desk.sandbox.person(name).submits(view, dict(answers))
    assert delivery.ok
    assert delivery.ack["response_action"] == "update", delivery.ack
    return await desk.sandbox.person(name).gets_view("Priorité")


async def test_the_four_questions_open_an_incident(slack_desk: SlackDesk) -> None:
    chloe = slack_desk.sandbox.person("chloe")
    await chloe.types("/ecotrajet declare")
    view = await chloe.gets_view("Qui est touché")
    proposed = await second_step(slack_desk, "chloe", view, OUTAGE)
    shown = {block["block_id"]: block.get("element", {}).get("initial_option") for block in proposed.body["blocks"]}
    assert shown["priority"]["value"] == "P1"
    assert shown["environment"]["value"] == "prod"
    await chloe.submits(proposed, {"service": "ecotrajet"})
    await chloe.dm(containing="est ouvert en P1")
    row = (await slack_desk.rows("SELECT * FROM incident JOIN report ON report.incident = number"))[0]
    assert row["title"].endswith("Le site est inaccessible")
    assert (row["environment"], row["service"], row["priority"]) == ("prod", "ecotrajet", "P1")
    assert (row["since"], row["who"], row["place"], row["by"]) == (*list(OUTAGE.values())[1:], "chloe")


async def test_what_is_open_already_is_joined_and_pages_nobody_anew(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident("Les paiements échouent")
    pages = await slack_desk.value("SELECT count(*) FROM message WHERE about = 'page'")
    emma = slack_desk.sandbox.person("emma")
    await emma.types("/ecotrajet declare")
    view = await emma.gets_view("Que se passe-t-il")
    answers = {"what": "Paiement refusé: les paiements échouent", "who": "un client"}
    proposed = await second_step(slack_desk, "emma", view, answers)
    assert f"#{number}" in emma.view_text(proposed)
    delivery = await emma.submits(proposed, {"joins": str(number)})
    await emma.dm(containing=f"Ajouté à #{number}")
    await slack_desk.sandbox.redeliver(delivery)
    assert await slack_desk.value("SELECT count(*) FROM incident") == 1
    assert await slack_desk.value("SELECT who FROM report") == "un client"
    assert await slack_desk.value("SELECT count(*) FROM message WHERE about = 'page'") == pages
    assert "le signale aussi" in await card(slack_desk, number, details=True)


async def test_something_else_is_opened_beside_what_is_alike(slack_desk: SlackDesk) -> None:
    await slack_desk.incident("Les paiements échouent")
    emma = slack_desk.sandbox.person("emma")
    await emma.types("/ecotrajet declare")
    view = await emma.gets_view("Que se passe-t-il")
    proposed = await second_step(slack_desk, "emma", view, {"what": "Les paiements échouent"})
    delivery = await emma.submits(proposed, {"priority": "P3", "environment": "staging"})
    await emma.dm(containing="en P3")
    await slack_desk.sandbox.redeliver(delivery)
    await emma.types("/ecotrajet help")
    await emma.sees("/ecotrajet rollback")
    rows = await slack_desk.rows("SELECT priority, environment FROM incident ORDER BY number")
    assert [tuple(row) for row in rows][1:] == [("P3", "staging")]


async def test_what_the_command_said_is_kept(slack_desk: SlackDesk) -> None:
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types("/ecotrajet declare P2 staging")
    view = await bruno.gets_view("Que se passe-t-il")
    proposed = await second_step(slack_desk, "bruno", view, {"what": "Quelque chose cloche"})
    await bruno.submits(proposed, {})
    await bruno.dm(containing="en P2")
    assert await slack_desk.value("SELECT environment FROM incident") == "staging"


async def test_nothing_said_is_told_beside_the_question(slack_desk: SlackDesk) -> None:
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.uses_shortcut("declare")
    view = await bruno.gets_view("Que se passe-t-il")
    delivery = await bruno.submits(view, {"what": "   "})
    assert delivery.ack["response_action"] == "errors"
    assert "quelques mots" in delivery.ack["errors"]["what"]


async def test_a_database_that_is_away_is_said_in_the_form_and_the_words_stay(slack_desk: SlackDesk) -> None:
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.uses_shortcut("declare")
    view = await bruno.gets_view("Que se passe-t-il")

    async def away() -> list[object]:
        raise Unavailable("gone")

    with patch.object(slack_desk.tools.questions, "open_incidents", away):
        delivery = await bruno.submits(view, OUTAGE)
    assert "ne répond pas" in delivery.ack["errors"]["what"]


async def test_a_message_becomes_an_incident_that_links_to_it(http_desk: SlackDesk) -> None:
    david, amina = http_desk.sandbox.person("david"), http_desk.sandbox.person("amina")
    await david.types("La base de données ne répond plus & tout est <bloqué>")
    said = await amina.sees("La base de données")
    await amina.uses_shortcut("declare_message", on=said)
    view = await amina.gets_view("ce message")
    what = next(block["element"] for block in view.body["blocks"] if block["block_id"] == "what")
    assert what["initial_value"] == "La base de données ne répond plus & tout est <bloqué>"
    proposed = await second_step(http_desk, "amina", view, {})
    await amina.submits(proposed, {})
    await amina.dm(containing="est ouvert")
    link = str(await http_desk.value("SELECT link FROM report"))
    assert link.endswith(f"/archives/{said.channel}/p{said.ts.replace('.', '')}")
    assert link in await card(http_desk, 1)


async def test_an_emoji_offers_it_to_whoever_set_it(slack_desk: SlackDesk) -> None:
    david, amina = slack_desk.sandbox.person("david"), slack_desk.sandbox.person("amina")
    await david.types("Le paiement est cassé")
    said = slack_desk.sandbox.slack.workspace.message((seen := await amina.sees("cassé")).channel, seen.ts)
    assert said is not None
    await slack_desk.sandbox.slack.gestures.react(amina.person, said, "eyes")
    await slack_desk.sandbox.slack.gestures.react(amina.person, said, "rotating_light")
    await amina.sees("Est-ce un incident")
    assert not [one for one in david.visible() if "Est-ce un incident" in one.text]
    await amina.presses("declare.offer")
    view = await amina.gets_view("ce message")
    what = next(block["element"] for block in view.body["blocks"] if block["block_id"] == "what")
    assert what["initial_value"] == "Le paiement est cassé"


async def test_taking_the_emoji_back_offers_nothing(slack_desk: SlackDesk) -> None:
    david, amina = slack_desk.sandbox.person("david"), slack_desk.sandbox.person("amina")
    await david.types("Le paiement est cassé")
    said = slack_desk.sandbox.slack.workspace.message((seen := await amina.sees("cassé")).channel, seen.ts)
    assert said is not None
    for _ in range(2):
        await slack_desk.sandbox.slack.gestures.react(amina.person, said, "rotating_light")
    await amina.sees("Est-ce un incident")
    await amina.types("/ecotrajet help")
    await amina.sees("/ecotrajet rollback")
    assert len([one for one in amina.visible() if "Est-ce un incident" in one.text]) == 1


async def test_a_mention_offers_it_and_a_stranger_hears_whom_to_ask(slack_desk: SlackDesk) -> None:
    bruno, victor = slack_desk.sandbox.person("bruno"), slack_desk.sandbox.person("victor")
    await bruno.types("@ecotrajet les tests de charge échouent")
    await bruno.sees("Est-ce un incident")
    await bruno.presses("declare.offer")
    assert "les tests de charge échouent" in str((await bruno.gets_view("ce message")).body)
    await victor.types("@ecotrajet coucou")
    await victor.sees("administrateur")


async def test_a_form_that_slack_no_longer_opens_is_said(slack_desk: SlackDesk) -> None:
    slack_desk.sandbox.slack.faults.arm(method="views.open", error="expired_trigger_id")
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types("/ecotrajet déclarer")
    await bruno.sees("trop tard")


@pytest.mark.parametrize("letter", ['"', "\\", "é", "\n", "\x01", "😀"])
async def test_the_longest_answers_fit_what_a_modal_carries(slack_desk: SlackDesk, letter: str) -> None:
    chloe = slack_desk.sandbox.person("chloe")
    await chloe.types("/ecotrajet declare")
    view = await chloe.gets_view("Que se passe-t-il")
    answers = {"what": "x" + letter * 998 + "y", **dict.fromkeys(("since", "who", "where"), letter * 120)}
    await second_step(slack_desk, "chloe", view, answers)


async def card(desk: SlackDesk, number: int, *, details: bool = False) -> str:
    """The incident's card as it would be drawn now, in French."""
    view = await desk.tools.questions.incident(number)
    assert view is not None
    draw = blocks.incident_details if details else blocks.incident_card
    return str(draw(view, desk.tools.reader("fr")).blocks)
