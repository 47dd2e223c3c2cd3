"""A repair that takes longer than a transaction may be silent: a container takes its time to stop."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest

from bot.phrase import Phrase
from bot.runbook import Journal, Repaired, Result
from bot.store import database
from bot.store.database import Database
from bot.target import Target
from bot.worker import tidy
from tests.handlers.slackdesk import PlayedEngines
from tests.scenarios.rundesk import example_desk

SILENT_AT_MOST = 0.3  # seconds, four in production


class SlowEngines(PlayedEngines):
    """Its first repair takes three times as long."""

    def __init__(self, db: Database) -> None:
        super().__init__()
        self.db, self.lost, self.looked = db, False, False

    async def repair(self, targets: Sequence[Target], journal: Journal | None = None) -> list[Repaired]:
        if self.looked:
            return []
        self.looked = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self.until_lost(), 3 * SILENT_AT_MOST)
        return [Repaired(targets[0].environment.name, targets[0].service.name, Result.SUCCEEDED, Phrase("ended"))]

    async def until_lost(self) -> None:
        held = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted)"
        while not self.lost:
            async with self.db.transaction() as tx:
                self.lost = not await tx.fetchval(held)


async def test_no_run_may_begin_while_it_goes_on(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "IDLE_AT_MOST", f"{SILENT_AT_MOST * 1000:.0f}ms")
    monkeypatch.setattr(tidy, "SIGN_OF_LIFE", SILENT_AT_MOST / 4, raising=False)
    async with Database.open(database_url) as db:
        engines = SlowEngines(db)
        await tidy.Tidy(db, example_desk(), engines).all_engines()
        assert not engines.lost, "the turn was given away in the middle of the repair"
        async with db.transaction() as tx:
            assert await tx.fetchval("SELECT count(*) FROM audit WHERE did = 'target.repaired'")
