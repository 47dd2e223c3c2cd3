"""Who is on call: asked, replaced, covered, swapped, handed over; and the page goes to the right one."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from bot.config import load
from bot.lifecycle.handoffs import HandOffs
from bot.store.database import Database
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"
PLACE = "incidents"


@pytest.fixture
async def calm_world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Amina and David take turns of a day that began two hours ago: no hand-off comes between within a few hours."""

    def edit(configuration: dict[str, Any]) -> None:
        hand_off = f"{datetime.now(UTC) - timedelta(hours=2):%H}:00"
        rotation = configuration["schedules"]["astreinte"]["rotations"][0]
        rotation |= {"every": "day", "hand_off": hand_off, "time_zone": "UTC"}
        configuration["workspace"]["time_zone"] = "UTC"

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as made:
        await made.eventually_value(1, "SELECT count(*) FROM oncall_watch")
        yield made


async def the_other(world: World) -> Any:
    on_call = await world.on_call()
    return world.person("david" if on_call.person.key == "amina" else "amina")


async def test_who_is_on_call_now_and_next_in_both_languages(calm_world: World) -> None:
    world = calm_world
    on_call = await world.on_call()
    other = await the_other(world)
    amina, david = world.person("amina"), world.person("david")
    await amina.types("/ecotrajet astreinte", channel=PLACE)
    shown = await amina.sees("D’astreinte", channel=PLACE)
    assert re.search(rf"{on_call.person.name} · jusqu’.*puis {other.person.name}", shown.text, re.DOTALL)
    await david.types("/ecotrajet oncall", channel=PLACE)
    shown = await david.sees("On call", channel=PLACE)
    assert f"then {other.person.name}" in shown.text
    await david.types("/ecotrajet oncall astreinte", channel=PLACE)
    shown = await david.sees("On call for astreinte", channel=PLACE)
    assert shown.text.count("→") >= 14
    await david.types("/ecotrajet oncall astriente", channel=PLACE)
    await david.sees("“astreinte”", channel=PLACE)


async def test_a_page_goes_to_the_replacement_and_back_when_it_ends(calm_world: World) -> None:
    world = calm_world
    on_call, bruno = await world.on_call(), world.person("bruno")
    await world.fast_forward(minutes=1)
    before = len(on_call.phone.inbox)
    await bruno.types("/ecotrajet oncall override @bruno 2h", channel=PLACE)
    await bruno.sees("override end 1", channel=PLACE)
    await bruno.dm(containing="Vous êtes d’astreinte")
    await bruno.sees("dès maintenant : Bruno Martin", channel=PLACE)
    await world.alert(TITLE)
    await bruno.phone.gets_sms(TITLE)
    assert len(on_call.phone.inbox) == before
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'oncall.overridden' AND actor = 'bruno'") == 1
    await bruno.types("/ecotrajet oncall override list", channel=PLACE)
    await bruno.sees("Bruno Martin", channel=PLACE)
    await bruno.types("/ecotrajet astreinte remplacer fin 1", channel=PLACE)
    await bruno.sees("suit de nouveau ses tours", channel=PLACE)
    await bruno.dm(containing="est terminé")
    await world.alert("Search is down", dedup_key="search", service="", env="staging")
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'oncall.handed_off'") == 2


async def test_an_override_for_later_begins_at_its_time_and_is_announced_once(calm_world: World) -> None:
    world = calm_world
    now = await world.value("SELECT app_now()")
    start, end = now + timedelta(hours=2), now + timedelta(hours=4)
    emma, bruno = world.person("emma"), world.person("bruno")
    await bruno.types(
        f"/ecotrajet oncall override @U0CHLOE01 {start:%Y-%m-%d %H:%M} - {end:%Y-%m-%d %H:%M} astreinte", channel=PLACE
    )
    await bruno.sees("Chloé Bernard", channel=PLACE)
    await world.person("chloe").dm(containing="Bruno Martin vous met d’astreinte")
    on_call = await world.on_call()
    await on_call.dm(containing="Chloé Bernard")  # told that somebody replaces them
    await world.fast_forward(minutes=121)
    await emma.sees("dès maintenant : Chloé Bernard", channel=PLACE)
    await world.alert(TITLE)
    await world.person("chloe").phone.gets_sms(TITLE)
    await world.fast_forward(minutes=121)
    await world.person("chloe").dm(containing="Votre tour d’astreinte")
    assert await world.value("SELECT count(*) FROM message WHERE about = 'note' AND incident IS NULL") == 2


