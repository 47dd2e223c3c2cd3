"""`/ecotrajet secrets`: how old they are, two reminders of each, and who may say that one was changed."""

from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest

from bot.phrase import Phrase
from bot.rotation import RotationEntry
from tests.handlers.slackdesk import SlackDesk, slack_desk

__all__ = ["slack_desk"]

QUARTER = timedelta(days=90)


@pytest.fixture
async def today(slack_desk: SlackDesk) -> date:
    """One secret of production that was changed 76 days ago, one of all places that is fresh."""
    now = await slack_desk.value("SELECT (app_now() AT TIME ZONE 'Europe/Paris')::date")
    assert isinstance(now, date)
    entries = [
        RotationEntry("supabase-key", now - timedelta(days=76), QUARTER, "prod", "clé de Supabase"),
        RotationEntry("twilio-token", now - timedelta(days=1), QUARTER),
    ]
    slack_desk.tools.rotations.desk = replace(slack_desk.desk, rotations={each.name: each for each in entries})
    return now


async def said(slack_desk: SlackDesk) -> list[str]:
    rows = await slack_desk.rows("SELECT body FROM message WHERE about = 'note' ORDER BY id")
    return [str(Phrase.from_json(row["body"]["phrase"])) for row in rows]


async def pass_days(slack_desk: SlackDesk, days: int) -> None:
    owner = await asyncpg.connect(slack_desk.db.url)  # `serve`'s own role may not move the clock
    await owner.execute("UPDATE desk_clock SET shift = shift + $1::interval", timedelta(days=days))
    await owner.close()


async def test_it_is_told_two_weeks_before_and_when_due_once_each(slack_desk: SlackDesk, today: date) -> None:
    rotations = slack_desk.tools.rotations
    for _ in range(2):  # two mornings, or two replicas
        await rotations.remind()
    due = today + timedelta(days=14)
    assert [text.partition(";")[0] for text in await said(slack_desk)] == [
        f"🔑 supabase-key (clé de Supabase) is to be changed by {due} (days left: 14)"
    ]
    await pass_days(slack_desk, 14)
    for _ in range(2):
        await rotations.remind()
    assert [text.partition(";")[0] for text in await said(slack_desk)][1:] == [
        f"🔑 supabase-key (clé de Supabase) is due to be changed since {due}"
    ]
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types("/ecotrajet secrets rotated supabase-key")
    await bruno.sees("supabase-key. La prochaine fois")
    await rotations.remind()
    assert (await said(slack_desk))[2:] == [
        f"🔑 supabase-key was changed on {due}, says Bruno Martin. Next time: {due + QUARTER}."
    ]
    await pass_days(slack_desk, 80)  # anew for the next time
    await rotations.remind()
    assert "supabase-key (clé de Supabase) is to be changed by" in " ".join((await said(slack_desk))[3:])


async def test_the_list_shows_lights_and_ages(slack_desk: SlackDesk, today: date) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet clés")
    shown = (await amina.sees("Secrets et leur âge")).text
    assert "🟡 supabase-key · prod · clé de Supabase · changé il y a 76 j" in shown
    assert f"à changer le {today + timedelta(days=14)}, dans 14 j" in shown
    assert "🟢 twilio-token · changé il y a 1 j" in shown


async def test_only_an_administrator_records_a_change(slack_desk: SlackDesk, today: date) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet secrets rotated supabase-key")
    await amina.sees("Seul un administrateur")
    assert await slack_desk.value("SELECT count(*) FROM secret_rotation") == 0


@pytest.mark.parametrize(
    "typed, shown",
    [
        ("rotated", "Donnez son nom"),
        ("rotated supabase-kye", "Vouliez-vous dire"),
        ("rotated zzz", "Je ne connais pas de secret"),
        ("rotated supabase-key hier", "n’est pas une date"),
        ("rotated supabase-key 2100-01-01", "est encore à venir"),
        ("montre", "Je ne connais pas"),
    ],
)
async def test_mistakes_say_what_to_type(slack_desk: SlackDesk, today: date, typed: str, shown: str) -> None:
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types(f"/ecotrajet secrets {typed}")
    await bruno.sees(shown)
    assert await slack_desk.value("SELECT count(*) FROM secret_rotation") == 0


async def test_without_any_one_is_told_where_to_configure_them(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet secrets")
    await amina.sees("Aucun secret n’est configuré")
