"""What handlers and the worker ask of engines: status, logs, events, pins; and one engine that is dead."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.errors import Retryable, UserError
from bot.runbook import Light, Result, Step
from bot.target import EngineAddress, Environment, Service, Target
from runbooks.docker_engine import DockerEngines
from runbooks.docker_engine.logs import Wanted, last
from tests.runbooks.stage import Notes, Stage


async def test_status_shows_the_guides_lights(stage: Stage) -> None:
    missing = Target(stage.target.environment, Service("api", {"prod": "no-such"}), "default", "no-such")
    well, none = await stage.engines.status([stage.target, missing])
    assert (well.light, well.version, well.health, well.restarts) == (Light.GREEN, "v2", "healthy", 0)
    assert well.since is not None
    assert stage.image("v2").id.removeprefix("sha256:").startswith(well.image_id)
    assert none.light is Light.RED
    assert "no container “no-such”" in str(none.problem)

    stage.workload.deploy("prod", "v3-broken")
    await until_red(stage)
    stage.workload.docker("stop", stage.target.container)
    stopped = (await stage.engines.status([stage.target]))[0]
    assert stopped.light is Light.RED
    assert "not running" in str(stopped.problem)


async def until_red(stage: Stage) -> None:
    for _ in range(100):
        found = (await stage.engines.status([stage.target]))[0]
        if found.light is Light.RED:
            assert "healthcheck fails" in str(found.problem)
            return
        assert found.light is Light.YELLOW
        await asyncio.sleep(0.1)
    raise AssertionError("it never turned red")


async def test_logs_come_without_the_secrets_of_the_container(stage: Stage) -> None:
    secret, uuid = "s3cr3t-of-ours", "0b0e7e6e-8f0e-4f0c-9c58-6ad1d9a2a2aa"
    stage.workload.deploy(
        "prod", "v2", "-e", f"DB_PASSWORD={secret}", "-e", f"TENANT={uuid}", "-e", "NODE_ENV=production"
    )
    shell = f"echo connect {secret} {uuid} production; echo postgres://app:hunter22@db/x; echo needle"
    stage.workload.docker("exec", stage.target.container, "sh", "-c", f"({shell}) > /proc/1/fd/1")
    said = await stage.engines.logs(stage.target, tail=20)
    assert "connect [hidden] [hidden] production" in said
    assert "postgres://app:[hidden]@db/x" in said
    assert await stage.engines.logs(stage.target, grep="NEEDLE") == "needle"
    with pytest.raises(UserError, match="no container"):
        await stage.engines.logs(Target(stage.target.environment, stage.target.service, "default", "nope"))


async def test_a_huge_log_costs_neither_time_nor_space(stage: Stage) -> None:
    shell = "yes $(head -c 3000 /dev/zero | busybox tr '\\0' x) | head -n 10000 > /proc/1/fd/1"
    stage.workload.docker("exec", stage.target.container, "busybox", "sh", "-c", shell)
    began = time.monotonic()
    said = await stage.engines.logs(stage.target, tail=10_000_000, max_bytes=20_000)
    assert time.monotonic() - began < 10
    assert 10_000 < len(said.encode()) <= 20_000


def test_reading_ends_though_the_stream_does_not() -> None:
    endless: Iterator[bytes] = repeat(b"x" * 65_536)  # a gigabyte and more, without a single line end
    found = last(endless, lambda text: text, Wanted(50, max_bytes=5_000))
    assert len(found.text) <= 5_000
    assert found.cut


async def test_events_tell_which_target_to_look_at(stage: Stage) -> None:
    async with aclosing(stage.engines.watch([stage.target])) as changes:
        assert await asyncio.wait_for(anext(changes), 10) == stage.target  # on connection: look at everything
        stage.workload.docker("restart", "-t", "1", stage.target.container)
        assert await asyncio.wait_for(anext(changes), 10) == stage.target


async def test_good_images_are_kept_from_a_prune_and_old_ones_let_go(stage: Stage) -> None:
    pinned = {version: stage.image(version).id for version in ("v1", "v2")}
    await stage.engines.keep(stage.target, list(pinned.values()))
    stage.workload.docker("rmi", stage.workload.image("v1"))
    assert stage.workload.docker("image", "inspect", "-f", "{{.Id}}", pinned["v1"]) == pinned["v1"]
    await stage.engines.keep(stage.target, [pinned["v2"]])
    with pytest.raises(UserError, match=r"was removed from the engine|No version of this service"):
        await stage.plan_unseen(pinned["v1"])


@pytest.fixture
def silent_engine() -> Iterator[str]:
    """A socket that accepts and never says a word."""
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = Path(folder) / "s"
        listener.bind(str(path))
        listener.listen(64)
        yield f"unix://{path}"


@pytest.fixture
async def two_engines(stage: Stage, silent_engine: str) -> AsyncIterator[tuple[DockerEngines, Target, Target]]:
    addresses = [EngineAddress("default", stage.workload.host), EngineAddress("dead", silent_engine)]
    engines = DockerEngines(addresses, limit=1.0)
    dead = Target(Environment("staging", "Staging", engine="dead"), stage.target.service, "dead", "web")
    yield engines, stage.target, dead
    await engines.close()


async def test_a_dead_engine_delays_nobody_else(two_engines: tuple[DockerEngines, Target, Target]) -> None:
    engines, alive, dead = two_engines
    hanging = [asyncio.create_task(engines.running(dead)) for _ in range(30)]
    await asyncio.sleep(0)
    began = time.monotonic()
    assert (await engines.running(alive)).version == "v2"
    assert time.monotonic() - began < 1.5
    for answer in await asyncio.gather(*hanging, return_exceptions=True):
        assert isinstance(answer, UserError)
        assert isinstance(answer, Retryable)
        assert "does not answer" in str(answer)
    lights = [each.light for each in await engines.status([alive, dead])]
    assert lights == [Light.GREEN, Light.UNKNOWN]
    assert [each.service for each in await engines.observe([dead, alive])] == ["ecotrajet"]
    assert await engines.repair([dead]) == []


async def test_a_restart_takes_evidence_first_and_says_how_it_is_afterwards(stage: Stage) -> None:
    plan = await stage.restart.plan(stage.target, [], [], datetime.now(UTC))
    before = stage.workload.inspect(stage.target.container)
    notes = Notes()
    outcome = await stage.restart.run(stage.target, plan, notes)
    after = stage.workload.inspect(stage.target.container)
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert notes.steps == [Step.EVIDENCE, Step.RESTART, Step.GATE]
    assert after["Id"] == before["Id"]
    assert after["State"]["StartedAt"] > before["State"]["StartedAt"]
    with pytest.raises(UserError, match="What does “v1” mean"):
        await stage.restart.plan(stage.target, ["v1"], [], datetime.now(UTC))


async def test_well_before_a_restart_and_ill_after_it_is_a_failure(stage: Stage) -> None:
    plan = await stage.restart.plan(stage.target, [], [], datetime.now(UTC))
    stage.workload.docker("exec", stage.target.container, "rm", "/app/www/health")
    outcome = await stage.restart.run(stage.target, plan, Notes())
    assert outcome.result is Result.FAILED
    assert "was well before its restart and is not any more: unhealthy" in str(outcome.phrase)
    assert len(outcome.evidence) == 2


async def test_an_interrupted_restart_is_ended(stage: Stage) -> None:
    stage.workload.deploy("prod", "v2", "--stop-timeout", "1")
    stage.workload.wait_healthy("prod")
    plan = await stage.restart.plan(stage.target, [], [], datetime.now(UTC))
    untouched = await stage.restart.repair(stage.target, plan, Notes())
    assert untouched.result is Result.CANCELLED
    stage.workload.docker("stop", stage.target.container)
    ended = await stage.restart.repair(stage.target, plan, Notes())
    assert ended.result is Result.SUCCEEDED, ended.phrase
    assert stage.running_version() == "v2"


async def test_an_engine_that_is_not_the_plans_is_left_alone(stage: Stage) -> None:
    plan = await stage.plan_back_to("v1")
    other = type(plan).from_json(plan.to_json().replace(plan.engine_id, "SOME:OTHER:ENGINE"))
    with pytest.raises(UserError, match="Another Docker engine"):
        await stage.rollback.run(stage.target, other, Notes())
