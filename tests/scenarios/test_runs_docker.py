"""Runs on real containers: from the request to a healthy service, or the old one back, whatever dies in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.run import NotNow
from bot.runbook import Action, Runbook
from bot.sandbox.workload import Workload
from bot.store.database import Database
from bot.target import EngineAddress, Service
from bot.worker.journal import RunJournal
from bot.worker.observe import Observer
from runbooks.docker_engine import DockerEngines
from runbooks.restart import Restart
from runbooks.rollback import Rollback
from tests.scenarios.rundesk import RunDesk, example_desk

AT_ONCE = timedelta(0)  # one healthy look proves a version: these stories do not wait for half a minute


class DockerDesk(RunDesk):
    """A desk with a real application in prod; `workload` is set by the fixture."""

    workload: Workload

    async def look(self) -> None:
        await self.observer.look()

    async def deploy(self, version: str, *, healthy: bool = True) -> None:
        """By plain docker, as a person would; then the desk sees it."""
        await asyncio.to_thread(self.workload.deploy, "prod", version, "--stop-timeout", "1")
        if healthy:
            await asyncio.to_thread(self.workload.wait_healthy, "prod")
        await self.look()

    def version(self) -> str:
        """What runs, by the image's label; the only container, under its plain name, healthy."""
        names = self.workload.docker("ps", "-a", "--format", "{{.Names}}", "--filter", f"name=^/{self.workload.prefix}")
        assert names.split() == [self.workload.container("prod")]
        seen = self.workload.inspect(self.workload.container("prod"))
        assert seen["State"]["Health"]["Status"] == "healthy", seen["State"]
        return str(seen["Config"]["Labels"]["org.opencontainers.image.version"])


@pytest.fixture
async def docker_desk(database_url: str, make_workload: Callable[..., Workload]) -> AsyncIterator[DockerDesk]:
    """v1 was deployed and healthy, then v2 was: both were seen."""
    workload = await asyncio.to_thread(
        make_workload, versions=("v1", "v2", "v3-broken", "v4-crash"), environments=("prod",), version="v1"
    )
    # The service bears the workload's prefix: pins of images are named after it, and tests run side by side.
    service = Service(workload.prefix, {"prod": workload.container("prod")})
    desk = replace(
        example_desk(), services={service.name: service}, engines={"default": EngineAddress("default", workload.host)}
    )
    engines = DockerEngines(desk.engines.values())
    runbooks: dict[Action, Runbook] = {
        Action.RESTART: Restart(engines),
        Action.ROLLBACK: Rollback(engines, healthy_for=AT_ONCE),
    }
    async with Database.open(database_url) as db:
        made = DockerDesk.of(db, desk, engines, runbooks)
        assert isinstance(made, DockerDesk)
        made.workload = workload
        made.observer = Observer(db, desk, engines, SystemClock(), made.runner.tidy, healthy_for=AT_ONCE)
        await made.look()
        await made.deploy("v2")
        yield made
        await made.runner.stop()
        await engines.close()


async def test_a_rollback_from_request_to_healthy_service_and_history(docker_desk: DockerDesk) -> None:
    await docker_desk.ask("amina", "prod")
    assert isinstance(await docker_desk.runs.approve(1, docker_desk.by("amina")), NotNow)
    await docker_desk.runs.approve(1, docker_desk.by("bruno"))
    await docker_desk.until("succeeded", within=30)
    assert await asyncio.to_thread(docker_desk.version) == "v1"
    history = await docker_desk.rows("SELECT version, source FROM deployment ORDER BY id")
    assert [tuple(row) for row in history] == [("v1", "observed"), ("v2", "observed"), ("v1", "rollback")]
    view = await docker_desk.runs.view(1)
    assert view is not None
    assert view.evidence
    assert "ÉcoTrajet v2" in view.evidence[0].log_tail
    assert view.run.end is not None
    assert view.run.end.downtime is not None
    assert view.run.end.downtime < 10


