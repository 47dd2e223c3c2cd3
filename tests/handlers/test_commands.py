"""What people type after /ecotrajet, and what they read back."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.freeze import FreezeWindow, Moment
from bot.phrase import Phrase
from bot.runbook import Action
from bot.target import fold
from bot.train import Train
from handlers import commands
from tests.handlers.slackdesk import PlayedRunbook, SlackDesk, slack_desk

__all__ = ["slack_desk"]
PARIS = ZoneInfo("Europe/Paris")


async def test_help_prints_the_table(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet help")
    shown = await amina.sees("/ecotrajet rollback")
    for command in commands.COMMANDS:
        assert f"/ecotrajet {command.names[0]}" in shown.text


async def test_help_is_for_strangers_too_and_nothing_else_is(slack_desk: SlackDesk) -> None:
    victor = slack_desk.sandbox.person("victor")
    await victor.types("/ecotrajet aide")
    await victor.sees("/ecotrajet status")
    await victor.types("/ecotrajet status prod")
    await victor.sees("administrateur")
    assert not any("v2" in message.text for message in victor.visible())


async def test_an_unknown_verb_gets_the_nearest_one(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet rolback prod")
    await amina.sees("/ecotrajet rollback")


async def test_status_shows_every_service_that_is_configured(slack_desk: SlackDesk) -> None:
    david = slack_desk.sandbox.person("david")
    await david.types("/ecotrajet status")
    shown = await david.sees("operational")
    assert "prod" in shown.text
    assert "staging" in shown.text


async def test_status_of_one_place_leaves_the_others_out(slack_desk: SlackDesk) -> None:
    david = slack_desk.sandbox.person("david")
    await david.types("/ecotrajet statut préproduction")
    shown = await david.sees("operational")
    assert "staging" in shown.text.lower()
    assert "prod ·" not in shown.text


async def test_what_is_frozen_is_listed_and_stands_above_what_runs(slack_desk: SlackDesk) -> None:
    now = datetime.now(PARIS)
    yesterday, tomorrow = (Moment((now.weekday() + days) % 7, time(12)) for days in (-1, 1))
    week_end = FreezeWindow("config:w", ("prod",), yesterday, tomorrow, PARIS, "personne au bureau")
    later = FreezeWindow("config:l", ("staging",), Moment(date(2099, 1, 1)), Moment(date(2099, 1, 4)), PARIS, "fêtes")
    freezes = slack_desk.tools.runs.freezes
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet gel liste")
    await amina.sees("Rien n’est gelé, et aucun gel n’est prévu")
    freezes.desk = replace(freezes.desk, freezes=(week_end, later))
    await amina.types("/ecotrajet gel")
    listed = (await amina.sees("Gels")).text
    assert "comme prévu dans la configuration\u00a0: personne au bureau" in listed
    assert "staging\u00a0: prévu dès le 1 janv. 2099" in listed
    await amina.types("/ecotrajet status")
    assert "🧊 prod est gelé jusqu’au" in (await amina.sees("opérationnel")).text
    await amina.types("/ecotrajet status staging")
    assert "gelé" not in (await amina.sees("opérationnel")).text


async def test_a_promotion_off_its_day_asks_for_a_reason_and_takes_it(slack_desk: SlackDesk) -> None:
    runs = slack_desk.tools.runs
    another_day = (datetime.now(PARIS).weekday() + 2) % 7
    runs.desk = replace(runs.desk, train=Train(frozenset({another_day})))
    runs.runbooks = {**runs.runbooks, Action.PROMOTE: PlayedRunbook(Action.PROMOTE)}
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet promeus")
    await amina.sees("/ecotrajet promote ecotrajet --raison")
    await amina.types('/ecotrajet promeus --raison "la clé expire ce soir"')
    await amina.sees("validé")  # the next thing that is missing: product's word


async def test_logs_are_for_the_asker_alone(slack_desk: SlackDesk) -> None:
    amina, bruno = slack_desk.sandbox.person("amina"), slack_desk.sandbox.person("bruno")
    await amina.types("/ecotrajet logs prod --tail 20 --since 10m --grep pay")
    await amina.sees("GET /pay 500")
    assert slack_desk.engines.asked[0][1] == 20
    assert slack_desk.engines.asked[0][3] == "pay"
    assert not any("GET /pay" in message.text for message in bruno.visible())


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("logs prod --tail many", "--tail 50"),
        ("logs prod --since soon", "10m"),
        ("logs prod --tial 5", "--tail"),
        ("logs prud", "prod"),
        ("ack", "/ecotrajet ack 42"),
        ("ack tomorrow", "/ecotrajet ack 42"),
        ("ack 999", "#999"),
        ("incident dance", "dance"),
        ('rollback prod --break-glass ""', "--break-glass"),
        ("rollback prod nowhere", "nowhere"),
        ("runs 999", "999"),
        ("approve 999", "999"),
        ("rollback", "/ecotrajet rollback staging ecotrajet"),
        ("deploy ecotrajet", "/ecotrajet deploy staging ecotrajet v2"),
        ("status nulle-part", "/ecotrajet status staging ecotrajet"),
        ("logs", "/ecotrajet logs staging ecotrajet"),
        ("note 1", "/ecotrajet note 1"),
    ],
)
async def test_a_mistake_is_told_with_what_to_type_instead(slack_desk: SlackDesk, typed: str, told: str) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types(f"/ecotrajet {typed}")
    shown = await amina.sees(told)
    assert shown.text.strip()


async def test_an_incident_is_declared_listed_shown_taken_resolved_and_reopened(slack_desk: SlackDesk) -> None:
    chloe = slack_desk.sandbox.person("chloe")
    await chloe.types("/ecotrajet declare P1 prod ecotrajet les paiements échouent pour tous")
    await chloe.sees("#1")
    await chloe.types("/ecotrajet incidents")
    await chloe.sees("les paiements échouent")
    await chloe.types("/ecotrajet incident 1")
    await chloe.sees("Détection")
    await chloe.types("/ecotrajet prends 1")
    await chloe.sees("est à vous")
    await chloe.types("/ecotrajet incident ack 1")
    await chloe.sees("Chloé")
    await chloe.types("/ecotrajet résoudre 1 -- c'était le DNS")
    await chloe.sees("est résolu")
    await chloe.types("/ecotrajet reopen #1")
    await chloe.sees("de nouveau ouvert")
    row = (await slack_desk.rows("SELECT status, priority, environment, service FROM incident"))[0]
    assert tuple(row) == ("triggered", "P1", "prod", "ecotrajet")


async def test_escalating_calls_the_next_level(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types(f"/ecotrajet escalade {number}")
    await bruno.sees(f"#{number}")
    assert await slack_desk.value("SELECT count(*) FROM audit WHERE did LIKE '%escalat%'")


async def test_the_same_delivery_twice_acts_once(slack_desk: SlackDesk) -> None:
    chloe = slack_desk.sandbox.person("chloe")
    delivery = await chloe.types("/ecotrajet declare P2 staging les images ne chargent plus")
    await chloe.sees("#1")
    await slack_desk.sandbox.redeliver(delivery)
    await chloe.types("/ecotrajet declare P3 staging autre chose")
    await chloe.sees("#2")
    assert await slack_desk.value("SELECT count(*) FROM incident") == 2


async def test_no_command_name_means_two_things() -> None:
    meant: dict[str, set[str]] = {}
    for command in commands.COMMANDS:
        for name in (*command.names, *command.french):
            meant.setdefault(fold(name), set()).add(command.names[0])
    assert {name: whose for name, whose in meant.items() if len(whose) > 1} == {}


async def test_french_and_english_words_find_the_same_command() -> None:
    for command in commands.COMMANDS:
        for name in (*command.names, *command.french):
            assert commands.find([*name.split(), "7"])[0] is command or command.of_incident


async def test_help_is_written_in_words_that_the_reader_may_type() -> None:
    told = {command.names[0]: command.usage("fr") for command in commands.COMMANDS}
    assert told["report"] == "/ecotrajet report [semaine|mois|2026-10] [publier]  ·  rapport"
    assert told["freeze"].startswith("/ecotrajet freeze [env jusqu’à lundi 09:00")
    english = {command.names[0]: command.usage("en") for command in commands.COMMANDS}
    assert english["report"] == "/ecotrajet report [week|month|2026-10] [publish]"


async def test_help_says_what_each_command_does_in_words_of_the_catalogue() -> None:
    assert all(isinstance(what, Phrase) for _, what in commands.help_rows("fr"))
