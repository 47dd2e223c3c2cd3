"""`/ecotrajet rollback prod`, on a real engine."""

import asyncio
import urllib.request
from datetime import UTC, datetime

import pytest
from docker.errors import APIError

from bot.deployment import record
from bot.errors import UserError
from bot.runbook import ChangeKind, Plan, Result, Step
from tests.runbooks.stage import Notes, Stage


def served(stage: Stage) -> str:
    with urllib.request.urlopen(stage.workload.url("prod") + "/version", timeout=5) as page:
        return str(page.read().decode())


async def test_the_last_good_version_comes_back_and_nothing_is_left_over(stage: Stage) -> None:
    before = stage.workload.inspect(stage.target.container)
    plan = await stage.rollback.plan(stage.target, [], stage.history("v1"), datetime.now(UTC))
    assert (plan.image_now.version, plan.image_then.version) == ("v2", "v1")
    assert Plan.from_json(plan.to_json()) == plan
    notes = Notes()

    outcome = await stage.rollback.run(stage.target, plan, notes)

    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert stage.running_version() == "v1"
    assert served(stage) == "v1"
    after = stage.workload.inspect(stage.target.container)
    assert after["HostConfig"]["RestartPolicy"] == before["HostConfig"]["RestartPolicy"]
    assert after["HostConfig"]["PortBindings"] == before["HostConfig"]["PortBindings"]
    assert notes.steps == list(plan.steps)
    assert "v2" in notes.seen[0].log_tail
    assert outcome.downtime is not None
    assert outcome.downtime < 10
    assert any("Git still holds v2" in str(remark) for remark in outcome.remarks)


async def test_the_plan_tells_what_changes_by_name_only(stage: Stage) -> None:
    plan = await stage.plan_back_to("v1")
    assert {(each.kind, each.name) for each in plan.changes} >= {
        (ChangeKind.IMAGE, "image"),
        (ChangeKind.ENV, "APP_RELEASE"),
    }
    assert plan.asks is None
    assert plan.warnings == ()
    assert plan.was_healthy


@pytest.mark.parametrize(("bad", "why"), [("v3-broken", "unhealthy"), ("v4-crash", "exit code 1")])
async def test_a_version_that_is_not_well_is_taken_back_by_itself(stage: Stage, bad: str, why: str) -> None:
    before = stage.workload.inspect(stage.target.container)
    outcome = await stage.roll_back_to(bad)
    assert outcome.result is Result.REVERTED, outcome.phrase
    assert why in str(outcome.phrase)
    assert stage.running_version() == "v2"
    after = stage.workload.inspect(stage.target.container)
    assert after["Id"] == before["Id"]
    assert after["HostConfig"]["RestartPolicy"] == before["HostConfig"]["RestartPolicy"]
    assert served(stage) == "v2"
    assert bad in outcome.evidence[-1].log_tail


async def test_a_broken_deployment_is_rolled_back_although_it_is_ill(stage: Stage) -> None:
    stage.workload.deploy("prod", "v4-crash")
    plan = await stage.rollback.plan(stage.target, ["v1"], stage.history("v1"), datetime.now(UTC))
    assert not plan.was_healthy
    outcome = await stage.rollback.run(stage.target, plan, Notes())
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert stage.running_version() == "v1"


async def test_a_plan_is_refused_once_the_world_has_changed(stage: Stage) -> None:
    plan = await stage.plan_back_to("v1")
    stage.workload.docker("stop", "-t", "1", stage.target.container)
    with pytest.raises(UserError, match="was stopped since the plan"):
        await stage.rollback.run(stage.target, plan, Notes())
    assert any("not running now: this starts it" in str(each) for each in (await stage.plan_back_to("v1")).warnings)
    stage.workload.deploy("prod", "v2")
    with pytest.raises(UserError, match="has changed since the plan"):
        await stage.rollback.run(stage.target, plan, Notes())
    assert stage.running_version() == "v2"


async def test_of_two_runs_at_once_one_is_refused(stage: Stage) -> None:
    plan = await stage.plan_back_to("v1")
    elsewhere = Stage.of(stage.workload)  # as another desk: nothing shared but the engine
    results = await asyncio.gather(
        stage.rollback.run(stage.target, plan, Notes()),
        elsewhere.rollback.run(stage.target, plan, Notes()),
        return_exceptions=True,
    )
    await elsewhere.engines.close()
    refused = [each for each in results if isinstance(each, UserError)]
    assert len(refused) == 1, results
    assert stage.running_version() == "v1"


