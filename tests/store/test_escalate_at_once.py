"""Somebody asks for more people before the first level was called: it is called anyhow, so the next one is meant."""

from pathlib import Path

from bot.answers import Declared, Escalated
from bot.audit import Actor, Door
from bot.config import load
from bot.incident import Priority
from bot.lifecycle import Lifecycle
from bot.store.database import Database

ROOT = Path(__file__).parent.parent.parent


async def test_the_second_level_is_called_and_asking_again_calls_no_third(database_url: str) -> None:
    desk = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "DATABASE_URL": database_url}).desk
    async with Database.open(database_url) as db:
        lifecycle = Lifecycle(db, desk)
        declared = await lifecycle.declare(
            title="Down", priority=Priority.P1, environment="prod", service="ecotrajet", text="",
            by=Actor("amina", "Amina Diallo", Door.CLI, delivery="d1"),
        )  # fmt: skip
        assert isinstance(declared, Declared)
        for delivery in ("d2", "d3"):
            by = Actor("amina", "Amina Diallo", Door.CLI, delivery=delivery)
            assert isinstance(await lifecycle.escalate(declared.incident.number, by), Escalated)
        async with db.transaction() as tx:
            due = await tx.fetch("SELECT position FROM escalation_level WHERE due_at <= app_now() ORDER BY position")
            assert [row["position"] for row in due] == [0, 1]