async def test_two_replicas_tell_a_hand_off_once_with_what_is_open(database_url: str, calm_world: World) -> None:
    world = calm_world
    await world.alert(TITLE)
    desk = load(world.environment).desk
    on_call, other = await world.on_call(), await the_other(world)
    async with Database.open(database_url) as one, Database.open(database_url) as two:
        rounds = [HandOffs(one, desk), HandOffs(two, desk)]
        await asyncio.gather(*(each.round() for each in rounds))
        connection = await world.owner()
        try:
            await connection.execute("UPDATE desk_clock SET shift = shift + interval '23 hours'")
        finally:
            await connection.close()
        await asyncio.gather(*(each.round() for each in rounds for _ in range(3)))
    await world.eventually_value(1, "SELECT count(*) FROM audit WHERE did = 'oncall.handed_off'")
    said = "Open incidents: #1" if other.person.key == "david" else "Incidents ouverts : #1"
    assert TITLE in (await other.dm(containing=said)).text
    await on_call.dm(containing="#1 P1")
    assert await world.value("SELECT count(*) FROM message WHERE about = 'tell' AND body::text LIKE '%turn for%'") == 1


async def test_cover_goes_to_the_first_who_taps(calm_world: World) -> None:
    world = calm_world
    asker, other = await world.on_call(), await the_other(world)
    await asker.types("/ecotrajet oncall cover 2h", channel=PLACE)
    await asker.sees("oncall cover end 1", channel=PLACE)
    label = "I take it" if other.person.key == "david" else "Je prends"
    asked = await other.dm(containing="oncall accept 1")
    assert label in [button.label for button in asked.buttons]
    await world.person("bruno").types("/ecotrajet oncall accept 1", channel=PLACE)
    await world.person("bruno").sees("ne s’adresse pas à vous", channel=PLACE)
    await other.presses(label)
    await asker.dm(containing=other.person.name)
    await world.eventually_value(1, "SELECT count(*) FROM oncall_override WHERE instead_of IS NOT NULL")
    await world.alert(TITLE)
    await other.phone.gets_sms(TITLE)

    async def closed() -> bool:
        return not any(button.label == label for message in other.visible() for button in message.buttons)

    await world.eventually(closed, "the question has no button any more")
    await other.types("/ecotrajet oncall accept 1", channel=PLACE)
    await other.sees("took it" if other.person.key == "david" else "s’en est chargé", channel=PLACE)


async def test_a_swap_is_two_replacements_and_one_tap(calm_world: World) -> None:
    world = calm_world
    asker, other = await world.on_call(), await the_other(world)
    now = await world.value("SELECT app_now()")
    mine = f"{now + timedelta(hours=1):%Y-%m-%d %H:%M} - {now + timedelta(hours=2):%Y-%m-%d %H:%M}"
    theirs = f"{now + timedelta(hours=25):%Y-%m-%d %H:%M} - {now + timedelta(hours=26):%Y-%m-%d %H:%M}"
    await asker.types(f"/ecotrajet oncall swap @{other.person.key} {mine} contre {theirs}", channel=PLACE)
    await other.dm(containing="oncall accept 1")
    assert await world.value("SELECT count(*) FROM oncall_override") == 0
    await other.types("/ecotrajet astreinte accepter 1", channel=PLACE)
    await world.eventually_value(2, "SELECT count(*) FROM oncall_override")
    rows = await world.rows("SELECT person, instead_of FROM oncall_override ORDER BY starts_at")
    assert [row["person"] for row in rows] == [row["instead_of"] for row in reversed(rows)]
    await asker.types(f"/ecotrajet oncall swap @{other.person.key} {theirs} contre {mine}", channel=PLACE)
    await world.eventually_value(2, "SELECT count(*) FROM oncall_request")


