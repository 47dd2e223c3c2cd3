"""A level asks for several people: the ladder goes on until they have taken it, whatever door they come by."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.devices import spaced
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"
STATUS = "SELECT status FROM incident WHERE number = $1"
TAKERS = "SELECT jsonb_path_query_array(takers, '$[*].person') FROM incident WHERE number = $1"


@pytest.fixture
async def pair(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """First the DevOps team (Amina, Bruno, David), two of them; after 15 min Chloé, after 30 min Emma."""

    def edit(configuration: dict[str, Any]) -> None:
        policy = configuration["escalation"]["policies"]["default"]
        policy["levels"] = [
            {"name": "Binôme", "after": "0 min", "tell": ["team:devops"], "acknowledgements": 2},
            {"name": "Support", "after": "15 min", "tell": ["person:chloe"]},
            {"name": "Direction", "after": "30 min", "tell": ["person:emma"]},
        ]
        policy["stops_at"] = {}

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as made:
        yield made


async def begun(world: World) -> int:
    number = await world.alert(TITLE)
    for name in ("amina", "bruno", "david"):
        await world.person(name).phone.gets_sms(TITLE)
    return number


async def test_one_of_two_by_the_button_then_the_second_by_text_and_the_ladder_stops(pair: World) -> None:
    number = await begun(pair)
    bruno = pair.person("bruno")
    card = await bruno.sees("il faut 2 personnes", channel="incidents")
    await bruno.presses("incident.acknowledge", on=card)
    await bruno.sees("pris par 1 sur 2", channel="incidents")
    assert await pair.value(STATUS, number) == "triggered"
    mine = await bruno.dm(containing="pris par 1 sur 2")
    assert "incident.acknowledge" not in [each.action_id for each in mine.buttons]  # it asks for what is done no more
    await pair.fast_forward(minutes=6)
    assert not bruno.phone.calls  # he is not called although two are wanted; the others are
    assert pair.person("amina").phone.calls
    said = spaced(str(await pair.person("amina").phone.sends("1a")))
    assert "est à vous" in said
    await pair.eventually_value("acknowledged", STATUS, number)
    assert await pair.value("SELECT acknowledged_by FROM incident") == "bruno"
    await bruno.sees("Bruno Martin, Amina Diallo", channel="incidents")
    late = spaced(str(await pair.person("david").phone.sends("1a")))
    assert "Bruno Martin, Amina Diallo" in late
    assert "was already taken" in late
    await pair.fast_forward(minutes=15)
    assert not pair.person("chloe").phone.inbox


async def test_the_same_person_twice_or_a_stranger_are_not_two_and_the_next_level_is_told(pair: World) -> None:
    number = await begun(pair)
    amina, chloe = pair.person("amina"), pair.person("chloe")
    assert "Pris par 1 sur 2" in spaced(str(await amina.phone.sends("1a")))
    assert "Pris par 1 sur 2" in spaced(str(await amina.phone.sends(f"ack {number}")))
    await chloe.types(f"/ecotrajet ack {number}", channel="incidents")
    await chloe.sees("Binôme demande 2 personnes, pris par 1", channel="incidents")
    assert await pair.value(STATUS, number) == "triggered"
    await pair.fast_forward(minutes=15.1)  # Chloé is all of the next level, and on it: the one after her now
    await pair.person("emma").phone.gets_sms("service indisponible")
    assert not chloe.phone.inbox
    await pair.person("bruno").types(f"/ecotrajet why {number}", channel="incidents")
    why = await pair.person("bruno").sees("d’entre eux doivent le prendre", channel="incidents")
    assert "déjà dessus" in spaced(why.text)
    assert await pair.value("SELECT count(*) FROM audit WHERE did = 'incident.shared'") == 2


async def test_a_key_in_a_call_and_the_link_in_a_mail_are_two(pair: World) -> None:
    number = await begun(pair)
    await pair.fast_forward(minutes=5.1)
    call = await pair.person("amina").phone.gets_call()
    assert any("1 sur 2" in spaced(each) for each in await call.presses("4"))
    david = pair.person("david")
    assert david.mailbox is not None
    mail = await david.mailbox.gets(TITLE)
    link = re.search(rf"{re.escape(pair.url)}/ack/[\w-]+", mail.text)
    assert link is not None
    async with pair.http.get(link[0]) as answer:
        assert "1 of 2 have taken it (Amina Diallo)" in await answer.text()
    async with pair.http.post(link[0]) as answer:
        assert "is yours" in await answer.text()
    await pair.eventually_value("acknowledged", STATUS, number)


async def test_a_share_is_handed_over_and_runs_out_for_each_by_themselves(pair: World) -> None:
    number = await begun(pair)
    amina, bruno, david = (pair.person(name) for name in ("amina", "bruno", "david"))
    await amina.phone.sends("1a")
    await amina.types(f"/ecotrajet assign {number} @david", channel="incidents")
    await pair.eventually_value(1, "SELECT count(*) FROM responder")
    await david.phone.sends(f"ack {number}")
    await pair.eventually_value('["david"]', TAKERS, number)  # hers became his: still one of two
    await pair.fast_forward(minutes=10)
    await bruno.phone.sends("1a")
    await pair.eventually_value("acknowledged", STATUS, number)
    await pair.fast_forward(minutes=15.5)  # David's sign is 25 minutes old, Bruno's is not
    await david.phone.gets_sms(f"ack {number}")
    assert not [sms for sms in bruno.phone.inbox if f"ack {number}" in sms.body]
    await pair.fast_forward(minutes=5)
    await pair.eventually_value("triggered", STATUS, number)
    assert await pair.value(TAKERS, number) == '["bruno"]'
    await bruno.sees("Aucun signe de David Okafor", channel="incidents")
    before = len(bruno.phone.inbox)
    await amina.phone.sends("1a")
    await pair.eventually_value("acknowledged", STATUS, number)
    assert len(bruno.phone.inbox) == before  # he was on it all the time: nobody paged him again


async def test_one_alone_cannot_hush_it_and_who_takes_it_first_stays_on_it_when_it_gets_worse(pair: World) -> None:
    number = await pair.alert("Lenteur de la recherche", severity="warning")
    bruno = pair.person("bruno")
    await bruno.sees("Lenteur", channel="incidents")
    await bruno.types(f"/ecotrajet snooze {number} 1h", channel="incidents")
    await bruno.sees("pris par 1", channel="incidents")
    assert await pair.value("SELECT count(*) FROM incident_due WHERE kind = 'snooze_over'") == 0
    await bruno.types(f"/ecotrajet reclassify {number} P1", channel="incidents")
    await pair.person("amina").phone.gets_sms("Lenteur")
    assert not bruno.phone.inbox
    assert await pair.value(TAKERS, number) == '["bruno"]'
    await pair.fast_forward(minutes=26)  # his share runs out as any other
    await bruno.dm(containing="toujours dessus")


async def test_simulating_says_how_many_have_to_take_it(pair: World) -> None:
    bruno = pair.person("bruno")
    await bruno.types("/ecotrajet simulate P1 prod", channel="general")
    shown = await bruno.sees("Binôme", channel="general")
    assert "(2 d’entre elles doivent le prendre)" in spaced(shown.text)


async def test_when_as_many_cannot_be_reached_the_next_level_is_told_at_once(database_url: str, tmp_path: Path) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        level = {"name": "Binôme", "after": "0 min", "tell": ["person:amina", "person:bruno"], "acknowledgements": 2}
        configuration["escalation"]["policies"]["default"]["levels"][0] = level
        configuration["people"]["bruno"] = {"name": "Bruno Martin", "phone": "+33600000002"}

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        world.sandbox.twilio.faults.arm(number="+33600000002", error=21211, times=9)
        await world.alert(TITLE)
        await world.person("amina").phone.gets_sms(TITLE)
        chloe = world.person("chloe")
        await chloe.phone.gets_sms(TITLE)
        await chloe.sees("trop peu de personnes", channel="incidents")
        assert await world.value("SELECT count(*) FROM audit WHERE did = 'level.short'") == 1


async def test_one_of_two_gives_it_back_and_the_others_are_paged_again(pair: World) -> None:
    number = await begun(pair)
    amina, bruno, david = (pair.person(name) for name in ("amina", "bruno", "david"))
    await amina.phone.sends("1a")
    await amina.types(f"/ecotrajet unack {number}", channel="incidents")
    await amina.sees("n’est plus à vous", channel="incidents")
    assert await pair.value(TAKERS, number) == "[]"  # more were wanted anyhow: the ladder goes on as it was
    await bruno.phone.sends("1a")
    await david.phone.sends("1a")
    await pair.eventually_value("acknowledged", STATUS, number)
    texts = len(david.phone.inbox)
    await david.types(f"/ecotrajet rends {number}", channel="incidents")
    await pair.eventually_value("triggered", STATUS, number)
    assert await pair.value(TAKERS, number) == '["bruno"]'
    await pair.person("chloe").phone.gets_sms(TITLE)
    paged = "SELECT string_agg(DISTINCT person, ' ') FROM message WHERE about = 'page' AND incident = $1 AND round = 2"
    assert await pair.value(paged, number) == "chloe"  # two have just given it back, and Bruno is on it: further up
    assert len(david.phone.inbox) == texts
