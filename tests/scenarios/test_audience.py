"""Those beside an incident: who was paged says what it was worth, who follows hears how it goes."""

from pathlib import Path
from typing import Any

from bot.audit import Actor, Door
from bot.config import load
from bot.lifecycle.audience import Audience
from bot.sandbox.devices import spaced
from bot.store.database import Database
from bot.verdict import Verdict
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"


async def test_whoever_was_paged_says_once_what_it_was_worth(world: World) -> None:
    number = await world.alert(TITLE)
    on_call, bruno = await world.on_call(), world.person("bruno")
    page = await on_call.dm(containing=TITLE)
    assert "page.verdict.noise" not in [each.action_id for each in page.buttons]  # not while it is open
    await bruno.types(f"/ecotrajet resolve {number}")
    asked = await on_call.dm(containing="Was this page useful?" if english(on_call) else "Cet appel était-il utile")
    assert [each.action_id for each in asked.buttons][-3:] == [
        "page.verdict.useful", "page.verdict.noise", "page.verdict.not_mine",
    ]  # fmt: skip
    await on_call.presses("page.verdict.noise", on=asked)
    said = await on_call.dm(containing="You said: 🔕 Noise" if english(on_call) else "Vous avez répondu : 🔕 Bruit")
    assert said.ts == page.ts  # the page itself, edited: no new message disturbs anybody
    assert not [each for each in said.buttons if each.action_id.startswith("page.verdict")]
    await world.eventually_value(1, "SELECT count(*) FROM page_verdict WHERE verdict = 'noise'")
    async with Database.open(world.database_url) as db:
        audience = Audience(db, load(world.environment).desk)
        again = await audience.judge(number, Verdict.USEFUL, by(on_call.person.key))  # on a page not edited yet
        assert "You have said so already" in str(again)
        assert "No page of #1 went to you" in str(await audience.judge(number, Verdict.USEFUL, by("chloe")))
    assert await world.value("SELECT string_agg(verdict, ' ') FROM page_verdict") == "noise"
    week = await world.value("SELECT to_char(app_now() AT TIME ZONE 'Europe/Paris', 'IYYY-\"W\"IW')")
    await bruno.types(f"/ecotrajet rapport {week}", channel="general")
    told = await bruno.dm(containing="Rapport")
    assert "utiles 0, bruit 1, pas pour eux 0" in spaced(told.text)


async def test_whoever_was_paged_without_slack_is_asked_there_all_the_same(database_url: str, tmp_path: Path) -> None:
    def only_texts(configuration: dict[str, Any]) -> None:
        configuration["notifications"] = {"P1": ["sms"], "P2": ["sms"], "P3": ["sms"]}

    async with new_world(database_url, config=edited_config(tmp_path, only_texts)) as world:
        await world.alert(TITLE)
        on_call = await world.on_call()
        await on_call.phone.gets_sms("")
        await world.eventually_value(
            1, "SELECT count(*) FROM message WHERE about = 'page' AND state IN ('sent', 'delivered')"
        )
        await world.person("bruno").types("/ecotrajet resolve 1")
        asked = await on_call.dm(containing="Was this page useful?" if english(on_call) else "Cet appel était-il utile")
        await on_call.presses("page.verdict.useful", on=asked)
        await world.eventually_value(1, "SELECT count(*) FROM page_verdict WHERE verdict = 'useful'")

        async def asks_no_more() -> bool:
            return not [one for one in on_call.visible("dm") if one.ts == asked.ts and one.buttons]

        await world.eventually(asks_no_more, "the question has no buttons any more")
        await world.person("bruno").types("/ecotrajet reopen 1")
        await world.person("bruno").types("/ecotrajet resolve 1")
        await world.eventually_value("resolved", "SELECT status FROM incident")
        assert await world.value("SELECT count(*) FROM message WHERE body ? 'verdict'") == 1  # asked once


async def test_somebody_follows_an_incident_hears_of_moves_and_news_and_ends_it_by_a_tap(world: World) -> None:
    number = await world.alert(TITLE)
    chloe, bruno = world.person("chloe"), world.person("bruno")
    card = await chloe.sees(TITLE, channel="incidents")
    await chloe.presses("incident.follow", on=card)
    await chloe.sees("Vous suivez l’incident #1", channel="incidents")
    await bruno.types(f"/ecotrajet ack {number}")
    await chloe.dm(containing="Bruno")
    await bruno.types(f'/ecotrajet update {number} "Les paiements reviennent."')
    told = await chloe.dm(containing="Les paiements reviennent.")
    assert await world.value("SELECT count(*) FROM message WHERE about = 'ask' AND person = 'bruno'") == 0
    await chloe.presses("incident.unfollow", on=told)
    await world.eventually_value(0, "SELECT count(*) FROM subscription")
    await bruno.types(f"/ecotrajet priority {number} P1")
    await world.eventually_value("P1", "SELECT priority FROM incident")
    await bruno.types(f"/ecotrajet resolve {number}")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    assert not [one for one in chloe.visible("dm") if "Résolu par" in spaced(one.text)]


async def test_a_service_or_a_priority_is_followed_from_the_beginning(world: World) -> None:
    chloe, bruno = world.person("chloe"), world.person("bruno")
    await chloe.types("/ecotrajet suivre ecotrajet", channel="general")
    await chloe.sees("Vous suivez les incidents de ecotrajet", channel="general")
    await chloe.types("/ecotrajet subscribe p1", channel="general")
    await bruno.types("/ecotrajet suivre P1", channel="general")
    await chloe.sees("Vous suivez tous les P1", channel="general")
    await chloe.types("/ecotrajet suivre ecotrajet", channel="general")
    await chloe.sees("Vous suivez déjà", channel="general")
    await world.alert(TITLE)
    await chloe.dm(containing="il vient de commencer")
    assert await world.value("SELECT count(*) FROM message WHERE about = 'ask' AND person = 'chloe'") == 1
    await chloe.types("/ecotrajet abonner", channel="general")
    listed = await chloe.sees("Ce que vous suivez", channel="general")
    assert len(listed.buttons) == 2
    await chloe.types("/ecotrajet désabonner P1", channel="general")
    await chloe.sees("Vous ne suivez plus tous les P1", channel="general")
    await chloe.types("/ecotrajet suivre tout", channel="general")
    await chloe.sees("Qu’est-ce que « tout »", channel="general")
    await chloe.types("/ecotrajet suivre 99", channel="general")
    await chloe.sees("#99", channel="general")


def by(person: str) -> Actor:
    return Actor(person, person, Door.BUTTON)


def english(who: Any) -> bool:
    return bool(who.person.language == "en")
