"""Slack's door with everything behind it but the worker: real PostgreSQL, real sockets, containers that are played."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from aiohttp import web

from bot.answers import Declared
from bot.audit import Actor, Door
from bot.backups import Backups
from bot.classification import warm_up
from bot.clock import SystemClock
from bot.config import load
from bot.databases import Databases
from bot.deployment import Deployment, Observation
from bot.desk import Desk
from bot.errors import UserError
from bot.lifecycle import Lifecycle
from bot.lifecycle.audience import Audience
from bot.lifecycle.homes import Homes
from bot.lifecycle.probes import Probes
from bot.lifecycle.reach import Reach
from bot.lifecycle.reviews import Reviews
from bot.lifecycle.rota import Rota
from bot.lifecycle.rotations import Rotations
from bot.lifecycle.silences import Silences
from bot.phrase import Phrase
from bot.probe import ProbeEntry, Seen
from bot.questions import Questions
from bot.runbook import Action, Image, Journal, Light, Looks, Outcome, Plan, Repaired, Result, ServiceStatus
from bot.runs import Runs
from bot.runs.procedures import Procedures
from bot.sandbox import DEMO_PEOPLE, Sandbox
from bot.secret import Secret
from bot.store.database import Database
from bot.target import EngineAddress, Target
from handlers.commands import Tools
from handlers.slack_app import SlackDoor, SlackKeys
from runbooks.docker_engine import DockerEngines

ROOT = Path(__file__).parent.parent.parent
ENGINE = "ENGINE:ONE"
NOWHERE = DockerEngines([EngineAddress("default", "unix:///nowhere/docker.sock")])
SOMEBODY = Actor("monitoring", "Monitoring", Door.CLI)
V1 = Image("sha256:" + "1" * 64, "ecotrajet:v1", "v1")
V2 = Image("sha256:" + "2" * 64, "ecotrajet:v2", "v2")


@dataclass
class PlayedEngines:
    """`bot.runbook.Engines` without an engine. `away` makes it silent; `lines` is the log."""

    away: bool = False
    identity_now: str = ENGINE
    lines: str = "GET / 200\nGET /pay 500"
    asked: list[tuple[object, ...]] = field(default_factory=list)
    repairs: list[Repaired] = field(default_factory=list)
    seen: list[Observation] = field(default_factory=list)
    looks: Looks = field(default_factory=lambda: NOWHERE.looks)

    async def status(self, targets: Sequence[Target]) -> list[ServiceStatus]:
        return [
            ServiceStatus(
                each.environment.name, each.service.name, Light.GREEN, each.container, "c0ffee", "v2", "222222222222",
                "ecotrajet:v2", "running", "healthy",
            )
            for each in targets
        ]  # fmt: skip

    async def logs(
        self, target: Target, *, tail: int = 50, since: timedelta | None = None, grep: str = "", max_bytes: int = 60_000
    ) -> str:
        self.asked.append((target.key, tail, since, grep))
        return self.lines

    async def running(self, target: Target) -> Observation:
        return self.seen[0]

    async def observe(self, targets: Sequence[Target]) -> list[Observation]:
        keys = {(each.environment.name, each.service.name) for each in targets}
        return [each for each in self.seen if (each.environment, each.service) in keys]

    async def watch(self, targets: Sequence[Target]) -> AsyncGenerator[Target, None]:
        for target in targets:
            yield target

    async def repair(self, targets: Sequence[Target], journal: Journal | None = None) -> list[Repaired]:
        return [self.repairs.pop(0)] if self.repairs else []

    async def keep(self, target: Target, image_ids: Sequence[str]) -> None:
        self.asked.append(("keep", target.key, tuple(image_ids)))

    async def identity(self, engine: str) -> str:
        if self.away:
            raise UserError(Phrase("The engine {name} does not answer.", {"name": engine}))
        return self.identity_now

    async def close(self) -> None: ...


class PlayedRunbook:
    """`bot.runbook.Runbook` whose plan goes from v2 to v1 and whose run ends as it is told."""

    def __init__(self, action: Action) -> None:
        self._action = action
        self.ends: list[Outcome | Exception] = []
        self.asks: Phrase | None = None
        self.was_healthy = True

    @property
    def name(self) -> str:
        return self._action.value

    @property
    def action(self) -> Action:
        return self._action

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        if "nowhere" in params:
            raise UserError(Phrase("There is no version “{word}”.", {"word": params[0]}))
        return Plan(
            action=self._action, environment=target.environment.name, service=target.service.name, engine=target.engine,
            engine_id=ENGINE, container=target.container, container_id="c0ffee", image_now=V2, image_then=V1,
            steps=("evidence", "stop", "start", "gate"), asks=self.asks, was_healthy=self.was_healthy,
            expected_downtime=1.0,
        )  # fmt: skip

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        for step in ("evidence", "stop", "gate"):
            await journal.before(step)
            await journal.after(step, "done")
        return self._end()

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        await journal.before("undo")
        return replace(self._end())

    def _end(self) -> Outcome:
        end = self.ends.pop(0) if self.ends else succeeded()
        if isinstance(end, Exception):
            raise end
        return end


def succeeded() -> Outcome:
    return Outcome(Result.SUCCEEDED, Phrase("v1 runs and is healthy."), "beef", V1, healthy=True, downtime=0.4)


def failed() -> Outcome:
    return Outcome(Result.FAILED, Phrase("It does not start."), "c0ffee", V2, healthy=False)


@dataclass
class SlackDesk:
    """What the tests of the door play with."""

    sandbox: Sandbox
    db: Database
    desk: Desk
    tools: Tools
    door: SlackDoor
    engines: PlayedEngines
    runbooks: dict[Action, PlayedRunbook]

    async def incident(self, title: str = "Payments fail") -> int:
        """An open P1 of production."""
        status = await self.tools.lifecycle.declare(
            title=title, priority=None, environment="prod", service="ecotrajet", text="", by=SOMEBODY
        )
        assert isinstance(status, Declared)
        return status.incident.number

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        async with self.db.transaction() as tx:
            found: list[asyncpg.Record] = await tx.fetch(query, *arguments)
            return found

    async def value(self, query: str, *arguments: object) -> object:
        return (await self.rows(query, *arguments))[0][0]


async def never(entry: ProbeEntry) -> Seen:
    raise AssertionError(f"nobody looks at {entry.name} here")


@asynccontextmanager
async def new_slack_desk(database_url: str, *, http: bool = False, ack_limit: float = 3.0) -> AsyncIterator[SlackDesk]:
    warm_up()  # as the whole desk does when it starts
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(
            Sandbox(people=DEMO_PEOPLE, manifest=ROOT / "manifest.yml", smtp=False, ack_limit=ack_limit)
        )
        environment = sandbox.environment()
        configuration = load(
            {
                **environment,
                "ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"),
                "ECOTRAJET_WEBHOOK_TOKEN": "x" * 32,
            }
        )
        db = await stack.enter_async_context(Database.open(database_url))
        engines = PlayedEngines()
        runbooks = {action: PlayedRunbook(action) for action in (Action.RESTART, Action.ROLLBACK)}
        desk = configuration.desk
        tools = Tools(
            desk, Lifecycle(db, desk), Questions(db, desk), Runs(db, desk, dict(runbooks)), engines, SystemClock(),
            Silences(db, desk), Rota(db, desk, "https://desk.example"), Reach(db, desk), Backups(db, desk),
            Databases(db, desk), Rotations(db, desk),
            Procedures(db, desk), Homes(db, desk), Reviews(db, desk), Audience(db, desk),
            Probes(db, desk, str, never),
        )  # fmt: skip
        keys = SlackKeys(
            Secret(environment["SLACK_BOT_TOKEN"]), None if http else Secret(environment["SLACK_APP_TOKEN"]),
            Secret(environment["SLACK_SIGNING_SECRET"]), environment["SLACK_API_URL"],
        )  # fmt: skip
        door = SlackDoor(keys, tools)
        if http:
            await stack.enter_async_context(served(door, sandbox))
        await stack.enter_async_context(door.running())
        if not http:
            await sandbox.connected()
        yield SlackDesk(sandbox, db, desk, tools, door, engines, runbooks)
        assert not sandbox.violations, sandbox.violations


@asynccontextmanager
async def served(door: SlackDoor, sandbox: Sandbox) -> AsyncIterator[str]:
    """The door's HTTP routes on a free port, which the sandbox then delivers to."""
    app = web.Application()
    app.add_routes(door.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sandbox.bot_at(url, slack_http=True)
    try:
        yield url
    finally:
        await runner.cleanup()


@pytest.fixture
async def slack_desk(database_url: str) -> AsyncIterator[SlackDesk]:
    """In Socket Mode."""
    async with new_slack_desk(database_url) as made:
        yield made


@pytest.fixture
async def http_desk(database_url: str) -> AsyncIterator[SlackDesk]:
    """In HTTP mode."""
    async with new_slack_desk(database_url, http=True) as made:
        yield made
