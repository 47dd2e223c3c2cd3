"""An isolated service: a page of the team's answers on its ports while it is down, whatever dies in between."""

import asyncio
import random
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.runbook import Action, Outcome, Plan, Result, Runbook, Step
from bot.sandbox.workload import Workload
from runbooks.docker_engine import page
from runbooks.docker_engine.page import Port
from runbooks.stop import Start, Stop
from tests.runbooks.stage import Notes, Stage
from tests.runbooks.test_kills import THE_END, killed, slow

NOBODY = "nobody"
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def workload(make_workload: Callable[..., Workload]) -> Workload:
    """v2 runs in prod; the team's page is made like any image, by Compose even."""
    workload = make_workload(versions=("v2",), environments=())
    workload.make_image("page", health=False, changes=["LABEL com.docker.compose.project=theirs"])
    workload.deploy("prod", "v2", "--stop-timeout", "1")
    workload.wait_healthy("prod")
    return workload


@pytest.fixture
async def stage(stage: Stage) -> Stage:
    service = replace(stage.target.service, maintenance_image=stage.workload.image("page"))
    stage.target = replace(stage.target, service=service)
    return stage


def asked(stage: Stage) -> str:
    """The version that answers on the published port, by its own word."""
    try:
        with urllib.request.urlopen(f"{stage.workload.url('prod')}/version", timeout=2) as answer:
            return str(answer.read().decode())
    except OSError:  # refused, or the engine's own door without anybody behind it
        return NOBODY


async def answers(stage: Stage, who: str) -> None:
    seen = NOBODY
    for _ in range(100):
        if (seen := await asyncio.to_thread(asked, stage)) == who:
            return
        await asyncio.sleep(0.05)  # between two looks; the deadline decides
    raise AssertionError(f"{seen} answers, not {who}; there are {stage.names()}")


async def planned(stage: Stage, runbook: Runbook) -> Plan:
    return await runbook.plan(stage.target, [], [], datetime.now(UTC))


async def done(stage: Stage, runbook: Runbook, notes: Notes | None = None) -> Outcome:
    return await runbook.run(stage.target, await planned(stage, runbook), notes or Notes())


def page_of(stage: Stage) -> str:
    return stage.target.container + ".page"


async def test_a_page_answers_while_it_is_stopped_and_goes_when_it_starts(stage: Stage) -> None:
    port = stage.workload.ports["prod"]
    stop, start, notes = Stop(stage.engines), Start(stage.engines), Notes()
    assert await stage.engines.has("default", stage.target.service.maintenance_image)
    assert not await stage.engines.has("default", "registry.example/none:1")
    plan = await planned(stage, stop)
    assert [str(fact) for fact in plan.facts] == [
        f"Meanwhile {stage.workload.image('page')} answers on 127.0.0.1:{port}."
    ]
    outcome = await stop.run(stage.target, plan, notes)
    assert notes.steps == [Step.EVIDENCE, Step.PAGE, Step.STOP, Step.PAGE_SHOW]
    assert (outcome.result, outcome.healthy) == (Result.SUCCEEDED, False)
    assert f"answers on 127.0.0.1:{port} meanwhile" in str(outcome.phrase)
    await answers(stage, "page")
    shown = stage.workload.inspect(page_of(stage))
    assert shown["Config"]["Labels"]["com.docker.compose.project"] == ""
    assert f"ECOTRAJET_SERVICE={stage.target.service.name}" in shown["Config"]["Env"]

    [status] = await stage.engines.status([stage.target])
    assert "its maintenance page answers" in str(status.problem)
    with pytest.raises(UserError, match=r"is isolated.*/ecotrajet start"):
        await planned(stage, stage.restart)
    with pytest.raises(UserError, match="nothing to stop"):
        await planned(stage, stop)
    assert await stage.engines.repair([stage.target]) == []

    notes = Notes()
    outcome = await done(stage, start, notes)
    assert notes.steps == [Step.EVIDENCE, Step.PAGE_ASIDE, Step.START, Step.GATE, Step.PAGE_END]
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    await answers(stage, "v2")
    assert stage.running_version() == "v2"


