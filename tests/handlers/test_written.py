"""What people write to the bot in its own messages, as after `/ecotrajet` or as by text message."""

from typing import Any

import pytest

from handlers.sms_reply import Reply, Wish, understand
from handlers.written import found, is_written, line_of, numbered, wished_by
from tests.handlers.slackdesk import SlackDesk, http_desk, slack_desk

__all__ = ["http_desk", "slack_desk"]
MENU = "De quoi avez-vous besoin"
HERE = None  # to the bot directly


@pytest.mark.parametrize(
    "text",
    [
        "ack 42", "  ack 42\n", "/ecotrajet ack 42", " /ecotrajet   ack 42", "/EcoTrajet ack 42", "`ack 42`",
        "`/ecotrajet ack 42`", "```/ecotrajet ack 42```", "*ack 42*", "<@U0BOT0001> ack 42", "<@U0BOT0001|bot>, ack 42",
        "<@U0BOT0001> /ecotrajet ack 42",
    ],
)  # fmt: skip
def test_these_are_all_the_same_command(text: str) -> None:
    assert line_of(text) == "ack 42"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/ecotrajet", ""),
        ("`", "`"),
        ("note 42 see `df -h`", "note 42 see `df -h`"),
        ("/ecotrajet-demo status", "/ecotrajet-demo status"),
        ("page 42 <@U0BRUNO01>", "page 42 <@U0BRUNO01>"),
        (":+1:", "👍"),
        (":+1::skin-tone-3:", "👍"),
        (":thumbsup: 42", "👍 42"),
        ("logs prod :+1:x", "logs prod 👍x"),
    ],
)
def test_nothing_else_is_taken_away(text: str, line: str) -> None:
    assert line_of(text) == line


WRITTEN: dict[str, Any] = {
    "type": "message", "channel_type": "im", "channel": "D0AMINA01", "user": "U0AMINA01", "text": "status", "ts": "1.2",
}  # fmt: skip
IN_THREAD = {"thread_ts": "1.1"}


@pytest.mark.parametrize(
    "more", [{}, IN_THREAD, {"subtype": "file_share", "files": [{}]}, {"subtype": None}, {"text": ""}]
)
def test_new_words_of_a_person_are_for_us(more: dict[str, Any]) -> None:
    assert is_written(WRITTEN | more)


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B0BOT0001"}, {"subtype": "bot_message"}, {"subtype": "message_changed"}, {"hidden": True},
        {"subtype": "message_deleted"}, {"subtype": "thread_broadcast"}, {"user": None}, {"user": "USLACKBOT"},
        {"channel_type": "channel"}, {"channel_type": "mpim"}, {"type": "app_mention"}, {"edited": {"ts": "1.3"}},
        {"subtype": "file_share", "text": "", **IN_THREAD},
    ],
)  # fmt: skip
def test_all_else_is_not(more: dict[str, Any]) -> None:
    assert not is_written(WRITTEN | more)


def test_in_the_thread_of_a_page_a_verb_needs_no_number_and_politeness_takes_nothing() -> None:
    assert understand("ok", about=7) == Reply(Wish.TAKE, 7)
    assert understand("résolu", about=7) == Reply(Wish.RESOLVE, 7)
    assert understand("escalade stp", about=7) == Reply(Wish.ESCALATE, 7)
    assert understand("je prends le 42", about=7) == Reply(Wish.TAKE, 42)
    for text in ("merci", "", "ok ?", "résolu ?", "pas résolu", "3", "c'est le 3"):
        assert understand(text, about=7) is None


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("note bascule faite", "note 7 bascule faite"), ("pourquoi", "pourquoi 7"), ("point", "point 7"),
        ('note "la  base" va', 'note 7 "la  base" va'), ("incident show", "incident show 7"),
        ("assign @david", "assign 7 @david"), ("timeline pdf", "timeline 7 pdf"),
        ("note #42 autre chose", "note #42 autre chose"),
        ("note 3 serveurs sont tombés", "note 7 3 serveurs sont tombés"), ("note 7 fait", "note 7 fait"),
        ("point à 14h avec le client", "point à 14h avec le client"),  # public: only where a number is written
        ("merge 43", "merge 43"), ("statut prod", "statut prod"),
        ("pourquoi pas", "pourquoi pas"), ("rends service", "rends service"), ("note ça ?", "note ça ?"),
        ("résolu par qui", "résolu par qui"), ("pris en charge", "pris en charge"),
    ],
)  # fmt: skip
def test_in_the_thread_of_a_page_commands_need_no_number(line: str, meant: str) -> None:
    command, rest = found(line)
    assert command is not None
    assert numbered(line, command, rest, 7) == meant


