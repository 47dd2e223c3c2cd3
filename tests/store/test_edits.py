"""A card's edit that waits is not taken by a sender while somebody is changing what it shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.answers import Declared
from bot.audit import Actor, Door
from bot.config import load
from bot.incident import Priority
from bot.lifecycle import Lifecycle
from bot.message import About, Kind, State
from bot.store import messages
from bot.store.database import Database

ROOT = Path(__file__).parent.parent.parent


@asynccontextmanager
async def an_incident(database_url: str) -> AsyncIterator[tuple[Database, int, str]]:
    """The database, the number, and the channel where its card is about to be posted."""
    desk = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "DATABASE_URL": database_url}).desk
    async with Database.open(database_url) as db:
        declared = await Lifecycle(db, desk).declare(
            title="Down", priority=Priority.P1, environment="prod", service="ecotrajet", text="",
            by=Actor("amina", "Amina Diallo", Door.CLI, delivery="d1"),
        )  # fmt: skip
        assert isinstance(declared, Declared)
        yield db, declared.incident.number, desk.incidents_channel


async def test_a_sender_waits_for_the_change_that_counts_on_the_edit(database_url: str) -> None:
    async with an_incident(database_url) as (db, number, channel):
        async with db.transaction() as tx:
            edit = await tx.fetchval("SELECT id FROM message WHERE about = 'card' AND incident = $1", number)

        async def taken() -> bool:
            async with db.transaction() as sender:
                return await messages.claim(sender, edit, "us") is not None

        async with db.transaction() as tx:
            again = await messages.queue(tx, kind=Kind.SLACK, about=About.CARD, to=channel, incident=number)
            assert again is None
            taking = asyncio.create_task(taken())
            done, _ = await asyncio.wait({taking}, timeout=0.3)
            assert not done, "it would draw what was before"
        assert await taking


async def test_whether_a_card_may_stand_is_remembered_by_the_try_that_gave_way_to_a_newer_edit(
    database_url: str,
) -> None:
    async with an_incident(database_url) as (db, number, channel), db.transaction() as tx:
        first = await tx.fetchval("SELECT id FROM message WHERE about = 'card' AND incident = $1", number)
        taken = await messages.claim(tx, first, "us")
        assert taken is not None
        assert not taken.unsure
        edit = await messages.queue(tx, kind=Kind.SLACK, about=About.CARD, to=channel, incident=number)
        assert edit is not None
        await messages.doubt(tx, first)  # Slack's answer was lost
        assert not await messages.again(tx, taken, "us", timedelta(0))
        assert await messages.move(tx, first, State.DROPPED, "us")
        newer = await messages.claim(tx, edit, "us")
        assert newer is not None
        assert not newer.unsure
        assert await messages.card_may_stand(tx, newer)
        await tx.execute("UPDATE message SET lease_until = clock_timestamp() - interval '1 s' WHERE id = $1", edit)
        after_a_crash = await messages.claim(tx, edit, "another")
        assert after_a_crash is not None
        assert after_a_crash.unsure