async def test_without_a_page_the_plan_says_that_nobody_will_answer(stage: Stage) -> None:
    stop, service = Stop(stage.engines), stage.target.service
    for image, said in (("", "names no page"), ("registry.example/none:1", "is not on this engine")):
        stage.target = replace(stage.target, service=replace(service, maintenance_image=image))
        plan = await planned(stage, stop)
        told = " ".join(map(str, plan.warnings))
        assert f"Nobody will answer on 127.0.0.1:{stage.workload.ports['prod']} meanwhile" in told
        assert said in told
        assert plan.steps == (Step.EVIDENCE, Step.STOP)
    outcome = await done(stage, stop)
    assert outcome.result is Result.SUCCEEDED
    await answers(stage, NOBODY)
    assert stage.names() == [stage.target.container]


@pytest.mark.prove
async def test_what_is_down_already_gets_its_page_and_a_start_that_fails_leaves_it(
    stage: Stage, tmp_path: Path
) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    stage.workload.deploy("prod", "v2", "--mount", f"type=bind,source={folder},target=/certificates")
    stage.workload.docker("stop", "-t", "0", stage.target.container)
    folder.rmdir()
    assert (await done(stage, Stop(stage.engines))).result is Result.SUCCEEDED
    await answers(stage, "page")

    outcome = await done(stage, Start(stage.engines))
    assert outcome.result is Result.FAILED
    assert "answers again" in str(outcome.remarks)
    await answers(stage, "page")
    folder.mkdir()
    assert (await done(stage, Start(stage.engines))).result is Result.SUCCEEDED
    await answers(stage, "v2")


@pytest.mark.prove
async def test_a_page_that_cannot_run_or_bears_a_taken_name_is_said(stage: Stage) -> None:
    stage.workload.make_image("page", health=False, changes=['CMD ["/bin/sh", "-c", "exit 3"]'])
    outcome = await done(stage, Stop(stage.engines))
    assert outcome.result is Result.SUCCEEDED
    assert "does not answer: it stops again and again" in str(outcome.phrase)
    assert (await done(stage, Start(stage.engines))).result is Result.SUCCEEDED
    assert stage.running_version() == "v2"

    label = f"ecotrajet.sandbox={stage.workload.prefix}"
    stage.workload.docker("create", "--name", page_of(stage), "--label", label, stage.workload.image("v2"))
    with pytest.raises(UserError, match="not the desk's: remove it first"):
        await done(stage, Stop(stage.engines))
    assert await stage.engines.repair([stage.target]) == []
    stage.workload.docker("rm", page_of(stage))
    assert stage.running_version() == "v2"


@pytest.mark.prove
async def test_another_version_takes_the_ports_from_the_page_or_gives_them_back(stage: Stage) -> None:
    stage.workload.make_image("v1")
    stage.workload.make_image("v3-broken")
    assert (await done(stage, Stop(stage.engines))).result is Result.SUCCEEDED
    assert (await stage.roll_back_to("v3-broken")).result is Result.REVERTED
    await answers(stage, "page")
    plan = await stage.plan_back_to("v1")
    assert "its maintenance page goes" in str(plan.facts[-1])
    assert (await stage.rollback.run(stage.target, plan, Notes())).result is Result.SUCCEEDED
    await answers(stage, "v1")
    assert stage.running_version() == "v1"


async def test_killed_on_the_way_the_ports_are_never_left_to_nobody(stage: Stage) -> None:
    stop = Stop(stage.engines)
    plan = await planned(stage, stop)
    await killed(stage, "run", Step.PAGE_SHOW, plan)
    await answers(stage, NOBODY)
    outcome = await stop.repair(stage.target, plan, Notes())
    assert outcome.result is Result.SUCCEEDED
    await answers(stage, "page")
    assert await stage.engines.repair([stage.target]) == []


# killed before, who answers once the run is repaired, and when no row knows of the run
STOPPING = [
    (Step.EVIDENCE, "v2", "v2"),
    (Step.PAGE, "v2", "v2"),
    (Step.STOP, "v2", "v2"),
    (Step.PAGE_SHOW, "page", "page"),
    (THE_END, "page", "page"),
]
STARTING = [
    (Step.EVIDENCE, "v2", "page"),
    (Step.PAGE_ASIDE, "v2", "page"),
    (Step.START, "v2", "page"),
    (Step.GATE, "v2", "v2"),
    (Step.PAGE_END, "v2", "v2"),
    (THE_END, "v2", "v2"),
]


