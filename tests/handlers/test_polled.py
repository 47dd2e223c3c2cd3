"""Texts that are asked for: each is acted on once, whoever asks, and nothing is lost while Twilio is away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from multidict import MultiDict

from bot.audit import Actor, Door
from bot.clock import SystemClock
from bot.errors import Retryable
from bot.incident import Priority
from bot.lifecycle import Lifecycle
from bot.lifecycle.inbox import Inbox
from bot.lifecycle.reach import Reach
from bot.notify.twilio_client import Twilio
from bot.notify.twilio_inbox import A_PAGE, TwilioInbox
from bot.questions import Questions
from bot.sandbox import Sandbox
from bot.sandbox.devices import Phone
from bot.secret import Secret
from bot.store.database import Database
from handlers.polled import Polled
from handlers.twilio import TwilioDoor
from tests.notify.examples import desk

CHLOE = Actor("chloe", "Chloé Bernard", Door.COMMAND)


@dataclass
class Asking:
    """A desk without address, and two of its replicas."""

    sandbox: Sandbox
    db: Database
    replicas: tuple[Polled, Polled]
    number: int

    @property
    def amina(self) -> Phone:
        return self.sandbox.person("amina").phone

    async def round(self) -> None:
        """As if the seconds between two rounds had passed."""
        await self.db.pool.execute("UPDATE sms_inbox SET asked_at = asked_at - interval '1 minute'")
        await self.replicas[0].round()

    async def done(self) -> list[str]:
        rows = await self.db.pool.fetch("SELECT did FROM audit WHERE door = 'sms' ORDER BY id")
        return [row["did"] for row in rows]

    async def answers(self) -> list[str]:
        rows = await self.db.pool.fetch("SELECT recipient FROM message WHERE about = 'tell' AND kind = 'sms'")
        return [row["recipient"] for row in rows]


def replica(sandbox: Sandbox, db: Database) -> Polled:
    environment = sandbox.environment()
    account = Twilio(
        environment["TWILIO_ACCOUNT_SID"], Secret(environment["TWILIO_AUTH_TOKEN"]), environment["TWILIO_FROM_NUMBER"],
        api_url=environment["TWILIO_API_URL"],
    )  # fmt: skip
    door = TwilioDoor(Lifecycle(db, desk()), Questions(db, desk()), desk(), Reach(db, desk()), SystemClock().now)
    return Polled(door, Inbox(db, desk()), TwilioInbox(account), account.sender)


@pytest.fixture
async def asking(database_url: str) -> AsyncIterator[Asking]:
    async with Sandbox(smtp=False) as sandbox, Database.open(database_url) as db:
        replicas = replica(sandbox, db), replica(sandbox, db)
        made = await Lifecycle(db, desk()).declare(
            title="Database connection lost", priority=Priority.P1, environment="prod", service="ecotrajet", text="",
            by=CHLOE,
        )  # fmt: skip
        await sandbox.person("amina").phone.sends("ack 1")
        sandbox.twilio.messages[0].at -= timedelta(minutes=5)  # before the desk was ever started
        await replicas[0].round()
        yield Asking(sandbox, db, replicas, made.incident.number)  # type: ignore[union-attr]  # reason: declared once
        for each in replicas:
            await each.provider.close()


async def test_a_text_is_acted_on_once_however_often_it_is_read(asking: Asking) -> None:
    await asking.amina.sends(f"ack {asking.number}")
    for _ in range(3):
        await asking.round()
    assert await asking.done() == ["incident.acknowledged"]
    assert await asking.answers() == [asking.amina.number]


async def test_two_replicas_that_ask_at_the_same_moment_act_and_answer_once(asking: Asking) -> None:
    await asking.amina.sends(f"ack {asking.number}")
    texts = await asking.replicas[0].provider.since(datetime.now(UTC) - timedelta(minutes=1))
    await asyncio.gather(*(each.hear(text) for each in asking.replicas for text in texts))
    assert await asking.done() == ["incident.acknowledged"]
    assert await asking.answers() == [asking.amina.number]


async def test_only_one_replica_asks_at_a_time(asking: Asking) -> None:
    asked = [one for one in asking.sandbox.record if one.method == "Messages.list"]
    await asyncio.gather(*(each.round() for each in asking.replicas))
    assert [one for one in asking.sandbox.record if one.method == "Messages.list"] == asked


async def test_a_desk_that_dies_after_the_act_does_not_act_again(asking: Asking) -> None:
    await asking.amina.sends(f"escalade {asking.number}")
    [text] = await asking.replicas[0].provider.since(datetime.now(UTC) - timedelta(minutes=1))
    await asking.replicas[1].door.heard(MultiDict({"From": text.sender, "Body": text.body, "MessageSid": text.sid}))
    await asking.round()
    assert await asking.done() == ["incident.escalated"]


async def test_while_twilio_is_away_texts_wait_and_are_read_when_it_is_back(asking: Asking) -> None:
    await asking.amina.sends(f"ack {asking.number}")
    asking.sandbox.twilio.reading_faults.arm("Messages.list", http_status=503)
    with pytest.raises(Retryable):
        await asking.round()
    await asking.round()
    assert await asking.done() == ["incident.acknowledged"]


async def test_while_the_database_is_away_nothing_is_put_aside(asking: Asking, database_url: str) -> None:
    await asking.amina.sends(f"ack {asking.number}")
    async with Database.open(database_url) as away:
        broken = replica(asking.sandbox, away)
        await away.pool.close()
        broken.inbox = asking.replicas[0].inbox  # it came back between the act and the answer
        for text in await broken.provider.since(datetime.now(UTC) - timedelta(minutes=1)):
            await broken.hear(text)
        await broken.provider.close()
    assert await asking.answers() == []
    await asking.round()
    assert await asking.done() == ["incident.acknowledged"]


async def test_many_texts_are_read_page_by_page_in_their_order(asking: Asking) -> None:
    for n in range(A_PAGE + 20):
        await asking.sandbox.twilio.receive("+33699999999", f"quoi {n}")
    await asking.amina.sends(f"ack {asking.number}")
    texts = await asking.replicas[0].provider.since(datetime.now(UTC) - timedelta(minutes=1))
    assert [text.body for text in texts] == [*(f"quoi {n}" for n in range(A_PAGE + 20)), f"ack {asking.number}"]
    await asking.round()
    assert await asking.done() == ["incident.acknowledged"]


async def test_what_is_not_understood_is_answered_once_and_a_stop_not_at_all(asking: Asking) -> None:
    await asking.amina.sends("quoi encore")
    await asking.sandbox.person("bruno").phone.sends("STOP")
    for _ in range(3):
        await asking.round()
    assert await asking.answers() == [asking.amina.number]
    assert await asking.done() == ["reach.stopped"]
