"""A service taken away and brought back, and images that go, on a real engine."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import UserError
from bot.runbook import Plan, Result, Step
from runbooks.prune import Prune
from runbooks.stop import Start, Stop
from tests.runbooks.stage import Notes, Stage


async def test_it_is_stopped_with_its_evidence_kept_and_comes_back_as_it_was(stage: Stage) -> None:
    before = stage.workload.inspect(stage.target.container)
    stop, start, now = Stop(stage.engines), Start(stage.engines), datetime.now(UTC)
    with pytest.raises(UserError, match="is running already"):
        await start.plan(stage.target, [], [], now)
    notes = Notes()
    outcome = await stop.run(stage.target, await stop.plan(stage.target, [], [], now), notes)
    assert (outcome.result, outcome.healthy) == (Result.SUCCEEDED, False)
    assert "ÉcoTrajet v2" in notes.seen[0].log_tail
    down = stage.workload.inspect(stage.target.container)
    assert (down["Id"], down["State"]["Status"]) == (before["Id"], "exited")
    assert down["HostConfig"]["RestartPolicy"] == before["HostConfig"]["RestartPolicy"]
    with pytest.raises(UserError, match="nothing to stop"):
        await stop.plan(stage.target, [], [], now)

    outcome = await start.run(stage.target, await start.plan(stage.target, [], [], now), Notes())
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert stage.workload.inspect(stage.target.container)["Id"] == before["Id"]
    assert stage.running_version() == "v2"


async def test_a_paused_one_is_woken_by_a_start_and_by_nothing_else(stage: Stage) -> None:
    start, now = Start(stage.engines), datetime.now(UTC)
    plan = await stage.plan_back_to("v1")
    stage.workload.docker("pause", stage.target.container)
    for refused in (stage.restart.plan(stage.target, [], [], now), stage.rollback.run(stage.target, plan, Notes())):
        with pytest.raises(UserError, match="is paused: wake it first, by `/ecotrajet start prod ecotrajet`"):
            await refused
    seen = (await stage.engines.status([stage.target]))[0]
    assert str(seen.problem) == "somebody paused it: `/ecotrajet start` wakes it"
    outcome = await start.run(stage.target, await start.plan(stage.target, [], [], now), Notes())
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert stage.running_version() == "v2"


async def test_a_stop_that_was_interrupted_is_told_as_what_became_of_it(stage: Stage) -> None:
    stage.workload.deploy("prod", "v2", "--stop-timeout", "1")  # a repair waits that long for a stop under way
    stop = Stop(stage.engines)
    plan = await stop.plan(stage.target, [], [], datetime.now(UTC))
    untouched = await stop.repair(stage.target, plan, Notes())
    assert (untouched.result, stage.running_version()) == (Result.CANCELLED, "v2")
    stage.workload.docker("stop", "-t", "1", stage.target.container)
    assert (await stop.repair(stage.target, plan, Notes())).result is Result.SUCCEEDED
    stage.workload.docker("rm", "-f", stage.target.container)
    assert (await stop.repair(stage.target, plan, Notes())).result is Result.FAILED


async def test_what_is_started_and_does_not_get_well_is_said_with_its_log(stage: Stage) -> None:
    stage.workload.deploy("prod", "v4-crash", "--restart", "no")
    stage.workload.docker("wait", stage.target.container)
    start = Start(stage.engines)
    plan = await start.plan(stage.target, [], [], datetime.now(UTC))
    notes = Notes()
    outcome = await start.run(stage.target, plan, notes)
    assert outcome.result is Result.FAILED
    assert "exit code 1" in str(outcome.phrase)
    assert "cannot reach the database" in notes.seen[-1].log_tail
    stage.workload.docker("rmi", "-f", stage.image("v4-crash").id)  # pruned: it may be started all the same
    assert (await start.plan(stage.target, [], [], datetime.now(UTC))).image_now.id == plan.image_now.id


def nameless(stage: Stage, mark: str) -> str:
    """An image that lost its name to a newer one."""
    tag = f"gone-{mark}"
    made = stage.workload.make_image(tag, changes=[f"LABEL mark={mark}"])
    stage.workload.make_image(tag, changes=["LABEL mark=newer"])
    return made


def only(plan: Plan, mine: list[str]) -> Plan:
    """Others' tests have images on this engine as well."""
    return replace(plan, subjects=tuple(each for each in plan.subjects if each in mine))


async def test_only_images_without_a_name_that_nothing_uses_go_and_never_a_volume(stage: Stage) -> None:
    prune, now = Prune(stage.engines), datetime.now(UTC)
    loose, named_since, used, remembered = (nameless(stage, mark) for mark in ("loose", "named", "used", "history"))
    holder = f"{stage.workload.prefix}-holder"
    label = f"ecotrajet.sandbox={stage.workload.prefix}"
    stage.workload.docker("create", "--name", holder, "--label", label, "-v", "/data", used)
    volume = stage.workload.inspect(holder)["Mounts"][0]["Name"]
    history = [replace(stage.history("v1")[0], image_id=remembered)]

    plan = only(await prune.plan(stage.target, [], history, now), [loose, named_since, used, remembered])
    assert set(plan.subjects) == {loose, named_since}
    stage.workload.docker("tag", named_since, stage.workload.image("kept"))
    notes = Notes()
    outcome = await prune.run(stage.target, plan, notes)

    assert (outcome.result, notes.steps) == (Result.SUCCEEDED, [Step.PRUNE])
    assert str(outcome.phrase) == "1 images removed; 1 were in use or gone by then."
    left = stage.workload.docker("image", "ls", "-aq", "--no-trunc").split()
    assert loose not in left
    assert {named_since, used, remembered} <= set(left)
    assert stage.workload.docker("volume", "inspect", "-f", "{{.Name}}", volume) == volume
    assert stage.workload.inspect(holder)["Image"] == used
    again = await prune.repair(stage.target, plan, Notes())
    assert str(again.phrase).startswith("0 images removed")
    stage.workload.docker("rm", "-f", "-v", holder)
    stage.workload.docker("rmi", "-f", used, remembered)


async def test_a_stop_timeout_of_zero_means_by_force_at_once(stage: Stage) -> None:
    stage.workload.make_image("v5-stubborn")
    stage.workload.deploy("prod", "v5-stubborn", "--stop-timeout", "0")
    stop, began = Stop(stage.engines), time.monotonic()
    outcome = await stop.run(stage.target, await stop.plan(stage.target, [], [], datetime.now(UTC)), Notes())
    assert outcome.result is Result.SUCCEEDED
    assert stage.workload.inspect(stage.target.container)["State"]["ExitCode"] == 137
    assert time.monotonic() - began < 5, "Docker's own 10 s were given"
