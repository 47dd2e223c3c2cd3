"""The same verbs on services of Docker Swarm: a real swarm of one node, tasks on a bridge network of swarm scope.

Neither the overlay network nor its virtual addresses work in every kernel that tests run on; nothing here needs them.
"""

import asyncio
import contextlib
import http.client
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.deployment import Deployment, record
from bot.errors import UserError
from bot.runbook import Light, Plan, Result, Runbook, Step
from bot.runbook.diagnosis import Case, judge
from bot.runbook.looks import Probe
from bot.sandbox.engine import RunningEngine
from bot.sandbox.workload import LABEL, PORT, Workload, WorkloadError
from bot.target import EngineAddress, Environment, Service, Target
from runbooks.deploy import Deploy
from runbooks.docker_engine import DockerEngines
from runbooks.restart import Restart
from runbooks.rollback import Rollback
from runbooks.swarm import ByKind, Scale, SwarmReplacement, SwarmRestart, SwarmStart, SwarmStop
from tests.runbooks.stage import Notes

pytestmark = pytest.mark.timeout(120)
QUICK_ENOUGH = 60.0


@pytest.fixture(scope="module")
def swarm(engine: RunningEngine) -> Iterator[RunningEngine]:
    """The engine as a swarm of its own, unless it is one already."""
    docker = Workload(engine.host).docker
    if docker("info", "-f", "{{.Swarm.LocalNodeState}}") == "active":
        yield engine
        return
    docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:0")
    yield engine
    docker("swarm", "leave", "--force")


@dataclass
class SwarmStage:
    workload: Workload
    engines: DockerEngines
    target: Target
    history: list[Deployment] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.target.swarm

    async def plan(self, runbook: Runbook, *params: str) -> Plan:
        return await runbook.plan(self.target, params, self.history, datetime.now(UTC))

    def deploy(self) -> SwarmReplacement:
        return SwarmReplacement(self.engines, Deploy(self.engines))

    def rollback(self) -> SwarmReplacement:
        return SwarmReplacement(self.engines, Rollback(self.engines, healthy_for=timedelta(0)))

    async def note_what_runs(self) -> None:
        seen = await self.engines.running(self.target)
        self.history.append(record(None, seen))

    def versions(self) -> list[str]:
        """Of its running containers, by the image's label."""
        ids = self.workload.docker("ps", "-q", "--filter", f"label=com.docker.swarm.service.name={self.name}").split()
        shown = json.loads(self.workload.docker("inspect", *ids)) if ids else []
        return sorted(each["Config"]["Labels"]["org.opencontainers.image.version"] for each in shown)

    def addresses(self) -> list[str]:
        ids = self.workload.docker("ps", "-q", "--filter", f"label=com.docker.swarm.service.name={self.name}").split()
        form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return self.workload.docker("inspect", "-f", form, *ids).split() if ids else []

    async def settled(self, replicas: int) -> None:
        deadline = time.monotonic() + QUICK_ENOUGH
        while (await self.engines.status([self.target]))[0].light is not Light.GREEN or len(
            self.versions()
        ) != replicas:
            assert time.monotonic() < deadline, await self.engines.status([self.target])
            await asyncio.sleep(0.2)


@pytest.fixture
async def stage(swarm: RunningEngine, make_workload: Callable[..., Workload]) -> AsyncIterator[SwarmStage]:
    """`v2` as two tasks."""
    workload = make_workload(versions=("v1", "v2", "v3-broken"), environments=())
    name, network = f"{workload.prefix}_web", f"{workload.prefix}-swarm"
    mine = ("--label", f"{LABEL}={workload.prefix}")
    workload.docker("network", "create", "-d", "bridge", "--scope", "swarm", network)
    workload.docker(
        *("service", "create", "-d", "--name", name, *mine, "--replicas", "2", "--network", network),
        *("--endpoint-mode", "dnsrr", "--stop-grace-period", "1s", "--restart-delay", "0s"),
        *("--env", "DATABASE_PASSWORD=hunter2-hunter2", workload.image("v2")),
    )
    engines = DockerEngines([EngineAddress("default", workload.host)])
    service = Service("web", {"prod": f"swarm:{name}"})
    target = Target(Environment("prod", "prod", protected=True), service, "default", f"swarm:{name}")
    made = SwarmStage(workload, engines, target)
    await made.settled(2)
    yield made
    await engines.close()
    workload.docker("service", "rm", name)
    await gone(workload, name, network)


