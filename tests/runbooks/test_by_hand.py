"""People and other programs act on the same engine in the middle of a rollback."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.phrase import Phrase
from bot.runbook import Evidence, Result, Step
from tests.runbooks.stage import Stage


@dataclass
class Meddler:
    """A journal during which somebody does something by hand, just before `step`."""

    step: Step
    does: Callable[[], object]

    async def before(self, step: str) -> None:
        if step == self.step:
            self.does()

    async def after(self, step: str, detail: str) -> None: ...

    async def evidence(self, evidence: Evidence) -> None: ...

    async def said(self, what: str | Phrase, *, instead: bool = False) -> None: ...

    async def cancelled(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("step", "removed", "to", "result", "runs"),
    [
        (Step.STOP, "", "v1", Result.SUCCEEDED, "v1"),  # the old one goes: the new one is all the more wanted
        pytest.param(Step.RENAME_NEW, ".rb-new", "v1", Result.REVERTED, "v2", marks=pytest.mark.prove),
        pytest.param(Step.GATE, ".rb-old", "v1", Result.SUCCEEDED, "v1", marks=pytest.mark.prove),
        (Step.GATE, "", "v1", Result.REVERTED, "v2"),
        (Step.R_STOP_NEW, ".rb-failed", "v3-broken", Result.REVERTED, "v2"),
        pytest.param(Step.REMOVE_OLD, ".rb-done", "v1", Result.SUCCEEDED, "v1", marks=pytest.mark.prove),
    ],
)
async def test_a_container_removed_by_hand_in_the_middle(
    stage: Stage, step: Step, removed: str, to: str, result: Result, runs: str
) -> None:
    plan = await stage.plan_back_to(to)
    meddler = Meddler(step, lambda: stage.workload.docker("rm", "-f", stage.target.container + removed))
    outcome = await stage.rollback.run(stage.target, plan, meddler)
    assert outcome.result is result, outcome.phrase
    assert stage.running_version() == runs
    assert await stage.engines.repair([stage.target]) == []


async def test_without_the_old_one_a_bad_new_one_stays_and_a_person_is_called(stage: Stage) -> None:
    plan = await stage.plan_back_to("v3-broken")
    meddler = Meddler(Step.GATE, lambda: stage.workload.docker("rm", "-f", f"{stage.target.container}.rb-old"))
    outcome = await stage.rollback.run(stage.target, plan, meddler)
    assert outcome.result is Result.FAILED
    assert "removed by hand" in str(outcome.phrase)
    assert stage.running_version() == "v3-broken"


async def test_a_port_taken_in_the_middle_fails_loudly_and_is_mended_once_it_is_free(stage: Stage) -> None:
    thief = f"{stage.workload.prefix}-thief"
    port = stage.workload.ports["prod"]

    def steal() -> None:
        stage.workload.docker(
            *("run", "-d", "--name", thief, "--label", f"ecotrajet.sandbox={stage.workload.prefix}"),
            *("-p", f"127.0.0.1:{port}:8080", stage.workload.image("v1")),
        )

    outcome = await stage.rollback.run(stage.target, await stage.plan_back_to("v1"), Meddler(Step.START, steal))
    assert outcome.result is Result.FAILED, outcome.phrase
    assert f"port {port} of the host is taken by another container or program" in str(outcome.phrase)
    assert "port is already allocated" in str(outcome.phrase)

    stage.workload.docker("rm", "-f", thief)
    repaired = await stage.engines.repair([stage.target])
    assert [each.result for each in repaired] == [Result.REVERTED]
    assert stage.running_version() == "v2"


async def test_a_container_put_in_place_by_somebody_else_is_left_alone(stage: Stage) -> None:
    stage.workload.docker("rename", stage.target.container, f"{stage.target.container}.rb-old")
    stage.workload.docker("stop", f"{stage.target.container}.rb-old")
    other = stage.workload.deploy("prod", "v1")
    repaired = await stage.engines.repair([stage.target])
    assert [each.result for each in repaired] == [Result.FAILED]
    assert "did not make" in str(repaired[0].phrase)
    assert stage.workload.inspect(stage.target.container)["Id"] == other
