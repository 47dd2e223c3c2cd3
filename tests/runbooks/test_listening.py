"""What a container says while it is judged, told as it comes."""

from datetime import UTC, datetime

from bot.runbook import Result
from tests.runbooks.stage import SECRET, Notes, Stage


async def test_a_restart_tells_what_the_container_says_without_its_secrets_and_without_what_it_said_long_ago(
    shared: Stage,
) -> None:
    prints = 'trap "exit 0" TERM; echo "begun with $DB_PASSWORD"; echo on its other output >&2; sleep 60 & wait'
    target = shared.another("--stop-timeout", "1", command=("sh", "-c", prints))
    plan = await shared.restart.plan(target, [], [], datetime.now(UTC))
    notes = Notes()
    outcome = await shared.restart.run(target, plan, notes)
    assert outcome.result is Result.SUCCEEDED, outcome.phrase
    begun = [line for line in notes.told if "begun with" in line]
    assert len(begun) == 1, "the line of its first life is not told again"
    assert begun[0].endswith("with [hidden]")
    assert "on its other output" in notes.told
    assert SECRET not in str(notes.told)


async def test_a_container_that_dies_at_once_is_heard_all_the_same(stage: Stage) -> None:
    notes = Notes()
    outcome = await stage.roll_back_to("v4-crash", notes)
    assert outcome.result is Result.REVERTED
    assert "FATAL: cannot reach the database: connection refused" in notes.told