async def gone(workload: Workload, name: str, network: str) -> None:
    """Its containers hold the images, and the swarm its network, some seconds longer."""
    deadline = time.monotonic() + QUICK_ENOUGH
    while True:
        ids = workload.docker("ps", "-aq", "--filter", f"label=com.docker.swarm.service.name={name}").split()
        with contextlib.suppress(WorkloadError):  # the swarm removes them, too; the network is still in use
            if ids:
                workload.docker("rm", "-f", *ids)
            workload.docker("network", "rm", network)
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


@contextlib.asynccontextmanager
async def visited(stage: SwarmStage) -> AsyncIterator[list[bool]]:
    """Somebody asks for a page again and again, at whichever task answers; false: none did."""
    answered: list[bool] = []

    def ask() -> bool:
        for address in stage.addresses():
            connection = http.client.HTTPConnection(address, PORT, timeout=1)
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/version")
                if connection.getresponse().status == 200:
                    return True
            connection.close()
        return False

    async def visit() -> None:
        while True:
            answered.append(await asyncio.to_thread(ask))

    visitor = asyncio.create_task(visit())
    try:
        yield answered
    finally:
        visitor.cancel()
        await asyncio.gather(visitor, return_exceptions=True)


async def test_a_version_is_deployed_and_rolled_back_and_at_no_moment_does_nobody_answer(stage: SwarmStage) -> None:
    await stage.note_what_runs()
    deploy, back = stage.deploy(), stage.rollback()
    async with visited(stage) as answered:
        plan = await stage.plan(deploy, "v1")
        assert Plan.from_json(plan.to_json()) == plan
        assert plan.expected_downtime == 0
        assert any("one before the old one goes" in str(fact) for fact in plan.facts)
        notes = Notes()
        outcome = await deploy.run(stage.target, plan, notes)
        assert outcome.result is Result.SUCCEEDED, outcome.phrase
        assert notes.steps == list(plan.steps)
        assert stage.versions() == ["v1", "v1"]
        await stage.note_what_runs()
        # A scale in between makes the swarm's own "previous" useless: ours is the history.
        outcome = await Scale(stage.engines).run(stage.target, await stage.plan(Scale(stage.engines), "3"), Notes())
        assert outcome.result is Result.SUCCEEDED, outcome.phrase
        plan = await stage.plan(back)
        assert plan.image_then.version == "v2"
        outcome = await back.run(stage.target, plan, Notes())
        assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert stage.versions() == ["v2"] * 3
    assert len(answered) > 20
    assert all(answered)
    assert "hunter2" not in notes.seen[0].log_tail


async def test_a_version_that_is_not_well_is_taken_back_by_the_swarm(stage: SwarmStage) -> None:
    deploy = stage.deploy()
    notes = Notes()
    outcome = await deploy.run(stage.target, await stage.plan(deploy, "v3-broken"), notes)
    assert outcome.result is Result.REVERTED, outcome.phrase
    assert "unhealthy" in str(outcome.phrase)
    assert outcome.healthy
    assert stage.versions() == ["v2", "v2"]
    assert (await stage.engines.status([stage.target]))[0].light is Light.GREEN


