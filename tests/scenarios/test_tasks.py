"""What is left to do after an incident: by whom, until when, and chased until it is done."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.config import load
from bot.lifecycle.chasing import Chaser
from bot.store.database import Database
from tests.scenarios.test_home import shows
from tests.world import World, edited_config, new_world

REMINDED = "SELECT count(*) FROM message WHERE body ? 'task' AND body -> 'phrase' ->> 'msgid' LIKE '⏳%'"
LATE = "SELECT count(*) FROM message WHERE body ? 'task' AND body -> 'phrase' ->> 'msgid' LIKE '⏰%'"


async def later(world: World, hours: float) -> None:
    """So much later, at once; whoever looks for tasks then has looked."""
    await world.rows("UPDATE desk_clock SET shift = shift + $1::interval", timedelta(hours=hours))
    async with Database.open(world.database_url) as db:
        await Chaser(db, load(world.environment).desk).round()


async def at_ten(world: World) -> None:
    """Wherever the day stands: it is ten o'clock tomorrow, in Paris."""
    hours = await world.value(
        "SELECT extract(epoch FROM date_trunc('day', app_now() AT TIME ZONE 'Europe/Paris') + interval '34 hours'"
        " - app_now() AT TIME ZONE 'Europe/Paris') / 3600"
    )
    await world.rows("UPDATE desk_clock SET shift = shift + $1::interval", timedelta(hours=float(hours)))
    await doors_know_the_hour(world)
    await world.rows("ALTER SEQUENCE task_id_seq RESTART")


async def doors_know_the_hour(world: World) -> None:
    """They read it each round, before tasks are looked for: a task of nobody's is dropped then."""
    await world.rows("INSERT INTO task (incident, by, title, owner, chase_at) VALUES (1, 'x', 'x', 'x', app_now())")
    await world.eventually_value(0, "SELECT count(*) FROM task WHERE title = 'x' AND chase_at IS NOT NULL")
    await world.rows("DELETE FROM task WHERE title = 'x'")


async def over(world: World) -> int:
    """An incident that nobody has to be told of any more."""
    number = await world.alert("Disk full")
    await world.person("amina").types(f"/ecotrajet resolve {number} purgé")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    return number


async def test_a_task_is_given_chased_handed_over_and_done(world: World) -> None:
    number = await over(world)
    await at_ten(world)
    amina, bruno, chloe = (world.person(each) for each in ("amina", "bruno", "chloe"))
    await amina.types(f"/ecotrajet tâche {number} agrandir le disque @bruno dans 2 jours")
    await amina.sees("agrandir le disque · Bruno Martin")
    given = await bruno.dm(containing="Amina Diallo vous confie une tâche")
    assert "agrandir le disque" in given.text
    await bruno.opens_home()
    await shows(world, bruno, "Mes tâches", "agrandir le disque")

    await later(world, 20)  # it is six in the morning of the day before
    assert await world.value(REMINDED) == 0
    await later(world, 4)
    await bruno.dm(containing="est à rendre demain")
    await later(world, 24)
    await bruno.dm(containing="est à rendre aujourd’hui")
    assert await world.value(REMINDED) == 2
    await later(world, 72)
    await bruno.dm(containing="n’est pas faite")
    assert await world.value(LATE) == 1

    await bruno.types("/ecotrajet task reassign 1 à @chloe")
    await bruno.sees("Chloé Bernard")
    await chloe.dm(containing="Bruno Martin vous confie")
    await doors_know_the_hour(world)
    await chloe.types("/ecotrajet tasks mine")
    await chloe.sees("en retard depuis")
    await chloe.types("/ecotrajet tâche échéance 1 dans 3 semaines")
    await chloe.sees("C’est noté")
    assert await world.value("SELECT chase_at > app_now() + interval '18 days' FROM task")  # it is late no more
    await chloe.presses("task.done", await chloe.dm(containing="Bruno Martin vous confie"))
    await world.eventually_value("chloe", "SELECT done_by FROM task")
    assert await world.value("SELECT chase_at FROM task") is None


