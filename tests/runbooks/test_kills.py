"""A rollback killed (-9) before any of its steps, and a repair killed as well: the service is there afterwards.

The table is that of docker.md section 3. After each: exactly one container, under its plain name, healthy, with its
restart policy, its volumes and their contents; and a second repair finds nothing to do.
"""

import asyncio
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.runbook import Plan, Result, Step
from bot.sandbox.workload import Workload
from tests.runbooks.stage import Notes, Stage

THE_END = "the end"
SENTINEL = "/data/sentinel"
pytestmark = pytest.mark.timeout(120)


def slow(*case: object) -> object:
    return pytest.param(*case, marks=pytest.mark.prove)


# killed before, on the way to, what runs after the repair
ONE_KILL = [
    slow(Step.EVIDENCE, "v1", "v2"),
    slow(Step.PIN, "v1", "v2"),
    slow(Step.CREATE, "v1", "v2"),
    slow(Step.CONNECT, "v1", "v2"),
    slow(Step.NO_RESTART, "v1", "v2"),
    (Step.STOP, "v1", "v2"),
    slow(Step.RENAME_OLD, "v1", "v2"),
    (Step.RENAME_NEW, "v1", "v2"),
    (Step.START, "v1", "v1"),
    slow(Step.GATE, "v1", "v1"),
    (Step.COMMIT, "v1", "v1"),
    slow(Step.REMOVE_OLD, "v1", "v1"),
    slow(THE_END, "v1", "v1"),
    slow(Step.R_RENAME_NEW, "v3-broken", "v2"),
    (Step.R_STOP_NEW, "v3-broken", "v2"),
    slow(Step.R_RENAME_OLD, "v3-broken", "v2"),
    slow(Step.R_POLICY, "v3-broken", "v2"),
    slow(Step.R_START_OLD, "v3-broken", "v2"),
    slow(Step.R_GATE, "v3-broken", "v2"),
    slow(Step.R_REMOVE_NEW, "v3-broken", "v2"),
    slow(THE_END, "v3-broken", "v2"),
    slow(Step.GATE, "v4-crash", "v2"),
    slow(Step.R_STOP_NEW, "v4-crash", "v2"),
]
# killed before, the repair killed before, on the way to, what runs after the second repair
TWO_KILLS = [
    (Step.START, Step.COMMIT, "v1", "v1"),
    slow(Step.GATE, Step.REMOVE_OLD, "v1", "v1"),
    slow(Step.RENAME_OLD, Step.R_START_OLD, "v1", "v2"),
    slow(Step.RENAME_OLD, Step.UNDO, "v1", "v2"),
    slow(Step.STOP, Step.UNDO, "v1", "v2"),
    slow(Step.RENAME_NEW, Step.R_RENAME_NEW, "v3-broken", "v2"),
    slow(Step.RENAME_NEW, Step.R_POLICY, "v1", "v2"),
    slow(Step.R_STOP_NEW, Step.R_RENAME_OLD, "v3-broken", "v2"),
    slow(Step.R_RENAME_OLD, Step.R_START_OLD, "v3-broken", "v2"),
    slow(Step.R_POLICY, Step.R_GATE, "v3-broken", "v2"),
    slow(Step.R_GATE, Step.R_REMOVE_NEW, "v3-broken", "v2"),
]


# seconds from the first step to the kill, on the way to, what may run after the repair
DRAWN = random.Random(20261126)
DRAWS = [
    *((DRAWN.uniform(0.0, 1.0), "v1", ("v1", "v2")) for _ in range(10)),
    *((DRAWN.uniform(0.0, 2.5), "v3-broken", ("v2",)) for _ in range(8)),
]
INSTANTS = [DRAWS[0], *(slow(*draw) for draw in DRAWS[1:])]


@pytest.fixture
def workload(make_workload: Callable[..., Workload]) -> Workload:
    """With an anonymous volume that holds something, and a short stop timeout (a repair waits it out)."""
    workload = make_workload(versions=("v1", "v2", "v3-broken", "v4-crash"), environments=())
    workload.deploy("prod", "v2", "--stop-timeout", "1", "-v", "/data")
    workload.docker("exec", workload.container("prod"), "sh", "-c", f"echo kept > {SENTINEL}")
    workload.wait_healthy("prod")
    return workload


async def killed(stage: Stage, what: str, step: str, plan: Plan) -> None:
    arguments = ("-m", "tests.runbooks.killed", what, stage.workload.host, stage.workload.prefix, step)
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(child.communicate(plan.to_json().encode()), 60)
    assert child.returncode == -9, f"it was never killed: {said.decode()}"


