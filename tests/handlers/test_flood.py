"""A flood: bodies are stored first and acted upon afterwards, in their order; what may be critical never waits."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot.alert import Alert, AlertStatus
from bot.audit import Actor, Door
from bot.config import load
from bot.lifecycle import Letter, Lifecycle, Unavailable
from bot.store.database import Database
from handlers.flood import AT_ONCE, FLOOD, WINDOW, Flood
from handlers.intake import Taken
from handlers.reception import Reception
from handlers.refused import Delivery, Refused
from tests.handlers.door import ROOT


class Hand:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


class Desk:
    """A reception on a real database, and the clock by which it counts what comes."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db, self.hand = db, Hand()
        self.lifecycle = Lifecycle(db, load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml")}).desk)
        self.reception = Reception(self.lifecycle, Refused(folder), backlog=self.lifecycle.backlog)
        assert self.reception.flood is not None
        self.flood: Flood = self.reception.flood
        self.flood.now = self.hand

    def rages(self) -> None:
        """As many bodies as a flood has, at once."""
        self.flood.count()
        for _ in range(int(FLOOD * WINDOW) + 1):
            self.flood.count()
        self.hand.time += WINDOW
        self.flood.count()
        assert self.flood.raging

    def calms(self) -> None:
        self.hand.time += 10 * WINDOW
        self.flood.count()
        assert not self.flood.raging

    async def comes(self, name: str, status: str = "firing", severity: str = "warning") -> str:
        """One alert of Alertmanager's by the webhook: `waits`, or what became of it."""
        labels = f'{{"alertname":"{name}","env":"prod","service":"ecotrajet","severity":"{severity}"}}'
        body = f'{{"version":"4","groupKey":"{name}","status":"{status}","alerts":[{{"status":"{status}",'
        body += f'"labels":{labels},"annotations":{{}},"fingerprint":"{name}"}}]}}'
        taken = await self.reception.take_or_put_by(Delivery("alertmanager", {}, body.encode()))
        if taken is None:
            return "waits"
        assert isinstance(taken, Taken)
        return taken.received[0].happened

    async def catches_up(self) -> None:
        while await self.flood.a_few(self.reception._take):
            pass

    async def value(self, query: str) -> Any:
        async with self.db.transaction() as tx:
            return await tx.fetchval(query)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with Database.open(database_url) as db:
        made = Desk(db, tmp_path / "refused")
        await made.reception.take_in()  # nothing was refused before
        yield made


async def test_without_a_flood_nothing_waits(desk: Desk) -> None:
    assert await desk.comes("Latency") == "opened"
    assert await desk.comes("CacheMisses") == "joined"


async def test_in_a_flood_bodies_wait_and_each_is_acted_upon_once(desk: Desk) -> None:
    desk.rages()
    said = await asyncio.gather(*(desk.comes(f"Latency-{n}") for n in range(3 * AT_ONCE)))
    assert set(said) == {"waits"}
    assert await desk.value("SELECT count(*) FROM intake_body WHERE state = 'waiting'") == 3 * AT_ONCE
    assert await desk.value("SELECT count(*) FROM alert") == 0
    desk.calms()
    await desk.catches_up()
    assert await desk.value("SELECT count(*) FROM intake_body WHERE state <> 'understood'") == 0
    assert await desk.value("SELECT count(DISTINCT dedup_key) FROM alert WHERE status = 'firing'") == 3 * AT_ONCE
    assert await desk.value("SELECT sum(count) FROM alert") == 3 * AT_ONCE
    assert await desk.value("SELECT sum(alert_count) FROM incident") == 3 * AT_ONCE
    assert await desk.comes("Latency-0") == "repeated"  # nobody waits any more


async def test_what_may_be_critical_never_waits(desk: Desk) -> None:
    desk.rages()
    assert await desk.comes("Latency") == "waits"
    assert await desk.comes("Database", severity="critical") == "opened"
    assert await desk.value("SELECT priority FROM incident") == "P1"


async def test_after_the_flood_what_comes_waits_behind_what_waits(desk: Desk) -> None:
    desk.rages()
    await desk.comes("Latency")
    desk.calms()
    assert await desk.comes("Latency", "resolved") == "waits"
    await desk.catches_up()
    assert await desk.value("SELECT status FROM incident") == "resolved"


async def test_a_recovery_that_comes_by_another_way_does_not_overtake_its_alert(desk: Desk) -> None:
    desk.rages()
    await desk.comes("Latency")
    another = Reception(desk.lifecycle, desk.reception.refused)  # a replica, or a door, that knows of no flood
    desk.reception = another
    assert await desk.comes("Latency", "resolved") == "waiting"
    await desk.catches_up()
    assert await desk.value("SELECT status FROM incident") == "resolved"


async def test_a_recovery_that_waited_does_not_end_what_began_anew_meanwhile(desk: Desk) -> None:
    desk.rages()
    await desk.comes("Disk", "resolved")
    assert await desk.comes("Disk", severity="critical") == "opened"
    await desk.catches_up()
    assert await desk.value("SELECT status FROM incident") == "triggered"
    assert await desk.value("SELECT status FROM alert") == "firing"


async def test_what_waits_when_a_process_dies_is_acted_upon_by_another(desk: Desk, tmp_path: Path) -> None:
    desk.rages()
    await desk.comes("Latency")
    other = Desk(desk.db, tmp_path / "other")
    took = asyncio.Event()

    async def take(delivery: Delivery) -> None:
        await other.reception._take(delivery)
        took.set()

    following = asyncio.create_task(other.flood.run(take))
    async with asyncio.timeout(20):
        await took.wait()
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    assert await desk.value("SELECT count(*) FROM incident") == 1


async def test_two_processes_take_turns(desk: Desk) -> None:
    desk.rages()
    await desk.comes("Latency")
    async with desk.lifecycle.backlog.next(10) as mine, desk.lifecycle.backlog.next(10) as theirs:
        assert mine is not None
        assert len(mine) == 1
        assert theirs is None


async def test_a_body_that_nobody_understands_is_shown_all_the_same(desk: Desk) -> None:
    desk.rages()
    assert await desk.reception.take_or_put_by(Delivery("alertmanager", {}, b"{")) is None
    await desk.catches_up()
    assert await desk.value("SELECT rule FROM incident") == "not-understood"
    assert await desk.value("SELECT state FROM intake_body") == "not_understood"


async def test_without_a_database_the_body_is_kept_on_disk_and_the_sender_told(desk: Desk) -> None:
    desk.rages()
    await desk.db.pool.close()
    with pytest.raises(Unavailable):
        await desk.comes("Latency")
    assert len(list(desk.reception.refused.folder.iterdir())) == 1


async def test_one_that_breaks_everything_holds_up_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.flood.AT_ONCE", 1)  # the broken one is all of the first few
    desk.rages()
    for name in ("poison", "Latency"):
        await desk.comes(name)

    async def take(delivery: Delivery) -> None:
        if b"poison" in delivery.body:
            raise ZeroDivisionError
        await desk.reception._take(delivery)

    assert [await desk.flood.a_few(take) for _ in range(3)] == [True, True, False]
    assert not desk.flood.behind, "what comes now would wait for ever"
    assert await desk.value("SELECT array_agg(dedup_key) FROM alert") == ["Latency"]
    desk.flood.stuck.clear()  # as in a minute
    await desk.catches_up()
    assert await desk.value("SELECT count(*) FROM alert") == 2


async def test_so_many_wait_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.flood.MOST", 2)
    desk.rages()
    assert [await desk.comes(f"Latency-{n}") for n in range(3)] == ["waits", "waits", "opened"]


async def test_acknowledged_elsewhere_waits_behind_its_alert(desk: Desk) -> None:
    desk.rages()
    await desk.comes("Latency")

    alert = Alert("alertmanager", "Latency", AlertStatus.ACKNOWLEDGED, "Latency", environment="prod")
    [received] = await desk.lifecycle.take(Letter("alertmanager", {}, b"{}", [alert]))
    assert received.happened == "waiting"


def member(name: str, status: str, severity: str) -> dict[str, Any]:
    labels = {"alertname": name, "env": "prod", "service": "ecotrajet", "severity": severity}
    return {"status": status, "labels": labels, "annotations": {"summary": f"{name} down"}, "fingerprint": name}


async def a_group_comes(desk: Desk) -> list[str]:
    """Of one notification: `Latency` is over, `Api` is critical."""
    both = [member("Latency", "resolved", "warning"), member("Api", "firing", "critical")]
    taken = await desk.reception.take_or_put_by(Delivery("alertmanager", {}, json.dumps({"alerts": both}).encode()))
    assert isinstance(taken, Taken)
    return [each.happened for each in taken.received]


async def test_what_is_critical_does_not_wait_for_the_recovery_it_came_with(desk: Desk) -> None:
    desk.rages()
    await desk.comes("Latency")
    assert await a_group_comes(desk) == ["waiting", "opened"]
    assert await desk.value("SELECT priority FROM incident") == "P1"
    await desk.catches_up()
    assert await desk.value("SELECT string_agg(dedup_key || ' ' || status, ', ' ORDER BY dedup_key) FROM alert") == (
        "Api firing, Latency resolved"
    )


async def test_what_somebody_ended_meanwhile_does_not_begin_anew(desk: Desk) -> None:
    desk.rages()
    await desk.comes("Latency")
    await desk.comes("Api")
    assert await a_group_comes(desk) == ["waiting", "opened"]
    assert await desk.comes("Latency", severity="critical") == "joined"
    somebody = Actor("U1", "Ada", Door.BUTTON)
    await desk.lifecycle.resolve(await desk.value("SELECT number FROM incident"), somebody)
    await desk.catches_up()
    assert await desk.value("SELECT count(*) FROM incident") == 1
    assert await desk.value("SELECT count(*) FROM alert WHERE status = 'firing'") == 0


async def test_a_body_that_two_processes_hold_is_acted_upon_once(desk: Desk, tmp_path: Path) -> None:
    """The turn is lost when its connection breaks; what was taken is acted upon all the same."""
    desk.rages()
    await desk.comes("Latency")
    async with desk.lifecycle.backlog.next(10) as mine:
        assert mine is not None
        [(row, source, headers, body)] = mine
    other = Desk(desk.db, tmp_path / "other")
    held = [Delivery(source, dict(headers), body, row) for _ in range(2)]
    await asyncio.gather(desk.reception._take(held[0]), other.reception._take(held[1]))
    assert await desk.value("SELECT sum(count) FROM alert") == 1
    await desk.comes("Latency", "resolved")
    await desk.catches_up()
    await desk.reception._take(Delivery(source, dict(headers), body, row))
    assert await desk.value("SELECT string_agg(status, ',') FROM incident") == "resolved"


async def refused(desk: Desk, name: str, status: str = "firing") -> Delivery:
    """As it lies on the disk of a replica whose database was away; its sender has gone to another one."""
    body = json.dumps({"alerts": [member(name, status, "warning")]}).encode()
    kept = Delivery("alertmanager", {}, body)
    await desk.reception.refused.keep(kept)
    return kept


async def test_what_lay_on_a_disk_meanwhile_does_not_begin_anew(desk: Desk) -> None:
    await refused(desk, "Latency")
    other = Desk(desk.db, desk.reception.refused.folder / "other")
    assert await other.comes("Latency") == "opened"
    assert await other.comes("Latency", "resolved") == "resolved"
    await desk.reception.take_in()
    assert await desk.value("SELECT string_agg(status, ',') FROM incident") == "resolved"
    assert await desk.value("SELECT count(*) FROM alert WHERE status = 'firing'") == 0


async def test_a_recovery_that_lay_on_a_disk_does_not_end_what_began_since(desk: Desk) -> None:
    await refused(desk, "Latency", "resolved")
    other = Desk(desk.db, desk.reception.refused.folder / "other")
    assert await other.comes("Latency") == "opened"
    await desk.reception.take_in()
    assert await desk.value("SELECT string_agg(status, ',') FROM alert") == "firing"


async def test_a_recovery_that_waits_ends_what_was_taken_from_a_disk_meanwhile(desk: Desk) -> None:
    other = Desk(desk.db, desk.reception.refused.folder / "other")
    await other.reception.take_in()  # nothing was refused there
    await refused(desk, "Latency")
    other.rages()
    assert [await other.comes("Latency"), await other.comes("Latency", "resolved")] == ["waits", "waits"]
    await desk.reception.take_in()
    assert await desk.value("SELECT string_agg(status, ',') FROM alert") == "firing"
    await other.catches_up()
    assert await desk.value("SELECT string_agg(status, ',') FROM alert") == "resolved"