async def test_whoever_sleeps_is_reminded_in_the_morning(world: World) -> None:
    number = await over(world)
    await at_ten(world)
    bruno = world.person("bruno")
    await world.rows(
        "INSERT INTO personal_rule (person, steps, night, night_start, night_end) "
        " VALUES ('bruno', $1, '{}', '20:00', '11:30')",
        '{"P1": [["slack", 0]]}',
    )
    await world.person("amina").types(f"/ecotrajet task {number} agrandir le disque @bruno demain")
    await world.eventually_value(1, "SELECT count(*) FROM task")
    assert await world.value("SELECT due_at > app_now() FROM message WHERE body ? 'task'")
    await later(world, 1.25)  # a quarter past eleven
    assert await world.value("SELECT state FROM message WHERE body ? 'task'") == "waiting"
    await later(world, 0.5)
    await bruno.dm(containing="vous confie une tâche")
    await later(world, 23)  # a quarter to eleven on its day
    assert await world.value(REMINDED) == 0
    await later(world, 1)
    await bruno.dm(containing="est à rendre aujourd’hui")


async def test_two_replicas_that_look_at_once_remind_once(world: World) -> None:
    number = await over(world)
    for each in range(8):
        await world.rows(
            "INSERT INTO task (incident, by, title, owner, due_on, chase_at)"
            " VALUES ($1, 'amina', $2, 'bruno', app_now()::date, app_now() + interval '1 day')",
            number, f"tâche {each}",
        )  # fmt: skip
    desk = load(world.environment).desk
    async with Database.open(world.database_url) as one, Database.open(world.database_url) as other:
        await world.rows("DELETE FROM personal_rule")
        await world.rows(
            "INSERT INTO personal_rule (person, steps, night, night_start, night_end) "
            " VALUES ('bruno', $1, '{}', '0:00', '0:00')",
            '{"P1": [["slack", 0]]}',
        )
        await world.rows("UPDATE task SET chase_at = app_now()")
        await asyncio.gather(*(Chaser(db, desk).round() for db in (one, other) * 5))
    assert await world.value("SELECT count(*) FROM message WHERE body ? 'task'") == 8
    assert await world.value("SELECT min(chase_at) > app_now() FROM task")


async def test_the_form_that_resolves_gives_follow_ups_an_owner_and_a_day(world: World) -> None:
    number = await world.alert("Disk full")
    bruno = world.person("bruno")
    await bruno.types(f"/ecotrajet ack {number}", channel="incidents")
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    await bruno.presses("incident.resolve", await bruno.sees("Disk full", channel="incidents"))
    view = await bruno.gets_view("Disk full")
    said = {
        "cause": "Journaux", "firing": "anyway", "owner": world.person("chloe").person.slack_id, "due_on": "2031-01-15",
        "follow_ups": "- agrandir le disque @amina demain\n- purger les journaux\n- prévenir @personne-du-tout",
    }  # fmt: skip
    await bruno.submits(view, said)
    await world.eventually_value("resolved", "SELECT status FROM incident")
    rows = await world.rows("SELECT title, owner, due_on::text AS day FROM task ORDER BY id")
    assert [(row["title"], row["owner"]) for row in rows] == [
        ("agrandir le disque", "amina"), ("purger les journaux", "chloe"), ("prévenir @personne-du-tout", "chloe"),
    ]  # fmt: skip
    assert [row["day"] for row in rows[1:]] == ["2031-01-15", "2031-01-15"]
    assert rows[0]["day"] < "2031"
    await bruno.sees("purger les journaux · Chloé Bernard", channel="incidents")  # on the card


async def test_who_has_no_slack_is_reminded_by_mail(database_url: str, tmp_path: Path) -> None:
    def without_slack(configuration: dict[str, Any]) -> None:
        del configuration["people"]["chloe"]["slack"]

    async with new_world(database_url, config=edited_config(tmp_path, without_slack)) as world:
        number = await over(world)
        await at_ten(world)
        await world.person("amina").types(f"/ecotrajet task {number} agrandir le disque @Chloé demain")
        await world.person("chloe").mailbox.gets("vous confie une tâche")
        await later(world, 24)
        await world.person("chloe").mailbox.gets("est à rendre aujourd’hui")
