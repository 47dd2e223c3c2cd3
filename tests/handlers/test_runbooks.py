"""`/ecotrajet runbook`: what one reads and types; walking through them is in tests/scenarios/test_runbooks.py."""

from dataclasses import replace

import pytest

from bot.notify import blocks
from tests.handlers.slackdesk import SlackDesk, slack_desk
from tests.handlers.test_actions import post

__all__ = ["slack_desk"]


async def test_the_list_names_all_and_what_is_under_way(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet procédure")
    assert "hotfix · Hotfix en production" in (await amina.sees("Procédures")).text
    await amina.types("/ecotrajet procédure lance nouveau-client client=Vélocité")
    await amina.sees("La procédure 1 commence")
    await amina.types("/ecotrajet runbook list")
    assert "1 Nouveau client Vélocité" in (await amina.sees("En cours, et les dernières")).text


async def test_showing_one_tells_each_step_its_condition_and_what_a_failure_leads_to(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet procédure montre hotfix")
    shown = (await amina.sees("Hotfix en production")).text
    assert "5. Mettre {version} en place · deploy version={version}" in shown
    assert "en cas d’échec" in shown
    assert "pas si l’étape 9 est faite" in shown
    assert "version=… la version du correctif" in shown
    assert "/ecotrajet runbook run hotfix env version=…" in shown


@pytest.mark.parametrize(
    "typed, said",
    [
        ("montre hotfx", "Vouliez-vous dire"),
        ("montre zzz", "Il n’y a pas de procédure"),
        ("montre", "Quelle procédure"),
        ("danse", "Je ne connais pas « danse » ici"),
        ("lance hotfix prod", "Il manque « version »"),
        ("lance hotfix prod version=v3 --incident 99", "incident #99"),
        ("99", "Aucune procédure commencée ne porte le numéro 99"),
        ("fait 99", "Aucune procédure commencée ne porte le numéro 99"),
        ("fait", "Donnez son numéro"),
        ("annule 99", "Aucune procédure commencée"),
        ("reprends 99", "Aucune procédure commencée"),
    ],
)
async def test_what_cannot_be_done_says_what_to_type_instead(slack_desk: SlackDesk, typed: str, said: str) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types(f"/ecotrajet procédure {typed}")
    await amina.sees(said)
    assert await slack_desk.value("SELECT count(*) FROM procedure_run") == 0


async def test_from_the_command_line_a_step_is_answered_tried_again_and_called_off(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    for typed, said in (
        ("lance nouveau-client client=Vélocité", "La procédure 1 commence"),
        ("fait 1", "Noté : fait"),
        ("échec 1", "Noté : échec"),
        ("fait 1", "n’attend de réponse"),
        ("reprends 1", "reprend à l’étape qui a échoué"),
        ("1", "L’étape 2 sur 9 attend une réponse"),
        ("annule 1", "plus aucune étape"),
        ("montre 1", "Annulé par Amina Diallo"),
    ):
        await amina.types(f"/ecotrajet runbook {typed}")
        await amina.sees(said)


async def test_who_may_not_do_its_steps_does_not_begin_it(slack_desk: SlackDesk) -> None:
    chloe = slack_desk.sandbox.person("chloe")
    await chloe.types("/ecotrajet runbook run application-lente prod")
    await chloe.sees("Demandez à")
    assert await slack_desk.value("SELECT count(*) FROM procedure_run") == 0


async def test_the_same_press_delivered_twice_answers_once(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet runbook run nouveau-client client=Vélocité")
    await amina.sees("La procédure 1 commence")
    run = await slack_desk.tools.procedures.view(1)
    assert run is not None
    await post(slack_desk, blocks.procedure_card(run, slack_desk.tools.reader("fr")))
    press = await amina.presses("Fait")
    await amina.sees("Noté")
    await slack_desk.sandbox.redeliver(press)
    late = await slack_desk.sandbox.person("bruno").presses("Échec", late=True)
    assert late.status == "ok"
    await slack_desk.sandbox.person("bruno").sees("Amina Diallo a répondu à")
    steps = await slack_desk.rows("SELECT state, by FROM procedure_step ORDER BY id")
    assert [tuple(row) for row in steps] == [("done", "amina"), ("waiting", None)]


async def test_a_team_without_a_library_reads_so(slack_desk: SlackDesk) -> None:
    door = slack_desk.door
    door.answers.tools = replace(slack_desk.tools, desk=replace(slack_desk.desk, procedures={}))
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet procédure")
    await amina.sees("Il n’y a aucune procédure")
