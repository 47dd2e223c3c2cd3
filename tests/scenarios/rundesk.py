"""Runs with everything but Slack: real PostgreSQL, the real use cases and worker, containers that are played."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.audit import Actor, Door
from bot.classification import warm_up
from bot.clock import SystemClock
from bot.config import load
from bot.desk import Desk
from bot.incident import Priority
from bot.lifecycle import Lifecycle
from bot.metrics import Metrics
from bot.phrase import Phrase
from bot.run import NotNow, Requested
from bot.runbook import Action, Engines, Runbook
from bot.runs import Execution, Runs
from bot.runs.wish import Wish
from bot.sandbox.record import PATIENCE
from bot.store.database import Database
from bot.worker.observe import Observer
from bot.worker.run import Runner
from bot.worker.tidy import Tidy
from tests.handlers.slackdesk import PlayedEngines, PlayedRunbook

ROOT = Path(__file__).parent.parent.parent


@dataclass
class RunDesk:
    """One replica of the desk; `replica()` makes another on the same database."""

    db: Database
    desk: Desk
    lifecycle: Lifecycle
    runs: Runs
    engines: Engines
    runbooks: Mapping[Action, Runbook]
    execution: Execution
    runner: Runner
    observer: Observer

    @classmethod
    def of(
        cls, db: Database, desk: Desk, engines: Engines, runbooks: Mapping[Action, Runbook], owner: str = "one"
    ) -> "RunDesk":
        lifecycle, execution = Lifecycle(db, desk), Execution(db, desk, owner)
        tidy = Tidy(db, desk, engines)
        runner = Runner(execution, desk, lifecycle, engines, runbooks, tidy, Metrics())
        observer = Observer(db, desk, engines, SystemClock(), tidy, healthy_for=timedelta(seconds=30))
        return cls(db, desk, lifecycle, Runs(db, desk, runbooks), engines, runbooks, execution, runner, observer)

    @property
    def played(self) -> PlayedEngines:
        assert isinstance(self.engines, PlayedEngines)
        return self.engines

    @property
    def rollback(self) -> PlayedRunbook:
        runbook = self.runbooks[Action.ROLLBACK]
        assert isinstance(runbook, PlayedRunbook)
        return runbook

    def replica(self, owner: str = "two", desk: Desk | None = None) -> "RunDesk":
        return RunDesk.of(self.db, desk or self.desk, self.engines, self.runbooks, owner)

    def by(self, person: str, delivery: str | None = None) -> Actor:
        return Actor(person, self.desk.people[person].name, Door.COMMAND, delivery)

    async def ask(self, person: str, *words: str, action: Action = Action.ROLLBACK, **more: object) -> Requested:
        answer = await self.runs.request(replace(Wish(action, words), **more), self.by(person))  # type: ignore[arg-type]  # fields of Wish
        assert isinstance(answer, Requested), answer
        return answer

    async def refusal(self, person: str, *words: str, action: Action = Action.ROLLBACK, **more: object) -> str:
        answer = await self.runs.request(replace(Wish(action, words), **more), self.by(person))  # type: ignore[arg-type]  # fields of Wish
        assert isinstance(answer, NotNow), answer
        return str(answer.phrase)

    async def approved(self) -> int:
        """A rollback of production that Amina asked for and Bruno approved."""
        run = (await self.ask("amina", "prod")).run
        await self.runs.approve(run.id, self.by("bruno"))
        return run.id

    async def until(self, wanted: str, run: int = 1, within: float = PATIENCE) -> None:
        """Rounds of the worker, as each second, until the run has this status."""
        await self.eventually_value(wanted, "SELECT status FROM run WHERE id = $1", run, within=within, rounds=True)

    async def eventually_value(
        self, wanted: object, query: str, *arguments: object, within: float = PATIENCE, rounds: bool = False
    ) -> None:
        deadline = asyncio.get_running_loop().time() + within
        while (found := await self.value(query, *arguments)) != wanted:
            assert asyncio.get_running_loop().time() < deadline, f"{query} {arguments}: {found!r}, not {wanted!r}"
            if rounds:
                await self.runner.round()
            await asyncio.sleep(0.02)  # between two looks; the deadline decides

    async def p1(self) -> int:
        declared = await self.lifecycle.declare(
            title="down", priority=Priority.P1, environment="prod", service="ecotrajet", text="", by=self.by("chloe")
        )
        return int(getattr(declared, "incident").number)  # noqa: B009 - nothing is repeated here

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        async with self.db.transaction() as tx:
            found: list[asyncpg.Record] = await tx.fetch(query, *arguments)
            return found

    async def value(self, query: str, *arguments: object) -> object:
        return (await self.rows(query, *arguments))[0][0]

    async def did(self) -> list[str]:
        """The audit trail about runs."""
        return [row["did"] for row in await self.rows("SELECT did FROM audit WHERE did LIKE 'run.%' ORDER BY id")]

    async def said(self) -> list[str]:
        """Every note and direct message queued, in English."""
        rows = await self.rows("SELECT body FROM message WHERE about IN ('note', 'tell') ORDER BY id")
        return [str(Phrase.from_json(row["body"]["phrase"])) for row in rows]


def example_desk() -> Desk:
    """The desk of the annotated example: the people of all tests."""
    environment = {"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "ECOTRAJET_WEBHOOK_TOKEN": "x" * 32}
    return load(environment).desk


@pytest.fixture
async def run_desk(database_url: str) -> AsyncIterator[RunDesk]:
    warm_up()  # as the whole desk does when it starts: no transaction waits for it
    runbooks = {action: PlayedRunbook(action) for action in (Action.RESTART, Action.ROLLBACK)}
    async with Database.open(database_url) as db:
        made = RunDesk.of(db, example_desk(), PlayedEngines(), dict(runbooks))
        yield made
        await made.runner.stop()
