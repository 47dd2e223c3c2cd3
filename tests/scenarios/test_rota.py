"""On call without a hand-off in between: simulations, races, the user group."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.answers import Repeated
from bot.audit import Actor, Door
from bot.config import load_desk
from bot.errors import UserError
from bot.language import say
from bot.lifecycle.rota import Rota, Span
from bot.store.database import Database
from bot.store.oncall import Request
from tests.world import ROOT, World, edited_config, new_world

PLACE = "incidents"


async def test_a_simulation_names_people_ways_and_times_and_sends_nothing(world: World) -> None:
    amina = world.person("amina")
    await amina.types("/ecotrajet silence staging 2h essai", channel=PLACE)
    await amina.sees("silence end 1", channel=PLACE)
    await amina.sees("🔕 Silence 1 (staging)", channel=PLACE)
    before = await world.value("SELECT count(*) FROM message")
    await amina.types("/ecotrajet simulate P1 prod samedi 03:00", channel=PLACE)
    shown = await amina.sees("Rien n’a été envoyé", channel=PLACE)
    for words in (
        "03:00 · Détection",
        "03:15 · Support\xa0: Chloé Bernard",
        "04:00 · DevOps",
        "05:00 · Management",
        "SMS",
    ):
        assert words in shown.text
    await amina.types("/ecotrajet simuler staging P2", channel=PLACE)
    await amina.sees("mis en silence : essai", channel=PLACE)
    await amina.types("/ecotrajet simulate P1 prod bientôt", channel=PLACE)
    await amina.sees("22:00", channel=PLACE)
    assert await world.value("SELECT count(*) FROM message") == before
    assert await world.value("SELECT count(*) FROM incident") == 0


async def test_the_user_group_holds_whoever_is_on_call(database_url: str, tmp_path: Path) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        schedules = configuration["schedules"]
        schedules["avant"] = {**schedules["astreinte"], "slack_group": "S0UNKNOWN"}  # refused: it holds up no other
        schedules["astreinte"]["slack_group"] = "S0ASTREIN"

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        groups = world.sandbox.slack.workspace.user_groups
        on_call = await world.on_call()

        async def holds(user: str) -> bool:
            return groups["S0ASTREIN"] == (user,)

        await world.eventually(lambda: holds(on_call.person.slack_id), "the group holds whoever is on call", 15)
        bruno = world.person("bruno")
        await bruno.types("/ecotrajet oncall override @bruno 2h astreinte", channel=PLACE)
        await world.eventually(lambda: holds("U0BRUNO01"), "the group follows the replacement", 15)
        await bruno.types("/ecotrajet oncall", channel=PLACE)
        shown = await bruno.sees("groupe Slack n’est pas à jour", channel=PLACE)
        assert shown.text.count("groupe Slack") == 1


async def test_a_swap_whose_other_half_was_given_away_since_is_none(database_url: str) -> None:
    desk = load_desk(ROOT / "ecotrajet.example.yaml")
    schedule = desk.schedules["astreinte"]

    def by(person: str) -> Actor:
        return Actor(person, desk.people[person].name, Door.BUTTON)

    async with Database.open(database_url) as db:
        rota, now = Rota(db, desk), datetime.now(UTC)
        mine, theirs = (
            next(
                each
                for each in schedule.shifts(now, now + timedelta(days=40))
                if each.people == (who,) and each.ends_at - each.starts_at > timedelta(days=1)
            )
            for who in ("amina", "david")
        )
        spans = [Span(each.ends_at - timedelta(hours=3), each.ends_at - timedelta(hours=2)) for each in (mine, theirs)]
        request = await rota.ask_swap(schedule, desk.people["david"], spans[0], spans[1], by("amina"))
        assert isinstance(request, Request)
        await rota.override(schedule, desk.people["bruno"], spans[1], by("david"))
        with pytest.raises(UserError) as refused:
            await rota.accept(request.id, by("david"))
        assert "n’est pas d’astreinte" in say(refused.value.phrase, "fr", desk.zone, now)
        assert [each.person for each in await rota.overrides()] == ["bruno"]  # nothing was given for nothing


async def test_of_two_who_tap_at_once_one_takes_over(database_url: str, tmp_path: Path) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["schedules"]["astreinte"]["rotations"][0]["people"] = ["amina", "bruno", "david"]

    desk = load_desk(edited_config(tmp_path, edit))
    schedule = desk.schedules["astreinte"]

    def by(person: str) -> Actor:
        return Actor(person, desk.people[person].name, Door.BUTTON, delivery=f"press of {person}")

    async with Database.open(database_url) as one, Database.open(database_url) as two:
        now = datetime.now(UTC)
        (asker,) = schedule.on_call(now)
        others = [each for each in schedule.members() if each != asker]
        request = await Rota(one, desk).ask_cover(schedule, Span(now, now + timedelta(minutes=30)), by(asker))
        assert isinstance(request, Request)
        assert sorted(request.asked) == sorted(others)
        taps = [Rota(db, desk).accept(request.id, by(who)) for db, who in zip((one, two), others, strict=True)]
        answers = await asyncio.gather(*taps, return_exceptions=True)
        assert sorted(type(each).__name__ for each in answers) == ["Request", "UserError"]
        (override,) = await Rota(one, desk).overrides()
        assert (override.person in others, override.instead_of) == (True, asker)
        again = await Rota(two, desk).accept(request.id, by(override.person))
        assert isinstance(again, Repeated)  # the same press, delivered twice