async def test_called_off_before_the_stop_or_on_a_full_disk_nothing_was_touched(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stage.workload.inspect(stage.target.container)["State"]["StartedAt"]
    outcome = await stage.roll_back_to("v1", Notes(cancel_after=Step.CONNECT))
    assert outcome.result is Result.CANCELLED
    assert stage.running_version() == "v2"

    def full(*_: object) -> None:
        raise APIError("500", explanation="write /var/lib/docker/x/.tmp-config.v2.json3: no space left on device")

    monkeypatch.setattr("runbooks.docker_engine.raw.set_policy", full)  # the engine's first write of its settings
    monkeypatch.setattr("runbooks.docker_engine.hands.BETWEEN_FALLS", 0.0)
    restart = await stage.restart.plan(stage.target, [], [], datetime.now(UTC))
    for refused in (stage.restart.run(stage.target, restart, Notes()), stage.roll_back_to("v1")):
        with pytest.raises(UserError, match=r"disk of the Docker host is full.*Nothing was touched"):
            await refused
    assert stage.running_version() == "v2"
    assert stage.workload.inspect(stage.target.container)["State"]["StartedAt"] == before


async def test_what_cannot_be_done_is_told_with_what_to_do(stage: Stage) -> None:
    now = datetime.now(UTC)
    with pytest.raises(UserError, match="already runs v2"):
        await stage.rollback.plan(stage.target, ["v2"], stage.history("v1"), now)
    with pytest.raises(UserError, match=r"no earlier version.*On the engine there are: .*v1"):
        await stage.rollback.plan(stage.target, [], stage.history(), now)
    with pytest.raises(UserError, match=r"never seen version “v9”.*Seen so far: v2, v1"):
        await stage.rollback.plan(stage.target, ["v9"], stage.history("v1"), now)
    history = stage.history("v1")
    stage.workload.docker("rmi", "-f", stage.workload.image("v1"))
    with pytest.raises(UserError, match="was removed from the engine"):
        await stage.rollback.plan(stage.target, [], history, now)


async def test_an_image_pruned_after_the_plan_is_noticed_before_anything_is_touched(stage: Stage) -> None:
    plan = await stage.plan_back_to("v1")
    stage.workload.docker("rmi", "-f", stage.workload.image("v1"))
    with pytest.raises(UserError, match="was removed from the engine"):
        await stage.rollback.run(stage.target, plan, Notes())
    assert stage.running_version() == "v2"


async def test_a_container_that_would_vanish_or_take_others_along_is_refused(stage: Stage) -> None:
    plan = await stage.plan_back_to("v1")
    sidecar = f"{stage.workload.prefix}-sidecar"
    label = f"ecotrajet.sandbox={stage.workload.prefix}"
    network = f"container:{stage.target.container}"
    stage.workload.docker(
        *("run", "-d", "--name", sidecar, "--label", label, "--network", network, "--no-healthcheck"),
        *(stage.workload.image("v1"), "sleep", "600"),
    )
    with pytest.raises(UserError, match=f"{sidecar} lives inside"):
        await stage.plan_back_to("v1")
    with pytest.raises(UserError, match=f"{sidecar} lives inside"):  # it came after the plan
        await stage.rollback.run(stage.target, plan, Notes())
    restart = await stage.restart.plan(stage.target, [], [], datetime.now(UTC))
    assert any(f"{sidecar} lives inside" in str(each) for each in restart.warnings)
    stage.workload.docker("rm", "-f", sidecar)
    stage.workload.docker("rm", "-f", stage.target.container)
    stage.workload.docker(
        *("run", "-d", "--rm", "--name", stage.target.container, "--label", label, stage.workload.image("v2"))
    )
    with pytest.raises(UserError, match="--rm"):
        await stage.plan_back_to("v1")


async def test_observation_feeds_the_history_from_which_one_goes_back(stage: Stage) -> None:
    seen = (await stage.engines.observe([stage.target]))[0]
    assert (seen.version, seen.healthy) == ("v2", True)
    first = record(None, seen)
    stage.workload.deploy("prod", "v3-broken")
    second = record(first, (await stage.engines.observe([stage.target]))[0])
    assert (second.version, second.healthy_since) == ("v3-broken", None)
