"""`/ecotrajet backup`: asking for one, the lists, and who may."""

from dataclasses import replace
from datetime import time, timedelta

from bot.backup import BackupEntry
from bot.secret import Secret
from tests.handlers.slackdesk import SlackDesk, slack_desk

__all__ = ["slack_desk"]


def configured(slack_desk: SlackDesk) -> None:
    entry = BackupEntry("nuit", Secret("postgresql://x/y"), "b", "prod", "ecotrajet", time(2), timedelta(days=30))
    slack_desk.tools.backups.desk = replace(slack_desk.desk, backups={"nuit": entry})


async def test_without_any_one_is_told_where_to_configure_it(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet sauvegarde maintenant")
    await amina.sees("Aucune sauvegarde n’est configurée")


async def test_one_is_asked_for_once_and_a_second_has_to_wait(slack_desk: SlackDesk) -> None:
    configured(slack_desk)
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet sauvegarde maintenant prod")
    await amina.sees("La sauvegarde de nuit commence")
    await amina.types("/ecotrajet backup now")
    await amina.sees("est en cours depuis")
    assert await slack_desk.value("SELECT count(*) FROM backup WHERE kind = 'manual' AND state = 'queued'") == 1
    assert await slack_desk.value("SELECT count(*) FROM audit WHERE did = 'backup.asked'") == 1


async def test_lists_show_what_is_there_and_what_failed_why(slack_desk: SlackDesk) -> None:
    configured(slack_desk)
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet backup")
    await amina.sees("pas encore de sauvegarde réussie")
    await slack_desk.rows(
        "INSERT INTO backup (name, slot, kind, state, asked_by, object, bytes, sha256, why) VALUES"
        " ('nuit', '2026-11-22', 'weekly', 'succeeded', 'desk', 'nuit/weekly/a.dump', 3145728, 'abcdef01', ''),"
        " ('nuit', '2026-11-23', 'daily', 'failed', 'desk', '', 0, '', 'the bucket b refuses <(NoSuchBucket)>')"
    )
    await amina.types("/ecotrajet backup list")
    shown = await amina.sees("hebdomadaire")
    assert "NoSuchBucket" in shown.text
    assert "3 Mio" in shown.text.replace("\u00a0", " ")
    asked = await amina.types("/ecotrajet sauvegarde statut")
    assert "nuit/weekly/a.dump" in (await asked.answered("chaque jour à 02:00")).text


async def test_an_unknown_word_is_told_what_there_is(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet sauvegarde demain")
    await amina.sees("liste ou statut")


async def test_who_may_only_read_production_asks_for_none(slack_desk: SlackDesk) -> None:
    configured(slack_desk)
    slack_desk.tools.backups.desk = replace(slack_desk.tools.backups.desk, teams={})
    david = slack_desk.sandbox.person("david")
    await david.types("/ecotrajet backup now")
    await david.sees("ecotrajet.yaml")
    assert await slack_desk.value("SELECT count(*) FROM backup") == 0
