"""The desk's own sign of life: sent while its rounds go through, and not when they do not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.audit import Actor, Door
from bot.config import load
from bot.desk import Desk
from bot.incident import Incident, Priority
from bot.lifecycle import Lifecycle, dues
from bot.message import Kind
from bot.metrics import Metrics
from bot.secret import Secret
from bot.sla import Due
from bot.store.database import Database, Tx
from bot.worker.deliver import Deliverer
from bot.worker.levels import Levels
from bot.worker.pulse import Pulse
from bot.worker.watch import NotClean, Watch
from tests.world import ROOT, edited_config, new_world


class DeadMan:
    """A dead-man's service: counts what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        app = web.Application()
        app.add_routes([web.get("/ping/{key}", self.ping)])
        self.server = TestServer(app)

    async def ping(self, request: web.Request) -> web.Response:
        self.heard.append(request.match_info["key"])
        return web.Response(text="OK")


@pytest.fixture
async def dead_man() -> AsyncIterator[DeadMan]:
    made = DeadMan()
    await made.server.start_server()
    yield made
    await made.server.close()


async def test_it_is_sent_after_the_first_clean_round(database_url: str, tmp_path: Path, dead_man: DeadMan) -> None:
    def told_where(configuration: dict[str, Any]) -> None:
        configuration["workspace"]["dead_man_url"] = str(dead_man.server.make_url("/ping/secret-key"))

    async with new_world(database_url, config=edited_config(tmp_path, told_where)) as world:

        async def heard() -> bool:
            return dead_man.heard == ["secret-key"]

        await world.eventually(heard, "the sign of life")


async def test_a_round_that_is_not_clean_sends_none(database_url: str, dead_man: DeadMan) -> None:
    desk = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "DATABASE_URL": database_url}).desk
    pulse = Pulse(Secret(str(dead_man.server.make_url("/ping/k"))), every=0.0)
    broken, others = True, 0

    async def chore() -> None:
        if broken:
            raise RuntimeError("this chore")

    async def other() -> None:
        nonlocal others
        others += 1

    async with Database.open(database_url) as db:
        watch = Watch(
            db, Levels(db, db, desk), Deliverer(db, desk, {}, Metrics(), "us"), Metrics(), (chore, other), pulse.round
        )
        with pytest.raises(RuntimeError, match="this chore"):
            await watch.round()
        assert pulse.sending is None
        assert others == 1  # what breaks holds up nothing else
        broken = False
        await watch.round()
        assert pulse.sending is not None
        await pulse.sending
    assert dead_man.heard == ["k"]


class Mute(Deliverer):
    """A mistake of our own stands in the way of every message."""

    async def deliver(self, kind: Kind, number: int, *, urgent: bool = True) -> None:
        raise RuntimeError("mistaken")


async def paged(db: Database, due_ago: timedelta) -> None:
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO message (kind, about, recipient, person, round, state, due_at)"
            " VALUES ('sms', 'page', '+33600000001', 'amina', 1, 'waiting', app_now() - $1::interval)", due_ago,
        )  # fmt: skip


@pytest.mark.parametrize("due_ago", [timedelta(seconds=5), timedelta(minutes=1)])
async def test_a_page_that_whoever_rescues_it_cannot_send_ends_the_signs(
    database_url: str, dead_man: DeadMan, due_ago: timedelta
) -> None:
    desk = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "DATABASE_URL": database_url}).desk
    pulse = Pulse(Secret(str(dead_man.server.make_url("/ping/k"))), every=0.0)
    async with Database.open(database_url) as db:
        watch = Watch(db, Levels(db, db, desk), Mute(db, desk, {}, Metrics(), "us"), Metrics(), (), pulse.round)
        await paged(db, due_ago)
        with contextlib.suppress(NotClean):  # the round that finds it first cannot know yet, unless it is old
            await watch.round()
        await asyncio.gather(*watch.under_way.values())
        pulse.sending = None
        with pytest.raises(NotClean):
            await watch.round()
        assert pulse.sending is None
        await asyncio.gather(*watch.under_way.values())


async def test_an_incident_that_breaks_its_clock_holds_up_no_other_s(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "DATABASE_URL": database_url}).desk
    by = Actor("amina", "Amina Diallo", Door.COMMAND)
    happen = dues.happen

    async def breaks(tx: Tx, desk: Desk, incident: Incident, due: Due) -> None:
        if incident.title.endswith("first"):
            raise RuntimeError(incident.title)
        await happen(tx, desk, incident, due)

    monkeypatch.setattr(dues, "happen", breaks)
    async with Database.open(database_url) as db:
        for title in ("first", "second"):
            await Lifecycle(db, desk).declare(title=title, priority=Priority.P1, environment="prod",
                                              service="ecotrajet", text="", by=by)  # fmt: skip
        async with db.transaction() as tx:
            await tx.execute("UPDATE incident_due SET due_at = app_now() - interval '1 s' WHERE kind = 'clock_half'")
        with pytest.raises(RuntimeError, match="first"):
            await dues.Dues(db, desk).round()
        async with db.transaction() as tx:
            told = await tx.fetch("SELECT incident FROM audit WHERE did = 'clock.reminded'")
    assert [row["incident"] for row in told] == [2]


async def test_a_service_that_is_away_or_says_no_is_only_noted(dead_man: DeadMan) -> None:
    for url in ("http://127.0.0.1:1/x", str(dead_man.server.make_url("/nowhere"))):
        pulse = Pulse(Secret(url), every=0.0)
        await pulse.round()
        assert pulse.sending is not None
        await pulse.sending
    assert dead_man.heard == []
