"""Two workers want to begin the same run, and the world changes between their looks."""

from datetime import timedelta

from bot.runbook import Action
from bot.store import incidents, runs
from tests.scenarios.rundesk import RunDesk, run_desk
from tests.store.meanwhile import meanwhile

__all__ = ["run_desk"]


async def test_a_freeze_does_not_end_what_another_worker_has_begun(run_desk: RunDesk) -> None:
    run = (await run_desk.ask("amina", "prod", action=Action.RESTART)).run
    await run_desk.runs.approve(run.id, run_desk.by("bruno"))
    async with run_desk.db.transaction() as other:
        await runs.take_turns(other, run.environment, run.service)
        assert await runs.claim(other, run.id, "other") is not None
        place = run_desk.desk.environments["prod"]
        until = await incidents.now(other) + timedelta(hours=1)
        await run_desk.runs.freezes.begin(place, until, "", run_desk.by("bruno"))
        starting = await meanwhile(other, run_desk.execution.start(run.id))
    assert await starting is None
    (row,) = await run_desk.rows("SELECT status, lease_owner FROM run")
    assert tuple(row) == ("running", "other"), "its worker would let go in the middle, and nobody would repair it"
