"""Two pages that are a level's last hopes fail at the same moment, each in a transaction of its own."""

import asyncio
from pathlib import Path

from bot.answers import Declared
from bot.audit import Actor, Door
from bot.config import load
from bot.incident import Priority
from bot.lifecycle import Lifecycle, unreached
from bot.message import State
from bot.store import messages
from bot.store.database import Database

ROOT = Path(__file__).parent.parent.parent
SOMEBODY = Actor("amina", "Amina Diallo", Door.CLI, delivery="d1")


async def test_of_two_last_pages_that_fail_together_one_sends_the_ladder_on(database_url: str) -> None:
    desk = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "DATABASE_URL": database_url}).desk
    async with Database.open(database_url) as db:
        declared = await Lifecycle(db, desk).declare(
            title="Down", priority=Priority.P1, environment="prod", service="ecotrajet", text="", by=SOMEBODY
        )
        assert isinstance(declared, Declared)
        number = declared.incident.number
        async with db.transaction() as tx:
            await tx.execute("UPDATE escalation_level SET state = 'fired', fired_at = app_now() WHERE position = 0")
            for person in ("amina", "bruno"):
                await tx.execute(
                    "INSERT INTO message (kind, about, recipient, incident, round, level, level_name, person, due_at)"
                    " VALUES ('sms', 'page', $1, $2, 1, 0, 'Détection', $1, app_now())", person, number,
                )  # fmt: skip
            ids = await tx.fetch("SELECT id FROM message WHERE kind = 'sms' ORDER BY id")
            pages = [await messages.claim(tx, row["id"], "us") for row in ids]
        mine, theirs = pages
        assert mine is not None
        assert theirs is not None
        async with db.transaction() as other:
            await messages.move(other, theirs.id, State.FAILED, "us")
            async with db.transaction() as one:
                await messages.move(one, mine.id, State.FAILED, "us")
                await unreached.may_be_dead(one, desk, mine)
                second = asyncio.create_task(unreached.may_be_dead(other, desk, theirs))
                await asyncio.wait({second}, timeout=0.3)  # it waits for the incident, or has looked too early
            await second
        async with db.transaction() as tx:
            assert await tx.fetchval("SELECT count(*) FROM audit WHERE did = 'level.dead'") == 1
            assert await tx.fetchval("SELECT due_at <= app_now() FROM escalation_level WHERE position = 1")
