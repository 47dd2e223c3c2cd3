"""Levels that come due together are told together: in the statements of one, each once, and nobody waits for one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.answers import Declared
from bot.audit import Actor, Door
from bot.config import load
from bot.desk import Desk
from bot.incident import Priority
from bot.lifecycle import Lifecycle, ladder
from bot.store import incidents
from bot.store.database import Database, Tx
from bot.store.escalations import Rung
from bot.worker.levels import Levels
from tests.world import ROOT

FIRED = "SELECT incident FROM escalation_level WHERE position = 1 AND state = 'fired' ORDER BY incident"
PAGES = "SELECT incident, kind, count(*) FROM message WHERE about = 'page' AND level = 1 GROUP BY incident, kind"
TOLD = "SELECT incident, count(*) FROM audit WHERE did = 'level.fired' AND subject = 'Support' GROUP BY incident"


@pytest.fixture
def desk(database_url: str) -> Desk:
    config = {"ECOTRAJET_CONFIG": str(Path(ROOT) / "ecotrajet.example.yaml"), "DATABASE_URL": database_url}
    return load(config).desk


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    async with Database.open(database_url) as db:
        yield db


async def due(db: Database, desk: Desk, count: int) -> list[Rung]:
    """So many P1, whose second level is due now and whose first was told before."""
    lifecycle, numbers = Lifecycle(db, desk), []
    for each in range(count):
        declared = await lifecycle.declare(
            title=f"Down {each}", priority=Priority.P1, environment="prod", service="ecotrajet", text="",
            by=Actor("amina", "Amina Diallo", Door.CLI, delivery=f"{each} of {count}"),
        )  # fmt: skip
        assert isinstance(declared, Declared)
        numbers.append(declared.incident.number)
    async with db.transaction() as tx:
        changed = "UPDATE escalation_level SET state = 'fired', fired_at = due_at WHERE position = 0"
        await tx.execute(changed)
        changed = "UPDATE escalation_level SET due_at = app_now() WHERE position = 1 AND incident = ANY($1::bigint[])"
        await tx.execute(changed, numbers)
    return [Rung(number, 1, 1) for number in numbers]


async def all_told_once(db: Database, rungs: list[Rung]) -> None:
    async with db.transaction() as tx:
        assert [row["incident"] for row in await tx.fetch(FIRED)] == [rung.incident for rung in rungs]
        pages = await tx.fetch(PAGES)
        assert {(row["incident"], row["kind"]) for row in pages} == {
            (rung.incident, kind) for rung in rungs for kind in ("slack", "sms", "voice", "email")
        }
        assert {row["count"] for row in pages} == {1}
        assert {row["incident"]: row["count"] for row in await tx.fetch(TOLD)} == {rung.incident: 1 for rung in rungs}
        woken = "SELECT count(*) FROM pgqueuer q JOIN message m ON q.dedupe_key = 'deliver:' || m.id || ':0'"
        assert await tx.fetchval(f"{woken} WHERE m.about = 'page' AND m.level = 1") == 4 * len(rungs)


class Counting(Database):
    """Writes down its statements."""

    seen: list[str]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        async with super().transaction() as tx:
            with tx.query_logger(lambda record: self.seen.append(record.query)):
                yield tx


async def test_one_alarm_tells_all_that_are_due_in_the_statements_of_one(db: Database, desk: Desk) -> None:
    counting = Counting(db.pool, db.url, db.role)
    needed = []
    for count in (1, 30):
        rungs, counting.seen = await due(db, desk, count), []
        assert await ladder.fire_due(counting, desk, at_most=50) == (count, set())
        needed.append(len(counting.seen))
    assert needed[0] == needed[1] <= 12
    async with db.transaction() as tx:
        assert len(await tx.fetch(FIRED)) == 31
    rungs = await due(db, desk, 70)  # more than one group
    await Levels(db, db, desk).fire(rungs[-1])
    async with db.transaction() as tx:
        assert len(await tx.fetch(FIRED)) == 101


async def test_two_replicas_share_them_and_tell_each_once(db: Database, desk: Desk, database_url: str) -> None:
    rungs = await due(db, desk, 40)
    async with Database.open(database_url) as other:
        await asyncio.gather(*(Levels(each, each, desk).fire_all(rungs) for each in (db, other)))
    await all_told_once(db, rungs)


async def test_nobody_waits_for_an_incident_that_somebody_holds(db: Database, desk: Desk) -> None:
    rungs = await due(db, desk, 3)
    levels = Levels(db, db, desk)
    async with db.transaction() as holder:
        await incidents.lock(holder, rungs[1].incident)
        await levels.fire(rungs[0])
        async with db.transaction() as tx:
            assert [row["incident"] for row in await tx.fetch(FIRED)] == [rungs[0].incident, rungs[2].incident]
        its_own_alarm = asyncio.create_task(levels.fire(rungs[1]))
        assert not (await asyncio.wait([its_own_alarm], timeout=0.1))[0]
    await its_own_alarm
    await all_told_once(db, rungs)


async def test_one_that_breaks_takes_no_other_with_it(db: Database, desk: Desk) -> None:
    broken, *rungs = await due(db, desk, 5)
    async with db.transaction() as tx:
        await tx.execute("UPDATE escalation_level SET targets = 'null' WHERE incident = $1", broken.incident)
    with pytest.raises(TypeError):
        await Levels(db, db, desk).fire_all([broken, *rungs])
    await all_told_once(db, rungs)


async def test_only_what_is_due_and_wanted_is_told(db: Database, desk: Desk) -> None:
    taken, later, asked = await due(db, desk, 3)
    await Lifecycle(db, desk).acknowledge(taken.incident, Actor("amina", "Amina Diallo", Door.CLI, delivery="ack"))
    async with db.transaction() as tx:
        put_off = "UPDATE escalation_level SET due_at = app_now() + $2::interval WHERE incident = $1 AND position = 1"
        await tx.execute(put_off, later.incident, timedelta(minutes=1))
    await Levels(db, db, desk).fire_all([taken, later, asked])
    await all_told_once(db, [asked])