@pytest.mark.parametrize(
    ("who", "typed", "told"),
    [
        ("bruno", "oncall override @bruno", "18h-22h"),
        ("bruno", "oncall override @bruno bientôt", "18h-22h"),
        ("bruno", "oncall override @U0VICTOR1 2h", "ecotrajet.yaml"),
        ("bruno", "oncall override @bruno 90 jours", "60"),
        ("bruno", "oncall override @bruno 2025-01-01 9h-10h", "déjà passé"),
        ("bruno", "oncall override end 99", "override list"),
        ("bruno", "oncall cover demain 18h-22h", "n’est pas d’astreinte"),
        ("bruno", "oncall swap @david demain 9h-10h", "contre"),
        ("chloe", "oncall override @chloe 2h", "Amina Diallo"),
        ("victor", "oncall override @victor 2h", "administrateur"),
        ("bruno", "oncall accept 99", "99"),
    ],
)
async def test_a_mistake_is_told_with_what_to_type_instead(world: World, who: str, typed: str, told: str) -> None:
    person = world.person(who)
    await person.types(f"/ecotrajet {typed}", channel=PLACE)
    await person.sees(told, channel=PLACE)
    assert await world.value("SELECT count(*) FROM oncall_override") == 0


@pytest.fixture
async def gappy_world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    def edit(configuration: dict[str, Any]) -> None:
        rotation = configuration["schedules"]["astreinte"]["rotations"][0]
        rotation["only"] = [{"days": ["monday", "tuesday", "wednesday", "thursday", "friday"]}]

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as made:
        yield made


async def test_gaps_of_the_next_four_weeks_are_listed_and_announced(gappy_world: World, database_url: str) -> None:
    world = gappy_world
    bruno = world.person("bruno")
    await bruno.types("/ecotrajet oncall gaps", channel=PLACE)
    shown = await bruno.sees("Personne n’est d’astreinte", channel=PLACE)
    assert shown.text.count("→") in (4, 5)
    async with Database.open(database_url) as db:
        await HandOffs(db, load(world.environment).desk).announce_gaps()
    await bruno.sees("Pour combler ce trou", channel=PLACE)


async def test_no_gap_is_good_news(world: World) -> None:
    bruno = world.person("bruno")
    await bruno.types("/ecotrajet astreinte trous", channel=PLACE)
    await bruno.sees("à tout moment", channel=PLACE)


async def test_a_private_calendar_until_its_address_is_renewed(calm_world: World) -> None:
    world = calm_world
    amina = world.person("amina")
    await amina.types("/ecotrajet oncall ical", channel=PLACE)
    first = re.search(r"https?://\S+?\.ics", (await amina.sees("/oncall/", channel=PLACE)).text)
    assert first is not None
    async with world.http.get(first[0]) as answer:
        assert (answer.status, answer.content_type) == (200, "text/calendar")
        own = Calendar.from_ical(await answer.read())
    async with world.http.get(first[0].replace(".ics", "/astreinte.ics")) as answer:
        everybody = Calendar.from_ical(await answer.read())
    assert isinstance(own, Calendar)
    assert isinstance(everybody, Calendar)
    assert 2 * len(own.events) in range(len(everybody.events) - 2, len(everybody.events) + 3)
    assert all(event.end > event.start for event in own.events)
    assert len({str(event["uid"]) for event in everybody.events}) == len(everybody.events)
    assert not any(first[0] in message.text for message in world.person("bruno").visible())

    await amina.types("/ecotrajet oncall ical nouveau", channel=PLACE)
    await world.eventually_value(2, "SELECT generation FROM oncall_feed WHERE person = 'amina'")
    for gone in (first[0], f"{world.url}/oncall/x.ics", first[0].replace(".ics", "/nothing.ics")):
        async with world.http.get(gone) as answer:
            assert answer.status == 404


async def test_a_simulation_knows_the_replacement(calm_world: World) -> None:
    world = calm_world
    bruno = world.person("bruno")
    await bruno.types("/ecotrajet oncall override @chloe 20h", channel=PLACE)
    await bruno.sees("override end 1", channel=PLACE)
    now = await world.value("SELECT app_now()")
    await bruno.types(f"/ecotrajet simulate {now + timedelta(hours=19):%Y-%m-%d %H:%M}", channel=PLACE)
    await bruno.sees("Détection\xa0: Chloé Bernard", channel=PLACE)
    await bruno.types(f"/ecotrajet simulate {now + timedelta(hours=21):%Y-%m-%d %H:%M}", channel=PLACE)
    shown = await bruno.sees(f"{now + timedelta(hours=21):%H:%M} · Détection", channel=PLACE)
    assert "Détection\xa0: Chloé" not in shown.text.partition("Support")[0]