@pytest.mark.parametrize(("line", "about"), [("fini 9", 7), ("done #9 !", 7), ("fini: 9", None), ("fini", None)])
def test_what_may_be_a_task_ends_no_incident(line: str, about: int | None) -> None:
    assert wished_by(line, None, about) is None


async def test_a_command_is_answered_where_it_was_written(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident("Paiements en panne")
    bruno, amina = slack_desk.sandbox.person("bruno"), slack_desk.sandbox.person("amina")
    await bruno.types("incidents", HERE)
    listed = await bruno.dm(containing=f"#{number}")
    assert listed.thread is None
    assert not amina.visible("dm")
    await bruno.types("tâches", HERE, thread=listed)
    assert (await bruno.dm(containing="rien à faire")).thread == listed.ts
    await bruno.types("montre", HERE)
    await bruno.dm(containing="/ecotrajet show 42")
    await bruno.types("statsu", HERE)
    await bruno.dm(containing="Vouliez-vous dire")


async def test_a_form_opens_by_a_press(slack_desk: SlackDesk) -> None:
    chloe = slack_desk.sandbox.person("chloe")
    await chloe.types(" /ecotrajet déclarer P2 staging", HERE)
    offered = await chloe.dm(containing="formulaire")
    assert chloe.view is None
    await chloe.presses("written.form", on=offered)
    answers = {"what": "La recherche échoue"}
    await chloe.submits(await chloe.gets_view("Qui est touché"), answers)
    proposed = await chloe.gets_view("La recherche échoue")
    initial = {
        block["block_id"]: block["element"]["initial_option"]["value"]
        for block in proposed.body["blocks"]
        if "initial_option" in block.get("element", {})
    }
    assert (initial["priority"], initial["environment"]) == ("P2", "staging")


async def test_words_that_are_no_command_are_shown_the_menu_and_may_become_an_incident(slack_desk: SlackDesk) -> None:
    emma, victor = slack_desk.sandbox.person("emma"), slack_desk.sandbox.person("victor")
    await emma.types("Bonjour !", HERE)
    assert "connais" not in (await emma.dm(containing=MENU)).text
    await emma.types("gratin", HERE)
    shown = await emma.dm(containing="« gratin »")
    assert MENU in shown.text
    assert next(button.action_id for button in shown.buttons) == "menu.declare"
    await emma.types("plus aucun paiement & aucun remboursement", HERE)
    await emma.presses("declare.offer", on=await emma.dm(containing="comme après"))
    assert "aucun paiement & aucun" in str((await emma.gets_view("Qui est touché")).body)
    await victor.types("coucou", HERE)
    await victor.dm(containing="/ecotrajet rollback")
    await victor.types("status", HERE)
    await victor.dm(containing="administrateur")


async def test_a_bare_word_without_a_page_takes_nothing(slack_desk: SlackDesk) -> None:
    await slack_desk.incident()
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types("ok", HERE)
    await bruno.dm(containing="Aucun incident n’attend")
    await bruno.types("done 1", HERE)  # a task of that number?
    await bruno.dm(containing="« done »")
    await bruno.types("7a", HERE)
    await bruno.dm(containing="code 7")
    assert await slack_desk.value("SELECT status FROM incident") == "triggered"


async def test_by_http_a_message_that_comes_again_acts_once_and_is_answered_once(http_desk: SlackDesk) -> None:
    amina = http_desk.sandbox.person("amina")
    written = await amina.types("déclarer P2 prod la recherche échoue", HERE)
    await amina.dm(containing="incident #1")
    http_desk.door.messages._told.clear()  # another replica hears it for the first time
    await http_desk.sandbox.redeliver(written)
    asked = await amina.types("incidents", HERE)
    await amina.dm(containing="1 incident ouvert")
    await http_desk.sandbox.redeliver(asked)
    await amina.types("tâches", HERE)
    await amina.dm(containing="rien à faire")
    assert await http_desk.value("SELECT count(*) FROM incident") == 1
    answers = [each.text for each in amina.visible("dm")]
    assert sum("incident #1" in text for text in answers) == 1
    assert sum("1 incident ouvert" in text for text in answers) == 1
