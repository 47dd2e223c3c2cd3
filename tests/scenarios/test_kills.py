"""kill -9 between any two steps: the page still leaves, late at worst, and the audit line says how late."""

import asyncio
from datetime import timedelta

import pytest

from bot.store.clock import shift_to
from tests.killing import Point
from tests.world import World

TITLE = "Database connection lost"
DOWN_FOR = timedelta(minutes=5)

# In the order in which a page meets them. A page may be repeated only from where the provider may have been asked.
BEFORE_THE_PROVIDER = {
    "before the body is stored": Point("INSERT INTO intake_body", "before"),
    "after the body is stored": Point("INSERT INTO intake_body", "after"),
    "before the incident is opened": Point("INSERT INTO incident", "before"),
    "while the alert is being written": Point("INSERT INTO alert", "after"),
    "before the levels are written": Point("INSERT INTO escalation_level", "before"),
    "before the alarm is set": Point("INSERT INTO pgqueuer", "before"),
    "before the level is taken": Point("UPDATE escalation_level l SET state = 'fired'", "before"),
    "after the level is taken, before it is committed": Point("UPDATE escalation_level l SET state = 'fired'", "after"),
    "before the page is queued": Point("INSERT INTO message", "before", nth=2),
    "before a sender takes the page": Point("UPDATE message SET state = 'sending'", "before"),
    "after a sender takes the page": Point("UPDATE message SET state = 'sending'", "after"),
}
FROM_THE_PROVIDER = {
    "before the page is marked as sent": Point("UPDATE message SET state = $2", "before"),
    "after the page is marked as sent, before it is committed": Point("UPDATE message SET state = $2", "after"),
}


QUICK = {"after the body is stored", "before the alarm is set", "before the page is queued"}
"""Always shown; `make prove` kills at all of them."""


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(where, marks=[] if where in QUICK else [pytest.mark.prove])
        for where in (*BEFORE_THE_PROVIDER, *FROM_THE_PROVIDER)
    ],
)
async def test_killed(served_world: World, where: str) -> None:
    world = served_world
    world.proxy.arm((BEFORE_THE_PROVIDER | FROM_THE_PROVIDER)[where], world.kill)
    sender = asyncio.create_task(world.alert_until_taken(TITLE))
    await asyncio.wait_for(world.proxy.hit.wait(), 15)
    await world.gone()
    await let_time_pass(world)
    await world.start(own_process=True)
    await sender

    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE, within=40)
    still = "SELECT count(*) FROM message WHERE state = 'sending' OR (state = 'waiting' AND due_at <= app_now())"
    await world.eventually_value(0, still, within=40)
    assert await world.value("SELECT count(*) FROM incident") == 1
    pages = [sms for sms in on_call.phone.inbox if TITLE in sms.body]
    assert len(pages) <= (2 if where in FROM_THE_PROVIDER else 1)
    if await world.value("SELECT bool_or(queued_at - due_at > $1 OR sent_at - due_at > $1) FROM message", DOWN_FOR / 2):
        assert await world.rows(
            "SELECT 1 FROM audit WHERE did IN ('page.sent', 'level.fired') AND why::text LIKE '%late%'"
        )


async def let_time_pass(world: World) -> None:
    """The desk is down for five minutes of its own clock."""
    connection = await world.owner()
    try:
        await shift_to(connection, await connection.fetchval("SELECT app_now() + $1::interval", DOWN_FOR))
    finally:
        await connection.close()


async def test_killed_between_two_levels(served_world: World) -> None:
    world = served_world
    await world.alert(TITLE)
    await (await world.on_call()).phone.gets_sms(TITLE)
    world.kill()
    await world.gone()
    connection = await world.owner()
    await shift_to(connection, await connection.fetchval("SELECT app_now() + interval '16 minutes'"))
    await connection.close()
    await world.start(own_process=True)
    await world.person("chloe").phone.gets_sms(TITLE, within=5)
    late = await world.value("SELECT why ->> 'msgid' FROM audit WHERE did = 'level.fired' AND subject = 'Support'")
    assert late == "{level}: {names} paged, {late} late"


async def test_killed_while_twilio_is_being_asked(served_world: World) -> None:
    world = served_world
    world.sandbox.twilio.faults.arm("Messages.create", hang=30)
    await world.alert(TITLE)
    await world.eventually_value(1, "SELECT count(*) FROM message WHERE kind = 'sms' AND state = 'sending'")
    await world.crash_and_restart()
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE, within=40)
    await world.eventually_value(
        1, "SELECT count(*) FROM message WHERE kind = 'sms' AND state IN ('sent', 'delivered')", within=40
    )
