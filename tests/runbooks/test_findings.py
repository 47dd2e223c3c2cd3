"""One round of looks at containers that are really sick, and what it is judged to be."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.runbook.diagnosis import Case, Verdict, judge
from bot.runbook.looks import Findings
from bot.sandbox.workload import WorkloadError
from bot.target import Target
from tests.runbooks.stage import SECRET, Stage


@pytest.fixture
def stage(shared: Stage) -> Stage:
    return shared


async def judged(stage: Stage, target: Target, state: str = "", says: str = "") -> tuple[Findings, Verdict]:
    """Once it is in that state, and the verdict says so: figures of a container that has just begun are low."""
    deadline = time.monotonic() + 10
    while True:
        found = await stage.engines.looks.findings(target)
        if state in ("", found.evidence.state, found.evidence.health):
            verdict = judge(Case(found, None, "prod", "ecotrajet", datetime.now(UTC)))
            if says in str(verdict.cause):
                return found, verdict
        assert time.monotonic() < deadline, found


async def test_one_that_ate_all_its_memory(stage: Stage) -> None:
    # One process alone: of several the kernel may choose one whose end the container survives.
    eats = ("busybox", "awk", 'BEGIN { x = "x"; while (1) x = x x }')
    target = stage.another("--memory", "12m", "--memory-swap", "12m", command=eats)
    found, said = await judged(stage, target, "exited")
    assert found.evidence.exit_code == 137
    assert "for want of memory" in str(said.cause)  # also when the engine has missed why, as it does now and then


async def test_what_is_kept_holds_the_last_two_hundred_lines_of_the_log(stage: Stage) -> None:
    counts = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i; done; exit 3"
    target = stage.another(command=("sh", "-c", counts))
    found, _ = await judged(stage, target, "exited")
    kept = found.evidence.log_tail.splitlines()
    assert (len(kept), kept[0].endswith("line 101"), kept[-1].endswith("line 300")) == (200, True, True)
    assert found.evidence.exit_code == 3


async def test_one_that_crashes_again_and_again_with_its_log(stage: Stage) -> None:
    target = stage.another("--restart", "always", version="v4-crash")
    found, said = await judged(stage, target, "restarting")
    assert "cannot reach something" in str(said.cause)
    assert "connection refused" in str(said.cause)
    assert found.evidence.exit_code == 1
    stage.workload.docker("rm", "-f", target.container)


async def test_one_whose_healthcheck_says_why(stage: Stage) -> None:
    target = stage.another("--health-cmd", f"echo no key {SECRET}; false", "--health-interval", "200ms",
                   "--health-retries", "1")  # fmt: skip
    found, said = await judged(stage, target, "unhealthy")
    assert "“exit 1: no key [hidden]”" in str(said.cause)
    assert found.usage is not None
    assert found.usage.processes >= 2
    assert found.disks["/"] > 0
    assert SECRET not in str(found)


async def test_one_whose_port_is_taken_by_another(stage: Stage) -> None:
    first = stage.another("-p", "127.0.0.1::8080")
    port = stage.workload.docker("port", first.container, "8080").rpartition(":")[2]
    with pytest.raises(WorkloadError) as failed:
        stage.another("-p", f"127.0.0.1:{port}:8080")
    assert "already" in str(failed.value)
    listed = stage.workload.docker("ps", "-a", "--filter", "status=created", "--format", "{{.Names}}").split()
    (name,) = (each for each in listed if each.startswith(stage.workload.prefix))
    target = replace(stage.target, container=name)
    found, said = await judged(stage, target)
    assert "already" in found.error
    assert "Docker could not start" in str(said.cause)
    assert said.advice[0].command == "/ecotrajet networks prod"
    stage.workload.docker("rm", "-f", first.container, target.container)


async def test_one_whose_command_is_not_there(stage: Stage) -> None:
    with pytest.raises(WorkloadError, match="no-such-program"):
        stage.another(command=("no-such-program",))
    listed = stage.workload.docker("ps", "-a", "--filter", "status=created", "--format", "{{.Names}}").split()
    (name,) = (each for each in listed if each.startswith(stage.workload.prefix))
    target = replace(stage.target, container=name)
    _, said = await judged(stage, target)
    assert "Docker could not start" in str(said.cause)
    assert "no-such-program" in str(said.cause)
    assert said.advice[0].command == "/ecotrajet inspect prod ecotrajet"
    stage.workload.docker("rm", "-f", target.container)


async def test_one_that_somebody_stopped(stage: Stage) -> None:
    target = stage.another()
    stage.workload.docker("stop", "-t", "5", target.container)
    _, said = await judged(stage, target, "exited")
    assert "was stopped at" in str(said.cause)
    assert said.advice[0].command == "/ecotrajet start prod ecotrajet"


async def test_one_that_is_slow_because_it_computes(stage: Stage) -> None:
    target = stage.another("--cpus", "0.05", command=("sh", "-c", "while :; do :; done"))
    found, said = await judged(stage, target, says="of all the processor time")
    assert found.usage is not None
    assert said.advice[0].command == "/ecotrajet top prod ecotrajet"
    stage.workload.docker("rm", "-f", target.container)


async def test_a_disk_that_is_full_is_seen_from_inside(stage: Stage) -> None:
    target = stage.another("--tmpfs", "/data:size=1m")
    stage.workload.docker("exec", target.container, "sh", "-c", "head -c 2000000 /dev/zero > /data/x || true")
    found, said = await judged(stage, target)
    assert found.disks["/data"] == 100
    assert "The disk under /data is full" in str(said.cause)


async def test_of_several_containers_the_sick_one_is_looked_at(stage: Stage) -> None:
    prefix = stage.workload.prefix
    labels = ("--label", f"com.docker.compose.project={prefix}", "--label", "com.docker.compose.service=pair")
    stage.another(*labels)
    sick = stage.another(*labels, command=("sh", "-c", "echo EACCES: permission denied; exit 3"))
    found, said = await judged(stage, replace(stage.target, container=f"{prefix}/pair"), "exited")
    assert found.container == sick.container
    assert "may not write" in str(said.cause)
    assert (await stage.engines.looks.inspect(replace(stage.target, container=f"{prefix}/pair"))).others == 1
