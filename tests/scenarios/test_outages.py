"""Parts fail: the database, Slack, Twilio, one of two replicas. What was accepted is done all the same."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import PrivatePostgres
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"


@pytest.fixture
async def durable_world(private_postgres: PrivatePostgres) -> AsyncIterator[World]:
    """On a PostgreSQL of its own, as durable as in production, that may be restarted."""
    async with new_world(private_postgres.url, own_process=True) as made:
        yield made


async def test_postgresql_restarts_under_load_and_nothing_is_lost(
    durable_world: World, private_postgres: PrivatePostgres
) -> None:
    world, titles = durable_world, [f"Disk {n} is full" for n in range(40)]
    before = world.process
    senders = [asyncio.create_task(world.alert_until_taken(title, dedup_key=title)) for title in titles]
    await world.eventually(enough_of(world, 5), "some alerts are in")
    await private_postgres.server.restart()
    await asyncio.gather(*senders)

    assert await world.value("SELECT count(DISTINCT dedup_key) FROM alert WHERE status = 'firing'") == len(titles)
    assert await world.value("SELECT count(*) FROM incident") == 1
    await world.eventually_value(
        0, "SELECT count(*) FROM escalation_level WHERE state = 'pending' AND due_at <= app_now()", within=20
    )
    await world.eventually_value(
        0, "SELECT count(*) FROM message WHERE kind = 'sms' AND state IN ('waiting', 'sending')", within=40
    )
    on_call = await world.on_call()
    await on_call.phone.gets_sms("Disk")
    assert world.process is before
    assert before is not None
    assert before.returncode is None


def enough_of(world: World, wanted: int) -> object:
    async def enough() -> bool:
        return bool(await world.value("SELECT count(*) FROM alert") >= wanted)

    return enough


async def test_the_database_is_away_so_the_sender_is_told_to_come_again(world: World) -> None:
    world.proxy.cable(pulled=True)
    status, _ = await world.post("/webhooks/generic", {"title": TITLE, "environment": "prod"})
    assert status == 503
    async with world.http.get(f"{world.url}/readyz") as answer:
        assert answer.status == 503
    async with world.http.get(f"{world.url}/healthz") as answer:
        assert answer.status == 200
    world.proxy.cable(pulled=False)
    await world.alert_until_taken(TITLE)
    await (await world.on_call()).phone.gets_sms(TITLE)
    await world.until_ready()


async def test_the_phone_is_dead_so_the_next_channel_is_taken_at_once(world: World) -> None:
    on_call = await world.on_call()
    world.sandbox.twilio.faults.arm(number=on_call.phone.number, error=21211)
    await world.alert(TITLE)
    await on_call.phone.gets_call(within=5)
    assert await world.value("SELECT state FROM message WHERE kind = 'sms'") == "failed"


async def test_slack_is_down_and_the_sms_leaves_all_the_same(world: World) -> None:
    world.sandbox.slack.faults.arm(method="chat.postMessage", http_status=503, times=4)
    world.sandbox.slack.faults.arm(method="conversations.open", error="ratelimited", retry_after=2, times=2)
    await world.alert(TITLE)
    await (await world.on_call()).phone.gets_sms(TITLE, within=2)
    await world.person("bruno").sees(TITLE, channel="incidents", within=20)
    cards = [message for message in world.channel("incidents").messages if TITLE in message.text and not message.thread]
    assert len(cards) == 1


async def test_nobody_on_a_level_can_be_reached_so_the_next_one_is_told_now(database_url: str, tmp_path: Path) -> None:
    def support_is_empty(configuration: dict[str, Any]) -> None:
        configuration["people"]["chloe"] = {"name": "Chloé Bernard"}

    async with new_world(database_url, config=edited_config(tmp_path, support_is_empty)) as world:
        await world.alert(TITLE)
        await (await world.on_call()).phone.gets_sms(TITLE)
        await world.fast_forward(minutes=15.1)
        await world.person("bruno").phone.gets_sms(TITLE)
        await world.person("bruno").sees("Support", channel="incidents")


async def test_two_replicas_one_dies_and_every_page_leaves_once(database_url: str) -> None:
    async with new_world(database_url, own_process=True) as first:
        second = await first.replica()
        try:
            first.kill()
            await first.gone()
            await second.alert(TITLE)
            on_call = await second.on_call()
            await on_call.phone.gets_sms(TITLE, within=10)
            await second.fast_forward(minutes=1)
            assert len(on_call.phone.inbox) == 1
        finally:
            await second.close()


async def test_sigterm_ends_within_five_seconds_and_what_was_accepted_goes_on(served_world: World) -> None:
    world = served_world
    world.sandbox.twilio.faults.arm(hang=3, times=1)
    await world.alert(TITLE)
    assert world.process is not None
    world.process.terminate()
    assert await world.gone(within=5) == 0
    await world.start(own_process=True)
    await (await world.on_call()).phone.gets_sms(TITLE, within=40)


async def test_the_job_engine_forgets_everything_and_the_pages_leave_all_the_same(world: World) -> None:
    await world.alert(TITLE)
    await (await world.on_call()).phone.gets_sms(TITLE)
    owner = await world.owner()
    await owner.execute("DELETE FROM pgqueuer")
    await owner.close()
    await world.fast_forward(minutes=15.1)
    await world.person("chloe").phone.gets_sms(TITLE, within=4)


async def test_what_is_taken_while_its_page_waits_pages_nobody(world: World) -> None:
    world.sandbox.twilio.faults.arm("Messages.create", http_status=429, times=2)  # tried again after 1 and 2 s
    number = await world.alert(TITLE)
    await world.eventually_value(
        True, "SELECT EXISTS (SELECT FROM message WHERE kind = 'sms' AND starts >= 1 AND state = 'waiting')"
    )
    card = await world.person("bruno").sees(TITLE, channel="incidents")
    await world.person("bruno").presses("incident.acknowledge", on=card)
    await world.eventually_value("dropped", "SELECT state FROM message WHERE kind = 'sms'")
    assert not (await world.on_call()).phone.inbox
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'page.dropped' AND incident = $1", number) >= 1


async def test_a_replica_that_hangs_in_the_middle_of_a_page_is_followed_by_the_other(database_url: str) -> None:
    async with new_world(database_url, own_process=True) as first:
        first.sandbox.twilio.faults.arm("Messages.create", hang=60, times=1)
        await first.alert(TITLE)
        await first.eventually(asked_twilio(first), "Twilio is being asked")
        first.freeze()
        second = await first.replica()
        try:
            on_call = await second.on_call()
            await on_call.phone.gets_sms(TITLE, within=10)
            late = "SELECT max(sent_at - due_at) < interval '10 seconds' FROM message WHERE kind = 'sms'"
            await second.eventually_value(True, late)
        finally:
            first.thaw()
            await second.close()
        await first.eventually_value(0, "SELECT count(*) FROM message WHERE state = 'sending'")
        assert len(on_call.phone.inbox) <= 2, "at most one repeat for a replica that was frozen"


def asked_twilio(world: World) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return any(received.method == "Messages.create" for received in world.sandbox.record)

    return asked


async def test_a_slow_provider_is_asked_once(world: World) -> None:
    world.sandbox.twilio.faults.arm("Messages.create", hang=8, applied=True)  # longer than a lease
    await world.alert(TITLE)
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE, within=12)
    await world.eventually_value(
        1, "SELECT count(*) FROM audit WHERE did = 'page.sent' AND result LIKE 'sms%'", within=12
    )
    assert len(on_call.phone.inbox) == 1
