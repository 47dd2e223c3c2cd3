"""A week looked back on: in the channel, once, with pictures; on demand; and the silence that it offers."""

import asyncio
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.config import load
from bot.lifecycle.reviews import Reviews
from bot.review import Period, Span
from bot.sandbox.devices import spaced
from bot.store.database import Database
from tests.world import World, edited_config, new_world

ZONE = ZoneInfo("Europe/Paris")
PNG = b"\x89PNG\r\n\x1a\n"


def this_week() -> Period:
    return Period.week(datetime.now(ZONE).date())


def due_now(**more: object) -> Callable[[dict[str, Any]], None]:
    """The report of last week was due two minutes ago."""
    just = datetime.now(ZONE) - timedelta(minutes=2)

    def edit(configuration: dict[str, Any]) -> None:
        configuration["reports"] = {
            "weekly": f"{just:%A}".lower(), "monthly": "never", "at": f"{just:%H:%M}", "channel": "general", **more,
        }  # fmt: skip

    return edit


def pictures_in(world: World, channel: str) -> list[Any]:
    return [one for one in world.channel(channel).messages if one.files]


async def pictures_of(world: World, look: Callable[[], list[Any]]) -> list[Any]:
    """The files of the one message that has them, in its order."""

    async def there() -> bool:
        return bool(look())

    await world.eventually(there, "pictures", 20.0)
    (shared,) = look()
    by_title = {each["title"]: each for each in world.sandbox.slack.workspace.files.values()}
    return [by_title[title] for title in shared.files]


async def test_the_week_is_told_on_demand_with_pictures_and_the_noisiest_can_be_silenced(world: World) -> None:
    number = await world.alert("CPU at 100 %", labels={"alertname": "HighCPU"}, dedup_key="a")
    for key in "bcde":
        await world.alert("CPU at 100 %", labels={"alertname": "HighCPU"}, dedup_key=key)
    on_call, bruno = await world.on_call(), world.person("bruno")
    await on_call.dm(containing="CPU")
    await on_call.types(f"/ecotrajet ack {number}")
    await world.eventually_value("acknowledged", "SELECT status FROM incident WHERE number = $1", number)
    await bruno.types(f"/ecotrajet rapport {this_week().key} publier", channel="general")
    await bruno.sees("dans le canal dans un instant", channel="general")
    told = await bruno.sees("Les plus bruyants", channel="incidents")
    text = spaced(told.text)
    assert "Incidents : 1 (0) · P1 : 0 · P2 : 1 · P3 : 0" in text
    assert f"{on_call.person.name}, appels : 1" in text
    assert '/ecotrajet silence prod ecotrajet alertname="HighCPU" 2h "bruit"' in text
    files = await pictures_of(world, lambda: pictures_in(world, "incidents"))
    assert [each["name"].partition("-")[0] for each in files] == ["incidents", "durees", "delais", "charge", "bruit"]
    for each in files:
        content = each["content"]
        assert content.startswith(PNG)
        assert struct.unpack(">I", content[16:20]) == (1000,)
        assert each["title"] in each["alt_txt"]
    assert "HighCPU: 5" in files[-1]["alt_txt"]
    await bruno.presses("review.silence", on=told)
    await bruno.sees("ecotrajet · alertname=HighCPU", channel="incidents")
    again = {"title": "CPU at 100 %", "environment": "prod", "service": "ecotrajet", "severity": "critical"}
    _, answer = await world.post("/webhooks/generic", {**again, "labels": {"alertname": "HighCPU"}, "dedup_key": "f"})
    assert answer["alerts"][0]["incident"] is None
    await world.eventually_value(1, "SELECT count(*) FROM silenced_alert")


async def test_it_comes_to_whoever_asks_in_their_language_and_says_what_is_no_period(world: World) -> None:
    david = world.person("david")  # English
    await david.types("/ecotrajet report month", channel="general")
    month = Period.before(datetime.now(ZONE).date(), Span.MONTH)
    told = await david.dm(containing="Report: ")
    assert f"{month.first:%B %Y}" in told.text
    assert "Incidents: 0 (0)" in told.text
    files = await pictures_of(world, lambda: [one for one in david.visible("dm") if one.files])
    assert [each["title"] for each in files] == [
        "Incidents by priority",
        "How long it took",
        "Resolved within the limit",
    ]
    await david.types("/ecotrajet report yesterday", channel="general")
    await david.sees("“yesterday” is no period that has begun", channel="general")


async def test_the_calendar_tells_a_week_once_however_many_replicas_there_are(
    database_url: str, tmp_path: Path
) -> None:
    async with new_world(database_url, config=edited_config(tmp_path, due_now())) as world:
        await pictures_of(world, lambda: pictures_in(world, "general"))
        today = datetime.now(ZONE).date()
        async with Database.open(world.database_url) as db:
            replicas = [Reviews(db, load(world.environment).desk) for _ in range(3)]
            await asyncio.gather(*(each.tell(today) for each in replicas))
            await replicas[0].tell(today + timedelta(days=1))  # not the day for it
        assert await world.value("SELECT count(*) FROM message WHERE about = 'review'") == 1
        last = Period.before(today, Span.WEEK)
        assert await world.value("SELECT body ->> 'period' FROM message WHERE about = 'review'") == last.key
        (told,) = [one for one in world.channel("general").messages if "Incidents : 0" in spaced(one.text)]
        assert "Rapport : du" in spaced(told.text)


async def test_without_the_permission_it_says_which_is_missing(database_url: str, tmp_path: Path) -> None:
    async with new_world(database_url) as world:
        world.sandbox.slack.faults.arm("files.getUploadURLExternal", error="missing_scope", times=1)
        await world.person("bruno").types("/ecotrajet rapport publier", channel="general")
        await world.person("bruno").sees("Les images du rapport n’ont pas pu être envoyées", channel="incidents")
