"""One round of looks at containers that are really sick, and what it is judged to be."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.runbook.diagnosis import Case, Verdict, judge
from bot.runbook.looks import Findings
from bot.sandbox import workload as sandbox_workload
from bot.sandbox.engine import RunningEngine
from bot.sandbox.workload import LABEL, Workload, WorkloadError
from tests.runbooks.stage import Stage

SECRET = "s3cr3t-of-ours"


@pytest.fixture(scope="module")
def ward(engine: RunningEngine) -> Iterator[Workload]:
    """Images only; each test brings its own patient."""
    prefix = f"test-{uuid4().hex[:8]}"
    yield sandbox_workload.start(
        prefix, host=engine.host, interval="300ms", versions=("v2", "v3-broken", "v4-crash"), environments=()
    )
    sandbox_workload.stop(prefix, host=engine.host)


@pytest.fixture
async def stage(ward: Workload) -> AsyncIterator[Stage]:
    made = Stage.of(ward)
    yield made
    await made.engines.close()


def patient(stage: Stage, *options: str, command: tuple[str, ...] = (), image: str = "v2") -> str:
    name = f"{stage.workload.prefix}-{uuid4().hex[:6]}"
    mine = ("--name", name, "--label", f"{LABEL}={stage.workload.prefix}", "-e", f"DB_PASSWORD={SECRET}")
    stage.workload.docker("run", "-d", *mine, *options, stage.workload.image(image), *command)
    return name


async def judged(stage: Stage, name: str, state: str = "") -> tuple[Findings, Verdict]:
    """Once it is in that state."""
    deadline = time.monotonic() + 10
    while True:
        found = await stage.engines.looks.findings(replace(stage.target, container=name))
        if state in ("", found.evidence.state, found.evidence.health):
            return found, judge(Case(found, None, "prod", "ecotrajet", datetime.now(UTC)))
        assert time.monotonic() < deadline, found


async def test_one_that_ate_all_its_memory(stage: Stage) -> None:
    eats = "x=$(busybox dd if=/dev/zero bs=1M count=200 | busybox tr '\\0' x); echo $x | head -c 1"
    name = patient(stage, "--memory", "12m", "--memory-swap", "12m", "--no-healthcheck", command=("sh", "-c", eats))
    found, said = await judged(stage, name, "exited")
    assert found.evidence.oom_killed
    assert "for want of memory" in str(said.cause)


async def test_one_that_crashes_again_and_again_with_its_log(stage: Stage) -> None:
    name = patient(stage, "--restart", "always", "--no-healthcheck", image="v4-crash")
    found, said = await judged(stage, name, "restarting")
    assert "cannot reach something" in str(said.cause)
    assert "connection refused" in str(said.cause)
    assert found.evidence.exit_code == 1
    stage.workload.docker("rm", "-f", name)


async def test_one_whose_healthcheck_says_why(stage: Stage) -> None:
    name = patient(stage, "--health-cmd", f"echo no key {SECRET}; false", "--health-interval", "200ms",
                   "--health-retries", "1")  # fmt: skip
    found, said = await judged(stage, name, "unhealthy")
    assert "“exit 1: no key [hidden]”" in str(said.cause)
    assert found.usage is not None
    assert found.usage.processes >= 2
    assert found.disks["/"] > 0
    assert SECRET not in str(found)


async def test_one_whose_port_is_taken_by_another(stage: Stage) -> None:
    first = patient(stage, "-p", "127.0.0.1::8080")
    port = stage.workload.docker("port", first, "8080").rpartition(":")[2]
    with pytest.raises(WorkloadError) as failed:
        patient(stage, "-p", f"127.0.0.1:{port}:8080")
    assert "already" in str(failed.value)
    listed = stage.workload.docker("ps", "-a", "--filter", "status=created", "--format", "{{.Names}}").split()
    (name,) = (each for each in listed if each.startswith(stage.workload.prefix))
    found, said = await judged(stage, name)
    assert "already" in found.error
    assert "Docker could not start" in str(said.cause)
    assert said.advice[0].command == "/ecotrajet networks prod"
    stage.workload.docker("rm", "-f", first, name)


async def test_one_whose_command_is_not_there(stage: Stage) -> None:
    with pytest.raises(WorkloadError, match="no-such-program"):
        patient(stage, command=("no-such-program",))
    listed = stage.workload.docker("ps", "-a", "--filter", "status=created", "--format", "{{.Names}}").split()
    (name,) = (each for each in listed if each.startswith(stage.workload.prefix))
    _, said = await judged(stage, name)
    assert "Docker could not start" in str(said.cause)
    assert "no-such-program" in str(said.cause)
    assert said.advice[0].command == "/ecotrajet inspect prod ecotrajet"
    stage.workload.docker("rm", "-f", name)


async def test_one_that_somebody_stopped(stage: Stage) -> None:
    name = patient(stage)
    stage.workload.docker("stop", "-t", "5", name)
    _, said = await judged(stage, name, "exited")
    assert "was stopped at" in str(said.cause)
    assert said.advice[0].command == "/ecotrajet start prod ecotrajet"


async def test_one_that_is_slow_because_it_computes(stage: Stage) -> None:
    name = patient(stage, "--cpus", "0.2", "--no-healthcheck", command=("sh", "-c", "while :; do :; done"))
    found, said = await judged(stage, name)
    assert found.usage is not None
    assert "of all the processor time" in str(said.cause)
    assert said.advice[0].command == "/ecotrajet top prod ecotrajet"
    stage.workload.docker("rm", "-f", name)


async def test_a_disk_that_is_full_is_seen_from_inside(stage: Stage) -> None:
    name = patient(stage, "--tmpfs", "/data:size=1m", "--no-healthcheck")
    stage.workload.docker("exec", name, "sh", "-c", "head -c 2000000 /dev/zero > /data/x || true")
    found, said = await judged(stage, name)
    assert found.disks["/data"] == 100
    assert "The disk under /data is full" in str(said.cause)
