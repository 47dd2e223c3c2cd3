"""Twilio does not send a text: the second provider is asked at once, and everybody can see which one it was."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from moto.sns.exceptions import InvalidParameterValue
from moto.sns.models import sns_backends

from bot.config import load
from bot.wiring import channels_of
from bot.worker.blind import Blindness, ask_database
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"
STATES = "SELECT array_agg(state ORDER BY id) FROM message WHERE kind = 'sms' AND about = 'page'"
FIRST_TRY = "SELECT count(*) FROM message WHERE kind = 'sms' AND state = 'waiting' AND starts = 1"


@pytest.fixture
def sns(amazon: str) -> str:
    sns_backends["123456789012"]["eu-west-3"].sms_messages.clear()
    return amazon


@pytest.fixture
async def world(database_url: str, tmp_path: Path, sns: str) -> AsyncIterator[World]:
    def second(configuration: dict[str, Any]) -> None:
        configuration["notifications"]["second_sms"] = {"via": "sns", "region": "eu-west-3", "endpoint": sns}

    async with new_world(database_url, config=edited_config(tmp_path, second)) as made:
        yield made


def by_sns() -> list[tuple[str, str]]:
    return list(sns_backends["123456789012"]["eu-west-3"].sms_messages.values())


async def one_text_by_sns(world: World) -> str:
    async def came() -> bool:
        return bool(by_sns())

    await world.eventually(came, "a text by SNS")
    [(to, text)] = by_sns()
    assert to == (await world.on_call()).phone.number
    return text


async def test_what_twilio_refuses_goes_by_the_other_at_once_and_is_answered_to_our_number(world: World) -> None:
    on_call = await world.on_call()
    world.sandbox.twilio.faults.arm("Messages.create", error=21606, number=on_call.phone.number)
    number = await world.alert(TITLE)
    text = await one_text_by_sns(world)
    assert "1a" in text
    assert "+33755500100" in text
    await world.eventually_value(["failed", "sent"], STATES)
    assert on_call.phone.calls == []  # the call keeps its five minutes: the text may have arrived
    assert "via=sns" in await world.value("SELECT result FROM audit WHERE did = 'page.sent' AND result LIKE 'sms%'")
    assert await world.value("SELECT result FROM audit WHERE did = 'message.rerouted'") == "sns"
    assert await world.value("SELECT provider_id LIKE 'sns:%' FROM message WHERE kind = 'sms' AND state = 'sent'")
    await world.person("bruno").types(f"/ecotrajet why {number}", channel="incidents")
    told = await world.person("bruno").sees("Pourquoi #", channel="incidents")
    assert "SMS (SNS) envoyé" in told.text
    assert await on_call.phone.sends("1a") is not None
    assert await world.value("SELECT status FROM incident WHERE number = $1", number) == "acknowledged"


async def test_while_twilio_is_unwell_the_other_follows_when_patience_ends(world: World) -> None:
    on_call = await world.on_call()
    world.sandbox.twilio.faults.arm("Messages.create", http_status=503, times=5, number=on_call.phone.number)
    await world.alert(TITLE)
    await world.eventually_value(1, FIRST_TRY)
    await world.fast_forward(minutes=0.5)
    assert "1a" in await one_text_by_sns(world)
    await world.eventually_value(["failed", "sent"], STATES)


async def test_a_receipt_that_says_lost_has_the_other_asked(world: World) -> None:
    on_call = await world.on_call()
    world.sandbox.twilio.faults.arm("Messages.create", error=30007, number=on_call.phone.number)
    await world.alert(TITLE)
    assert "1a" in await one_text_by_sns(world)


async def test_other_texts_find_the_second_way_as_well(world: World) -> None:
    amina = world.person("amina")
    world.sandbox.twilio.faults.arm("Messages.create", error=30007, number=amina.phone.number)
    await amina.types("/ecotrajet me test", channel="general")

    async def came() -> bool:
        return any("essai" in text for _, text in by_sns())

    await world.eventually(came, "a test by SNS")


async def test_a_blind_desk_uses_it_without_its_database(world: World, tmp_path: Path) -> None:
    configuration, now = load(world.environment), [datetime.now(UTC)]
    channels = channels_of(configuration.settings, configuration.desk)
    ask = partial(ask_database, world.proxy.url)
    blindness = Blindness(ask, configuration.desk, channels, tmp_path, now=lambda: now[0])
    on_call = await world.on_call()
    await blindness.look()
    world.proxy.cable(pulled=True)
    world.sandbox.twilio.faults.arm("Messages.create", error=21606, number=on_call.phone.number)
    await blindness.look()
    now[0] += timedelta(seconds=65)
    await blindness.look()
    assert [to for to, _ in by_sns()] == [on_call.phone.number]
    for channel in channels.values():
        await channel.close()


async def test_whoever_answered_stop_is_called_instead(world: World) -> None:
    on_call = await world.on_call()
    await on_call.phone.sends("STOP")
    await world.alert(TITLE)
    await on_call.phone.gets_call()
    assert by_sns() == []


async def test_when_both_refuse_the_next_channel_follows_at_once(world: World, sns: str) -> None:
    on_call = await world.on_call()
    world.sandbox.twilio.faults.arm("Messages.create", error=21606, number=on_call.phone.number)
    moto = sns_backends["123456789012"]["eu-west-3"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moto, "publish", refused)
        await world.alert(TITLE)
        await on_call.phone.gets_call()
    await world.eventually_value(["failed", "failed"], STATES)


def refused(*_: object, **__: object) -> str:
    raise InvalidParameterValue("the account may not send texts")