async def all_is_well(stage: Stage, version: str) -> None:
    assert await stage.engines.repair([stage.target]) == [], "a second repair had something to do"
    assert stage.running_version() == version
    stage.workload.wait_healthy("prod", 10)
    container = stage.target.container
    assert stage.workload.docker("exec", container, "cat", SENTINEL) == "kept"
    seen = stage.workload.inspect(container)
    assert seen["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"
    assert not seen["State"]["Restarting"]


@pytest.mark.parametrize(("step", "to", "runs"), ONE_KILL)
async def test_killed_before_any_step_it_is_repaired(stage: Stage, step: str, to: str, runs: str) -> None:
    plan = await stage.plan_back_to(to)
    await killed(stage, "run", step, plan)
    repaired = await stage.engines.repair([stage.target])
    assert all(each.result is not Result.FAILED for each in repaired), repaired
    assert all(each.fingerprint in (plan.fingerprint(), "") for each in repaired)
    await all_is_well(stage, runs)


@pytest.mark.parametrize(("instant", "to", "may_run"), INSTANTS)
async def test_killed_at_any_instant_it_is_repaired(
    stage: Stage, instant: float, to: str, may_run: tuple[str, ...]
) -> None:
    """Also in the middle of a step, with a request on its way to the engine."""
    plan = await stage.plan_back_to(to)
    await killed(stage, "run", f"after:{instant:.3f}", plan)
    outcome = await stage.rollback.repair(stage.target, plan, Notes())
    assert outcome.result is not Result.FAILED, outcome.phrase
    version = stage.running_version()
    assert version in may_run
    await all_is_well(stage, version)


@pytest.mark.parametrize(("step", "again", "to", "runs"), TWO_KILLS)
async def test_a_repair_may_be_killed_too(stage: Stage, step: str, again: str, to: str, runs: str) -> None:
    plan = await stage.plan_back_to(to)
    await killed(stage, "run", step, plan)
    await killed(stage, "repair", again, plan)
    repaired = await stage.engines.repair([stage.target])
    assert all(each.result is not Result.FAILED for each in repaired), repaired
    await all_is_well(stage, runs)


@pytest.mark.parametrize(
    ("step", "to", "result"),
    [
        (Step.CREATE, "v1", Result.REVERTED),
        slow(Step.START, "v1", Result.SUCCEEDED),
        slow(THE_END, "v1", Result.SUCCEEDED),
        slow(Step.R_RENAME_OLD, "v3-broken", Result.REVERTED),
        slow(THE_END, "v3-broken", Result.REVERTED),
    ],
)
async def test_the_run_itself_learns_how_it_ended(stage: Stage, step: str, to: str, result: Result) -> None:
    plan = await stage.plan_back_to(to)
    await killed(stage, "run", step, plan)
    outcome = await stage.rollback.repair(stage.target, plan, Notes())
    assert outcome.result is result, outcome.phrase
    assert outcome.healthy
    assert outcome.image is not None
    assert outcome.image.id == (plan.image_then.id if result is Result.SUCCEEDED else plan.image_now.id)


async def test_a_stop_still_on_its_way_when_the_process_died_is_waited_for(stage: Stage) -> None:
    """The engine goes on with a stop whose client was killed: repaired too early, the service dies afterwards."""
    stage.workload.make_image("v5-stubborn")
    stage.workload.deploy("prod", "v5-stubborn", "--stop-timeout", "2", "-v", "/data")
    stage.workload.docker("exec", stage.target.container, "sh", "-c", f"echo kept > {SENTINEL}")
    stage.workload.wait_healthy("prod")
    plan = await stage.rollback.plan(stage.target, ["v1"], stage.history("v1"), datetime.now(UTC))
    arguments = ("-m", "tests.runbooks.killed", "run", stage.workload.host, stage.workload.prefix, "nowhere")
    child = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=asyncio.subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(plan.to_json().encode())
    child.stdin.close()
    await policy_taken_away(stage)
    await asyncio.sleep(0.3)  # the request itself has left: there is nothing to be seen of it on the engine
    child.kill()
    await child.wait()
    assert stage.workload.inspect(stage.target.container)["State"]["Running"], "the stop was over before the kill"

    repaired = await stage.engines.repair([stage.target])

    assert [each.result for each in repaired] == [Result.REVERTED]
    await asyncio.sleep(2)  # where a repair that did not wait would be found out
    await all_is_well(stage, "v5-stubborn")


async def policy_taken_away(stage: Stage) -> None:
    """The step before the stop has been done."""
    for _ in range(400):
        if stage.workload.inspect(stage.target.container)["HostConfig"]["RestartPolicy"]["Name"] == "no":
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the run never came to its stop")
