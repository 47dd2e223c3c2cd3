"""Group commit: who comes at the same time shares a transaction, and nobody suffers from another's body."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.alert import Alert, AlertStatus
from bot.config import load
from bot.lifecycle import Letter, Lifecycle, Unavailable, receive
from bot.store.database import Database
from tests.handlers.door import ROOT


@pytest.fixture
async def lifecycle(database_url: str) -> AsyncIterator[Lifecycle]:
    async with Database.open(database_url) as db:
        yield Lifecycle(db, load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml")}).desk)


def letter(*titles: str, service: str = "ecotrajet", status: AlertStatus = AlertStatus.FIRING) -> Letter:
    alerts = [
        Alert("generic", title, status, title, environment="prod", service=service, severity="critical")
        for title in titles
    ]
    return Letter("generic", {}, repr(titles).encode(), alerts)


async def value(lifecycle: Lifecycle, query: str) -> Any:
    async with lifecycle.db.transaction() as tx:
        return await tx.fetchval(query)


async def test_those_who_come_together_share_few_transactions(lifecycle: Lifecycle) -> None:
    await lifecycle.take(letter("first"))
    answers = await asyncio.gather(*(lifecycle.take(letter(f"Disk {n} is full")) for n in range(100)))
    # Those that wrote the rows, first one's included; the server's own counter moves with each autovacuum, too.
    assert await value(lifecycle, "SELECT count(DISTINCT xmin::text) FROM alert") <= 4
    assert {received.happened for [received] in answers} == {"joined"}
    assert await value(lifecycle, "SELECT count(*) FROM alert WHERE status = 'firing'") == 101
    assert await value(lifecycle, "SELECT alert_count FROM incident") == 101
    assert await value(lifecycle, "SELECT count(*) FROM intake_body WHERE state = 'understood'") == 101
    assert await value(lifecycle, "SELECT count(*) FROM alert a JOIN intake_body b ON b.id = a.body") == 101


async def test_the_body_of_each_alert_is_its_own(lifecycle: Lifecycle) -> None:
    await asyncio.gather(*(lifecycle.take(letter(f"Disk {n} is full")) for n in range(20)))
    async with lifecycle.db.transaction() as tx:
        rows = await tx.fetch("SELECT a.title, b.body FROM alert a JOIN intake_body b ON b.id = a.body")
    assert len(rows) == 20
    assert all(repr((row["title"],)).encode() == row["body"] for row in rows)


async def test_several_alerts_of_one_body_are_each_told_what_became_of_them(lifecycle: Lifecycle) -> None:
    await lifecycle.take(letter("Disk 0 is full"))
    received = await lifecycle.take(letter("Disk 0 is full", "Disk 1 is full", "Disk 2 is full", "Disk 1 is full"))
    assert [each.happened for each in received] == ["repeated", "joined", "joined", "repeated"]
    assert await value(lifecycle, "SELECT alert_count FROM incident") == 5
    assert await value(lifecycle, "SELECT count(*) FROM intake_body") == 2


async def test_one_that_breaks_the_group_fails_alone(lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch) -> None:
    one = receive.one

    async def breaks(*arguments: Any) -> Any:
        if arguments[2].title == "poison":
            await arguments[0].execute("SELECT 1 / 0")
        return await one(*arguments)

    monkeypatch.setattr(receive, "one", breaks)
    titles = [f"Service {n} is down" for n in range(10)]
    titles.insert(4, "poison")
    letters = [letter(title, service=f"service-{n}") for n, title in enumerate(titles)]
    answers = await asyncio.gather(*(lifecycle.take(each) for each in letters), return_exceptions=True)
    broken = [title for title, answer in zip(titles, answers, strict=True) if isinstance(answer, BaseException)]
    assert broken == ["poison"]
    assert await value(lifecycle, "SELECT count(*) FROM incident") == 10
    assert await value(lifecycle, "SELECT count(*) FROM intake_body") == 10


async def test_a_key_that_fires_and_ends_in_one_group_ends(lifecycle: Lifecycle) -> None:
    over = AlertStatus.RESOLVED
    letters = [
        letter("first"),
        letter("Disk is full"),
        letter("Disk is full", status=over),
        letter("first", status=over),
    ]
    answers = await asyncio.gather(*(lifecycle.take(each) for each in letters))
    assert [received.happened for [received] in answers] == ["opened", "joined", "resolved", "resolved"]
    assert await value(lifecycle, "SELECT status FROM incident") == "resolved"


async def test_without_a_database_everyone_is_told(lifecycle: Lifecycle) -> None:
    await lifecycle.db.pool.close()
    answers = await asyncio.gather(*(lifecycle.take(letter(f"{n}")) for n in range(3)), return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
