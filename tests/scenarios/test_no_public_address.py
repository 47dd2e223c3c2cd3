"""A desk behind a router that nobody can call: Twilio is asked for texts, and for what became of ours."""

from collections.abc import AsyncIterator

import pytest

from tests.world import World, new_world

TITLE = "Database connection lost"


@pytest.fixture
async def hidden(database_url: str) -> AsyncIterator[World]:
    async with new_world(database_url, public=False) as made:
        yield made


async def test_a_page_is_taken_by_text_and_the_answer_comes_back_as_one(hidden: World) -> None:
    on_call = await hidden.on_call()
    number = await hidden.alert(TITLE)
    await on_call.phone.gets_sms("1a")
    assert await on_call.phone.sends("1A") is None  # Twilio has nowhere to bring it
    await hidden.eventually_value("acknowledged", "SELECT status FROM incident")
    await on_call.phone.gets_sms(f"#{number} ")
    assert await hidden.value("SELECT count(*) FROM audit WHERE did = 'incident.acknowledged' AND door = 'sms'") == 1


async def test_what_did_not_arrive_is_learnt_and_the_next_channel_follows(hidden: World) -> None:
    on_call = await hidden.on_call()
    hidden.sandbox.twilio.faults.arm("Messages.create", error=30003, number=on_call.phone.number)
    await hidden.alert(TITLE)
    await on_call.phone.gets_call()  # five minutes early
    assert await hidden.value("SELECT state FROM message WHERE kind = 'sms' AND about = 'page'") == "failed"