@pytest.mark.parametrize("known", [slow(True), slow(False)])
@pytest.mark.parametrize("step, repaired, tidied", [slow(*each) for each in STOPPING])
async def test_a_stop_killed_before_any_step(stage: Stage, step: str, repaired: str, tidied: str, known: bool) -> None:
    await repaired_after(stage, Stop(stage.engines), step, repaired if known else tidied, known)


@pytest.mark.parametrize("known", [slow(True), slow(False)])
@pytest.mark.parametrize("step, repaired, tidied", [slow(*each) for each in STARTING])
async def test_a_start_killed_before_any_step(stage: Stage, step: str, repaired: str, tidied: str, known: bool) -> None:
    await done(stage, Stop(stage.engines))
    await repaired_after(stage, Start(stage.engines), step, repaired if known else tidied, known)


DRAWN = random.Random(20261126)
INSTANTS = [round(DRAWN.uniform(0.0, 1.2), 3) for _ in range(8)]


@pytest.mark.parametrize("instant", [slow(each) for each in INSTANTS])
async def test_a_stop_and_a_start_killed_at_any_instant(stage: Stage, instant: float) -> None:
    """Also in the middle of a step, with a request on its way to the engine."""
    for runbook in (Stop(stage.engines), Start(stage.engines)):
        plan = await planned(stage, runbook)
        await killed(stage, "run", f"after:{instant}", plan)
        outcome = await runbook.repair(stage.target, plan, Notes())
        assert outcome.result is not Result.FAILED, outcome.phrase
        stopped = runbook.action is Action.STOP and outcome.result is Result.SUCCEEDED
        await answers(stage, "page" if stopped else "v2")
        assert await stage.engines.repair([stage.target]) == []
        if runbook.action is Action.STOP and not stopped:
            assert (await done(stage, runbook)).result is Result.SUCCEEDED


async def repaired_after(stage: Stage, runbook: Runbook, step: str, who: str, known: bool) -> None:
    plan = await planned(stage, runbook)
    await killed(stage, "run", step, plan)
    if known:
        assert (await runbook.repair(stage.target, plan, Notes())).result is not Result.FAILED
    else:
        await stage.engines.repair([stage.target])
    await answers(stage, who)
    assert stage.names() == [stage.target.container, *([page_of(stage)] if who == "page" else [])]
    assert await stage.engines.repair([stage.target]) == []
    if who == "page":
        assert (await done(stage, Start(stage.engines))).result is Result.SUCCEEDED
    assert stage.running_version() == "v2"


def test_each_port_of_the_host_leads_to_one_that_the_page_listens_on() -> None:
    ports = (Port("", "80", "8080/tcp"), Port("127.0.0.1", "8443", "443/tcp"))
    assert page.bindings(ports, []) == {
        "8080/tcp": [{"HostIp": "", "HostPort": "80"}],
        "443/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8443"}],
    }
    one = page.bindings(ports, ["80/tcp", "53/udp"])
    assert {inside: [end["HostPort"] for end in ends] for inside, ends in one.items()} == {"80/tcp": ["80", "8443"]}
    assert set(page.bindings(ports, ["443/tcp", "80/tcp"])) == {"80/tcp", "443/tcp"}


def test_ports_as_they_really_are_or_as_they_are_asked_for() -> None:
    asked_for = {
        "8080/tcp": [{"HostIp": "", "HostPort": "80"}], "9000/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}],
        "53/udp": [{"HostIp": "", "HostPort": "53"}],
    }  # fmt: skip
    real = {
        "8080/tcp": [{"HostIp": "0.0.0.0", "HostPort": "80"}, {"HostIp": "::", "HostPort": "80"}],
        "9000/tcp": [{"HostIp": "127.0.0.1", "HostPort": "49153"}], "53/udp": [{"HostIp": "0.0.0.0", "HostPort": "53"}],
        "7000/tcp": None,
    }  # fmt: skip
    running = {"HostConfig": {"PortBindings": asked_for}, "NetworkSettings": {"Ports": real}}
    assert page.words(page.published(running)) == "80, 127.0.0.1:49153"
    down = {"HostConfig": {"PortBindings": asked_for}, "NetworkSettings": {"Ports": {}}}
    assert page.words(page.published(down)) == "80"
    assert page.published({**running, "HostConfig": {"PortBindings": asked_for, "NetworkMode": "host"}}) == ()
