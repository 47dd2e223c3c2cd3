"""`/ecotrajet deploy prod v3` and `/ecotrajet promote`, on a real engine; a registry on loopback."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from bot.errors import UserError
from bot.runbook import Action, Plan, Result, Step
from bot.sandbox.workload import LABEL, Workload
from bot.target import EngineAddress, Environment, Service, Target
from runbooks.deploy import Deploy, Promote
from runbooks.docker_engine import DockerEngines
from tests.registry import Registry, registry
from tests.runbooks.stage import Notes, Stage
from tests.runbooks.test_kills import killed

FRIDAY = datetime(2026, 11, 27, 10, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def hub() -> Iterator[Registry]:
    with registry() as made:
        yield made


@pytest.fixture
def deploy(stage: Stage) -> Deploy:
    return Deploy(stage.engines)


async def planned(stage: Stage, version: str) -> Plan:
    return await Deploy(stage.engines).plan(stage.target, [version], stage.history("v1"), datetime.now(UTC))


async def test_a_version_on_the_engine_is_put_in_place_with_evidence_first(stage: Stage, deploy: Deploy) -> None:
    plan = await planned(stage, "v1")
    assert plan.action is Action.DEPLOY
    assert (plan.image_now.version, plan.image_then.version) == ("v2", "v1")
    assert Plan.from_json(plan.to_json()) == plan
    told = " ".join(str(fact) for fact in plan.facts)
    assert plan.image_then.id in told
    assert "put there without the desk" in told
    notes = Notes()
    outcome = await deploy.run(stage.target, plan, notes)
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert notes.steps == list(plan.steps)
    assert stage.running_version() == "v1"
    assert not outcome.remarks, "nothing about Git: this is what Git holds"


@pytest.mark.parametrize("bad", ["v3-broken", "v4-crash"])
async def test_a_version_that_is_not_well_is_taken_back_by_itself(stage: Stage, deploy: Deploy, bad: str) -> None:
    outcome = await deploy.run(stage.target, await planned(stage, bad), Notes())
    assert outcome.result is Result.REVERTED, outcome.phrase
    assert stage.running_version() == "v2"
    assert bad in outcome.evidence[-1].log_tail


async def test_what_is_nowhere_or_runs_already_is_refused(stage: Stage) -> None:
    with pytest.raises(UserError, match=r"Neither the engine nor a registry has “v9”.*Seen here so far: v2, v1"):
        await planned(stage, "v9")
    with pytest.raises(UserError, match="already runs v2"):
        await planned(stage, "v2")
    with pytest.raises(UserError, match="Which version"):
        await Deploy(stage.engines).plan(stage.target, [], stage.history("v1"), datetime.now(UTC))


async def test_an_image_of_a_registry_is_fetched_by_digest_and_gets_its_tag(
    make_workload: Callable[..., Workload], hub: Registry
) -> None:
    stage = from_hub(make_workload, hub)
    digest = hub.put(stage.workload.host, stage.workload.image("v1"), "v1")
    stage.workload.docker("rmi", "-f", stage.workload.image("v1"))
    plan = await Deploy(stage.engines).plan(stage.target, ["v1"], [], datetime.now(UTC))
    assert plan.pull == f"{hub.name}@{digest}"
    assert plan.image_then.id == ""
    assert digest in str(plan.facts[0])
    assert f"v1 ({digest[7:19]})" == plan.image_then.name
    notes = Notes()
    outcome = await Deploy(stage.engines).run(stage.target, plan, notes)
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert any(told.startswith("Fetching the image: 1 of 1 layers") for told in notes.told), notes.told
    assert stage.running_version() == "v1"
    assert stage.workload.inspect(stage.target.container)["Config"]["Image"] == f"{hub.name}:v1"
    await stage.engines.close()
    stage.workload.docker("rmi", "-f", f"{hub.name}:v1", f"{hub.name}:v2")


async def test_called_off_or_too_slow_while_the_image_is_being_fetched_nothing_was_touched(
    make_workload: Callable[..., Workload], hub: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = from_hub(make_workload, hub)
    hub.put(stage.workload.host, stage.workload.image("v1"), "v1")
    stage.workload.docker("rmi", "-f", stage.workload.image("v1"))
    plan = await Deploy(stage.engines).plan(stage.target, ["v1"], [], datetime.now(UTC))
    hub.stuck = threading.Event()
    with monkeypatch.context() as impatient:
        impatient.setattr("runbooks.docker_engine.pull.LONGEST", 0.5)
        with pytest.raises(UserError, match="within 0 min, so I gave it up"):
            await Deploy(stage.engines).run(stage.target, plan, Notes())
    outcome = await Deploy(stage.engines).run(stage.target, plan, Notes(cancel_after=Step.PIN))
    hub.stuck.set()
    assert outcome.result is Result.CANCELLED, outcome.phrase
    assert stage.names() == [stage.target.container]
    await stage.engines.close()


async def test_a_tag_moved_in_the_registry_after_the_plan_changes_nothing_of_it(
    make_workload: Callable[..., Workload], hub: Registry
) -> None:
    stage = from_hub(make_workload, hub)
    hub.put(stage.workload.host, stage.workload.image("v1"), "next")
    stage.workload.docker("rmi", "-f", stage.workload.image("v1"))
    plan = await Deploy(stage.engines).plan(stage.target, ["next"], [], datetime.now(UTC))
    hub.put(stage.workload.host, stage.workload.image("v3-broken"), "next")
    outcome = await Deploy(stage.engines).run(stage.target, plan, Notes())
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert stage.running_version() == "v1"
    hub.blobs.clear()
    with pytest.raises(UserError, match="Neither the engine nor a registry"):
        await Deploy(stage.engines).plan(stage.target, ["other"], [], datetime.now(UTC))
    await stage.engines.close()
    stage.workload.docker("rmi", "-f", f"{hub.name}:next", f"{hub.name}:v2")


def from_hub(make_workload: Callable[..., Workload], hub: Registry) -> Stage:
    """v2 runs, and says that it came from the registry."""
    workload = make_workload(versions=("v1", "v2", "v3-broken"), environments=())
    name = workload.container("prod")
    workload.docker("tag", workload.image("v2"), f"{hub.name}:v2")
    workload.docker(
        "run", "-d", "--name", name, "--label", f"{LABEL}={workload.prefix}", "--stop-timeout", "1", f"{hub.name}:v2"
    )
    workload.wait_healthy("prod")
    return Stage.of(workload)


@pytest.mark.parametrize(("step", "result", "runs"), [("stop", "reverted", "v2"), ("start", "succeeded", "v1")])
async def test_killed_in_the_middle_of_a_deployment_it_is_repaired(
    stage: Stage, deploy: Deploy, step: str, result: str, runs: str
) -> None:
    plan = await planned(stage, "v1")
    await killed(stage, "run", step, plan)
    outcome = await deploy.repair(stage.target, plan, Notes())
    assert outcome.result == result, outcome.phrase
    assert "rollback" not in str(outcome.phrase)
    assert stage.running_version() == runs


async def test_staging_s_very_image_is_promoted_and_the_day_is_told(make_workload: Callable[..., Workload]) -> None:
    workload = make_workload(versions=("v1", "v2"), environments=("prod", "staging"))
    workload.deploy("staging", "v1")
    workload.wait_healthy("staging")
    engines = DockerEngines([EngineAddress("default", workload.host)])
    service = Service("ecotrajet", {name: workload.container(name) for name in ("prod", "staging")})
    prod, staging = (Target(Environment(n, n), service, "default", service.containers[n]) for n in ("prod", "staging"))
    promote = Promote(engines, lambda _: staging, UTC)
    plan = await promote.plan(prod, [], [], MONDAY)
    assert any("leaves on Friday: this is an extra one" in str(each) for each in plan.warnings)
    assert not any("Friday" in str(each) for each in (await promote.plan(prod, [], [], FRIDAY)).warnings)
    outcome = await promote.run(prod, plan, Notes())
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    images = {workload.inspect(workload.container(name))["Image"] for name in ("prod", "staging")}
    assert len(images) == 1
    with pytest.raises(UserError, match="already runs v1"):
        await promote.plan(prod, [], [], MONDAY)
    await engines.close()