@pytest.mark.parametrize("action", ["restart", "deploy"])
async def test_a_desk_that_dies_in_the_middle_finds_its_mark_and_follows_on(stage: SwarmStage, action: str) -> None:
    runbook: Runbook = SwarmRestart(stage.engines) if action == "restart" else stage.deploy()
    plan = await stage.plan(runbook, *(["v1"] if action == "deploy" else []))
    untouched = await runbook.repair(stage.target, plan, Notes())
    assert untouched.result is Result.CANCELLED

    class Dies(Notes):
        async def before(self, step: str) -> None:
            if step == Step.GATE:
                raise InterruptedError
            await super().before(step)

    with pytest.raises(InterruptedError):
        await runbook.run(stage.target, plan, Dies())
    outcome = await runbook.repair(stage.target, plan, Notes())
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert stage.versions() == (["v1", "v1"] if action == "deploy" else ["v2", "v2"])


async def test_a_plan_is_refused_once_somebody_changed_the_service(stage: SwarmStage) -> None:
    plan = await stage.plan(SwarmRestart(stage.engines))
    stage.workload.docker("service", "update", "-d", "--label-add", "by=hand", stage.name)
    with pytest.raises(UserError, match="has changed since the plan"):
        await SwarmRestart(stage.engines).run(stage.target, plan, Notes())


async def test_it_is_stopped_and_comes_back_as_many_as_it_was(stage: SwarmStage) -> None:
    stop, start = SwarmStop(stage.engines), SwarmStart(stage.engines)
    with pytest.raises(UserError, match="running already"):
        await stage.plan(start)
    outcome = await stop.run(stage.target, await stage.plan(stop), Notes())
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    assert stage.versions() == []
    status = (await stage.engines.status([stage.target]))[0]
    assert (status.light, str(status.problem)) == (Light.RED, "it is scaled to none")
    with pytest.raises(UserError, match="nothing to stop"):
        await stage.plan(stop)
    outcome = await start.run(stage.target, await stage.plan(start), Notes())
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    await stage.settled(2)


async def test_what_cannot_be_is_said_with_what_to_do_instead(stage: SwarmStage) -> None:
    scale = Scale(stage.engines)
    for said, why in (
        ((), "How many tasks"),
        (("0",), "ecotrajet stop"),
        (("many",), "from 1 to 100"),
        (("2",), "already"),
    ):
        with pytest.raises(UserError, match=why):
            await stage.plan(scale, *said)
    nearly = Target(stage.target.environment, stage.target.service, "default", f"swarm:{stage.name}s")
    with pytest.raises(UserError, match=f"nearest name there is “{stage.name}”"):
        await scale.plan(nearly, ["3"], [], datetime.now(UTC))
    one = Target(stage.target.environment, stage.target.service, "default", "web-prod")
    with pytest.raises(UserError, match="is one container"):
        await ByKind(None, scale).plan(one, ["3"], [], datetime.now(UTC))
    with pytest.raises(UserError, match="already runs v2"):
        await stage.plan(stage.deploy(), "v2")
    both = ByKind(Restart(stage.engines), SwarmRestart(stage.engines))
    assert (await both.plan(stage.target, [], [], datetime.now(UTC))).container == stage.name


async def test_its_logs_are_those_of_all_tasks_with_secrets_hidden_and_one_may_look_into_each(
    stage: SwarmStage,
) -> None:
    said = await stage.engines.logs(stage.target, tail=20)
    assert said.count("écoute sur le port") == 2
    assert await stage.engines.logs(stage.target, grep="no such line") == ""

    looks = stage.engines.looks
    seen = [len(each.rows) for each in await looks.top(stage.target)]
    assert len(seen) == 2
    assert all(processes >= 2 for processes in seen), "the service's own two; a healthcheck may run just then"
    usages = await looks.stats([stage.target])
    assert len({each.container for each in usages}) == 2
    assert all(each.memory for each in usages)
    inspected = await looks.inspect(stage.target)
    assert "DATABASE_PASSWORD" in inspected.variables
    assert inspected.others == 1
    assert ":8080" in (await looks.probe(stage.target, Probe.PORTS)).text
    assert judge(Case(await looks.findings(stage.target), None, "prod", "web", datetime.now(UTC))).well
    assert "hunter2" not in str(inspected)
