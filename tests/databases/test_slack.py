"""`/ecotrajet db`, as people type it, on real databases; and the same look as a step of a runbook."""

from dataclasses import replace

import pytest

from bot.runbook.looks import Comparison
from bot.target import Target
from runbooks.docker_engine.looks import DockerLooks
from tests.databases.stage import ServiceDatabases, service_databases
from tests.handlers.slackdesk import NOWHERE, SlackDesk, slack_desk
from tests.scenarios.rundesk import RunDesk, run_desk
from tests.scenarios.test_runbooks import RunbookDesk

__all__ = ["run_desk", "service_databases", "slack_desk"]

LOOKS = """
title: Base
safe: true
steps:
  - {id: blocages, title: Blocages, do: database, with: {look: locks}, on_failure: continue}
  - {id: tailles, title: Tailles, do: database, with: {look: sizes}}
"""

WORDS = {
    "connexions": "Par état",
    "prod lentes": "pg_stat_statements n’est pas installé",
    "prod tailles": "public.stations",
    "migrations staging": "public.schema_versions",
    "prod rls": "activée sur toutes les tables",
    "entretien": "Plus vieille transaction",
    "": "Rien d’anormal à voir",
    "recette ecotrajet locks": "personne n’attend personne",
    "prod lokcs": "Vouliez-vous dire « locks »",
    "dev": "Aucune base de données n’est configurée pour dev",
    "ecotrajet locks": "Quelle base de données",
    "prod zzz": "Je ne connais pas « zzz » ici",
}


@pytest.fixture
def desk(slack_desk: SlackDesk, service_databases: ServiceDatabases) -> SlackDesk:
    made = replace(slack_desk.desk, databases=service_databases.entries())
    slack_desk.tools.databases.desk = made
    return slack_desk


async def test_one_card_says_what_is_wrong_and_the_open_incident_keeps_it(
    desk: SlackDesk, service_databases: ServiceDatabases
) -> None:
    root, first, _ = await service_databases.chain()
    await service_databases.do(service_databases.prod, "CREATE TABLE payments (id int)")
    await service_databases.do(service_databases.staging, "INSERT INTO schema_versions VALUES ('1.11.0', '2026-04-05')")
    number = await desk.incident()
    amina = desk.sandbox.person("amina")
    await amina.types("/ecotrajet base prod")
    card = (await amina.sees("Base de données de prod · ecotrajet")).text
    assert f"batch-nuit (pid {root}) laisse une transaction ouverte et en bloque d’autres\u00a0: 2 en attente" in card
    assert "🟡 Sécurité par ligne (RLS) · sans sécurité par ligne\u00a0: public.payments" in card
    assert "🟡 Migrations · manquent ici, alors que staging les a\u00a0: 1.11.0" in card
    assert "/ecotrajet db prod ecotrajet locks" in card
    assert f"Gardé avec l’incident #{number}" in card
    assert "secret" not in card
    assert await desk.value("SELECT count(*) FROM evidence WHERE incident = $1 AND kind = 'database'", number) == 1
    await amina.types("/ecotrajet db prod verrous")
    tree = (await amina.sees("Blocages, base de données de prod · ecotrajet")).text
    assert f"└─ pid {first} · site-1" in tree
    assert f"SELECT pg_terminate_backend({root});" in tree
    await amina.types(f"/ecotrajet show {number}")
    details = (await amina.sees("Base de données prod, vue à")).text
    assert f"batch-nuit (pid {root})" in details


async def test_each_part_is_a_word_away_and_production_is_meant_when_nothing_is_said(desk: SlackDesk) -> None:
    amina = desk.sandbox.person("amina")
    for typed, said in WORDS.items():
        await amina.types(f"/ecotrajet db {typed}")
        await amina.sees(said)
    assert await desk.value("SELECT count(*) FROM evidence") == 0


class ComparedLooks(DockerLooks):
    """Two containers that share what each should have for itself."""

    async def compare(self, here: Target, there: Target) -> Comparison:
        return Comparison(("web-staging", "web-prod"), different=("KEY",), same=2, shared=("VITE_SUPABASE_URL",))


async def test_two_environments_are_compared_down_to_their_databases(
    desk: SlackDesk, service_databases: ServiceDatabases
) -> None:
    await service_databases.do(service_databases.staging, "INSERT INTO schema_versions VALUES ('1.11.0', '2026-04-05')")
    desk.engines.looks = ComparedLooks(NOWHERE.engine)
    amina = desk.sandbox.person("amina")
    await amina.types("/ecotrajet compare staging prod")
    shown = (await amina.sees("staging face à prod")).text
    assert "La même valeur des deux côtés" in shown
    assert "VITE_SUPABASE_URL" in shown
    assert "🟡 staging\u00a0: ici, mais pas en prod\u00a0: 1.11.0 (1 en tout)" in shown


async def test_without_any_one_is_told_where_to_configure_it(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet db prod")
    await amina.sees("Aucune base de données n’est configurée")


async def test_the_look_is_a_step_of_a_runbook(run_desk: RunDesk, service_databases: ServiceDatabases) -> None:
    root, *_ = await service_databases.chain()
    made = RunbookDesk.of(run_desk, LOOKS)
    made.walker.acts.looking.databases.desk = replace(run_desk.desk, databases=service_databases.entries())
    number = await run_desk.p1()
    begun = await made.begin("prod")
    await made.walker.walk(begun.id)
    after = await made.procedures.view(begun.id)
    assert after is not None
    assert [each.state for each in after.taken] == ["failed", "done"]
    assert f"pid {root}" in after.taken[0].output
    assert "public.stations" in after.taken[1].output
    assert await run_desk.value("SELECT count(*) FROM evidence WHERE incident = $1 AND kind = 'database'", number) == 2
