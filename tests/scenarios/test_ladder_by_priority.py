"""A service, or a priority, with a ladder of its own: at the start, and when the priority changes on the way."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.incident import Priority
from bot.sandbox.devices import spaced
from tests.test_config import desk_of, problems_of
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"
LEVELS = (
    "SELECT string_agg(name || ' ' || state, ', ' ORDER BY round, position) FROM escalation_level WHERE incident = $1"
)


def edit(configuration: dict[str, Any]) -> None:
    configuration["services"]["ecotrajet"]["policy"] = {"P1": "urgent"}
    configuration["escalation"]["by_priority"] = {"P3": "calm"}
    configuration["escalation"]["policies"]["urgent"] = {
        "levels": [
            {"name": "Tous", "after": "0 min", "tell": ["person:bruno", "person:chloe"]},
            {"name": "Direction", "after": "10 min", "tell": ["person:emma"]},
        ]
    }
    calm = {"levels": [{"name": "Support", "after": "0 min", "tell": ["team:support"]}]}
    configuration["escalation"]["policies"]["calm"] = calm


@pytest.fixture
async def shaped(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with new_world(database_url, config=edited_config(tmp_path, edit)) as made:
        yield made


async def test_a_p1_of_this_service_climbs_its_own_ladder_and_others_the_usual_one(shaped: World) -> None:
    critical = await shaped.alert(TITLE)
    await shaped.person("chloe").phone.gets_sms(TITLE)
    assert await shaped.value(LEVELS, critical) == "Tous fired, Direction pending"
    other = await shaped.alert("Payments down", service="payments")
    assert str(await shaped.value(LEVELS, other)).startswith("Détection")
    await shaped.person("bruno").types("/ecotrajet simulate P1 prod ecotrajet", channel="general")
    shown = await shaped.person("bruno").sees("Tous", channel="general")
    assert "Direction" in spaced(shown.text)


async def test_raised_it_goes_on_by_the_ladder_of_the_new_priority_and_lowered_nobody_is_told_again(
    shaped: World,
) -> None:
    number = await shaped.alert("Lenteur de la recherche", severity="warning")
    bruno = shaped.person("bruno")
    await bruno.sees("Lenteur", channel="incidents")
    await bruno.types(f"/ecotrajet reclassify {number} P1", channel="incidents")
    await shaped.person("chloe").phone.gets_sms("Lenteur")
    assert str(await shaped.value(LEVELS, number)).endswith("Tous fired, Direction pending")
    told = "SELECT count(*) FROM message WHERE about = 'page' AND incident = $1"
    before = await shaped.value(told, number)
    await bruno.types(f"/ecotrajet reclassify {number} P2", channel="incidents")
    await shaped.eventually_value("P2", "SELECT priority FROM incident WHERE number = $1", number)
    assert str(await shaped.value(LEVELS, number)).endswith(
        "Tous fired, Support pending, Lead technique pending, DevOps pending, Management pending, last resort pending"
    )
    assert await shaped.value(told, number) == before


def test_who_may_be_named(tmp_path: Path) -> None:
    ladder = "{levels: [{name: A, after: 0, tell: ['channel:incidents']}]}"
    text = f"""
services: {{a: {{policy: urgent}}, b: {{policy: {{P2: urgent}}}}, c: {{}}}}
escalation: {{by_priority: {{P1: calm}}, policies: {{default: {ladder}, urgent: {ladder}, calm: {ladder}}}}}
"""
    desk = desk_of(tmp_path, text)
    names = [[desk.policy_for(service, priority).name for priority in Priority] for service in ("a", "b", "c", "?")]
    assert names == [["urgent"] * 3, ["calm", "urgent", "default"], ["calm", "default", "default"],
                     ["calm", "default", "default"]]  # fmt: skip
    wrong = "services: {a: {policy: {P1: nowhere}}, b: {policy: {P9: default}}}\nescalation: {by_priority: {P1: nope}}"
    found = " ".join(map(str, problems_of(tmp_path, wrong)))
    for path in ("services.a.policy", "services.b.policy.P9", "escalation.by_priority.P1"):
        assert path in found
