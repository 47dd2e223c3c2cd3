"""The database is away: whoever is on call hears of it by SMS, mail and Slack, without the database."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.config import load
from bot.message import Kind
from bot.notify.channel import Channel
from bot.wiring import channels_of
from bot.worker.blind import Blindness, ask_database
from tests.world import World

BLIND = ("est aveugle", "is blind")  # in whichever language whoever is on call this week reads
SEES = ("voit de nouveau", "sees again")


class Watching:
    """One process after the other, by a clock of their own, before a database whose cable can be pulled."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.now = datetime.now(UTC)
        self.configuration = load(world.environment)
        self.channels: Mapping[Kind, Channel] = channels_of(self.configuration.settings, self.configuration.desk)
        self.start()

    def start(self) -> None:
        ask = partial(ask_database, self.world.proxy.url)
        self.process = Blindness(ask, self.configuration.desk, self.channels, self.folder, now=lambda: self.now)

    async def looks(self, **later: float) -> None:
        self.now += timedelta(**later)
        await self.process.look()


def told(world: World, person: str, words: tuple[str, str] = BLIND) -> int:
    return sum(any(each in sms.body for each in words) for sms in world.person(person).phone.inbox)


@pytest.fixture
async def watching(world: World, tmp_path: Path) -> AsyncIterator[Watching]:
    made = Watching(world, tmp_path)
    yield made
    for channel in made.channels.values():
        await channel.close()


async def test_who_is_on_call_is_told_once_a_quarter_of_an_hour_also_by_a_process_that_was_restarted(
    world: World, watching: Watching
) -> None:
    on_call = await world.on_call()
    key = on_call.person.key
    await watching.looks()
    world.proxy.cable(pulled=True)
    await watching.looks()
    await watching.looks(seconds=50)
    assert told(world, key) == 0  # a restart of PostgreSQL wakes nobody
    await watching.looks(seconds=15)
    assert told(world, key) == 1
    await on_call.dm(containing=BLIND[on_call.person.language == "en"])
    assert (watching.folder / "on-call.json").stat().st_mode & 0o777 == 0o600
    watching.start()
    await watching.looks(minutes=10)
    assert told(world, key) == 1
    await watching.looks(minutes=6)
    assert told(world, key) == 2
    world.proxy.cable(pulled=False)
    await watching.looks(seconds=5)
    assert told(world, key, SEES) == 1
    await watching.looks(seconds=5)
    assert told(world, key, SEES) == 1


async def test_a_replacement_made_before_the_outage_is_known_during_it(world: World, watching: Watching) -> None:
    on_call = await world.on_call()
    other = "david" if on_call.person.key != "david" else "amina"
    await on_call.types(f"/ecotrajet oncall override @{other} 3h", channel="incidents")
    await world.eventually_value(1, "SELECT count(*) FROM oncall_override")
    await watching.looks(minutes=1)
    world.proxy.cable(pulled=True)
    await watching.looks()
    await watching.looks(minutes=2)
    assert told(world, other) == 1
    assert told(world, on_call.person.key) == 0


async def test_where_neither_text_nor_slack_nor_mail_goes_through_the_phone_rings(
    world: World, watching: Watching
) -> None:
    on_call = await world.on_call()
    world.sandbox.twilio.faults.arm("Messages.create", error=21211, times=5)
    world.sandbox.slack.faults.arm("*", "account_inactive", times=20)
    watching.process.direct.channels = {
        kind: each for kind, each in watching.channels.items() if kind is not Kind.EMAIL
    }
    world.proxy.cable(pulled=True)
    await watching.looks()
    await watching.looks(minutes=2)
    call = await on_call.phone.gets_call()
    assert any("aveugle" in each or "blind" in each for each in call.said)


async def test_while_nothing_goes_through_to_anybody_it_is_tried_each_minute(world: World, watching: Watching) -> None:
    on_call = (await world.on_call()).person.key
    channels, watching.process.direct.channels = watching.process.direct.channels, {}  # no network at all
    world.proxy.cable(pulled=True)
    await watching.looks()
    await watching.looks(minutes=1.1)
    watching.process.direct.channels = channels
    await watching.looks(seconds=30)
    assert told(world, on_call) == 0
    watching.start()  # also by a process that was restarted
    await watching.looks(seconds=35)
    assert told(world, on_call) == 1
    await watching.looks(minutes=14)
    assert told(world, on_call) == 1