async def test_an_image_that_does_not_get_well_is_taken_back_and_nobody_is_paged(docker_desk: DockerDesk) -> None:
    await docker_desk.ask("amina", "prod", "v3-broken")
    await docker_desk.runs.approve(1, docker_desk.by("bruno"))
    await docker_desk.until("reverted", within=40)
    assert await asyncio.to_thread(docker_desk.version) == "v2"
    await docker_desk.look()
    assert await docker_desk.value("SELECT count(*) FROM incident") == 0
    assert await docker_desk.value("SELECT count(*) FROM deployment WHERE version = 'v3-broken'") == 0
    assert (
        len({row["person"] for row in await docker_desk.rows("SELECT person FROM message WHERE about = 'tell'")}) == 2
    )


async def test_from_a_broken_deployment_back_to_the_good_version(docker_desk: DockerDesk) -> None:
    await docker_desk.deploy("v3-broken", healthy=False)
    run = (await docker_desk.ask("amina", "prod")).run
    assert run.plan.image_then.version == "v2"
    await docker_desk.runs.approve(1, docker_desk.by("bruno"))
    await docker_desk.until("succeeded", within=30)
    assert await asyncio.to_thread(docker_desk.version) == "v2"


async def test_a_world_that_changed_after_the_approval_refuses(docker_desk: DockerDesk) -> None:
    await docker_desk.ask("amina", "prod")
    await docker_desk.runs.approve(1, docker_desk.by("bruno"))
    await docker_desk.deploy("v2")
    await docker_desk.until("refused", within=30)
    assert await asyncio.to_thread(docker_desk.version) == "v2"


@pytest.mark.parametrize("step", ["create", "stop", "start", "gate", "remove-old"])
async def test_a_worker_that_dies_in_the_middle_is_followed_by_another(
    docker_desk: DockerDesk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """It stands still for ever before `step`, as a killed process does; its lease runs out."""
    before, reached = RunJournal.before, asyncio.Event()

    async def dies(self: RunJournal, name: str) -> None:
        if name == step and self.execution.owner == "one":
            reached.set()
            await asyncio.Event().wait()
        await before(self, name)

    monkeypatch.setattr(RunJournal, "before", dies)
    await docker_desk.ask("amina", "prod")
    await docker_desk.runs.approve(1, docker_desk.by("bruno"))
    await docker_desk.runner.start(1)
    await asyncio.wait_for(reached.wait(), 20)
    for task in docker_desk.runner.under_way.values():
        task.cancel()
    await asyncio.gather(*docker_desk.runner.under_way.values(), return_exceptions=True)
    async with docker_desk.db.transaction() as tx:
        await tx.execute("UPDATE run SET lease_until = clock_timestamp() - interval '1 s'")
    other = docker_desk.replica()
    undone = step in ("create", "stop")
    await other.until("reverted" if undone else "succeeded", within=40)
    assert await asyncio.to_thread(docker_desk.version) == ("v2" if undone else "v1")
    assert "run.interrupted" in await docker_desk.did()
    assert await docker_desk.value("SELECT count(*) FROM incident") == 0


async def test_a_restart_keeps_the_version_and_takes_evidence_first(docker_desk: DockerDesk) -> None:
    await docker_desk.ask("bruno", "prod", action=Action.RESTART)
    await docker_desk.runs.approve(1, docker_desk.by("amina"))
    await docker_desk.until("succeeded", within=30)
    assert await asyncio.to_thread(docker_desk.version) == "v2"
    steps = [row["name"] for row in await docker_desk.rows("SELECT name FROM run_step ORDER BY id")]
    assert steps[0] == "evidence"


async def test_events_tell_of_a_deployment_before_the_minute_is_over(docker_desk: DockerDesk) -> None:
    watching = asyncio.create_task(docker_desk.observer.run())
    try:
        await asyncio.to_thread(docker_desk.workload.deploy, "prod", "v1")

        await docker_desk.eventually_value(3, "SELECT count(*) FROM deployment", within=15)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
