"""Who may let what run, exactly once, and what becomes of it: on the real tables, with containers that are played."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.answers import Repeated
from bot.deployment import Observation
from bot.errors import Permanent, Retryable, UserError
from bot.phrase import Phrase
from bot.run import ALLOWED, Approved, Cancelled, NoSuchRun, NotNow, Planned, Rejected, RunStatus
from bot.runbook import Action, Plan, Repaired, Result
from bot.runs.wish import Wish
from bot.store.database import Unavailable
from bot.target import Service
from bot.worker.journal import LeaseLost, RunJournal
from tests.handlers.slackdesk import ENGINE, V1, V2, failed, succeeded
from tests.scenarios.rundesk import RunDesk, run_desk

__all__ = ["run_desk"]

# Asking and approving ----------------------------------------------------------------------------------------------


async def test_production_needs_a_second_person(run_desk: RunDesk) -> None:
    asked = await run_desk.ask("amina", "prod")
    run = asked.run
    own = await run_desk.runs.approve(run.id, run_desk.by("amina"))
    assert isinstance(own, NotNow)
    assert "second person" in str(own.phrase)
    assert asked.by
    assert "Amina Diallo" not in asked.by
    assert isinstance(await run_desk.runs.approve(run.id, run_desk.by("bruno")), Approved)
    assert await run_desk.did() == ["run.requested", "run.approved"]


async def test_in_staging_the_requester_may_confirm(run_desk: RunDesk) -> None:
    run = (await run_desk.ask("amina", "staging")).run
    assert isinstance(await run_desk.runs.approve(run.id, run_desk.by("amina")), Approved)


async def test_rights_are_asked_for_by_place_and_kind_of_action(run_desk: RunDesk) -> None:
    assert "Amina" in await run_desk.refusal("chloe", "prod")
    assert await run_desk.refusal("chloe", "staging")
    assert (await run_desk.ask("chloe", "staging", action=Action.RESTART)).run.id == 1
    assert await run_desk.value("SELECT count(*) FROM audit WHERE did = 'run.refused' AND actor = 'chloe'") == 2


async def test_who_may_not_do_it_may_not_approve_it(run_desk: RunDesk) -> None:
    run = (await run_desk.ask("amina", "prod")).run
    refused = await run_desk.runs.approve(run.id, run_desk.by("emma"))
    assert isinstance(refused, NotNow)
    assert await run_desk.value("SELECT status FROM run") == "requested"


async def test_a_dry_run_leaves_nothing_behind(run_desk: RunDesk) -> None:
    answer = await run_desk.runs.request(Wish(Action.ROLLBACK, ["prod"], dry_run=True), run_desk.by("amina"))
    assert isinstance(answer, Planned)
    assert await run_desk.value("SELECT count(*) FROM run") == 0


async def test_a_plan_that_cannot_be_made_is_said(run_desk: RunDesk) -> None:
    with pytest.raises(UserError, match="nowhere"):
        await run_desk.runs.request(Wish(Action.ROLLBACK, ["prod", "nowhere"]), run_desk.by("amina"))


async def test_what_the_engine_refuses_while_a_plan_is_made_is_said_in_its_words(
    run_desk: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object) -> Plan:
        raise Permanent("the daemon is shutting down")

    monkeypatch.setattr(run_desk.rollback, "plan", refused)
    with pytest.raises(UserError, match=r"Docker refused: the daemon is shutting down\. Nothing was touched"):
        await run_desk.runs.request(Wish(Action.ROLLBACK, ("prod",)), run_desk.by("amina"))


async def test_another_plan_than_the_one_shown_is_not_approved(run_desk: RunDesk) -> None:
    run = (await run_desk.ask("amina", "prod")).run
    refused = await run_desk.runs.approve(run.id, run_desk.by("bruno"), fingerprint="0" * 64)
    assert isinstance(refused, NotNow)
    assert "changed" in str(refused.phrase)


async def test_the_frozen_plan_keeps_its_fingerprint_in_the_database(run_desk: RunDesk) -> None:
    run = (await run_desk.ask("amina", "prod")).run
    stored = await run_desk.execution.get(run.id)
    assert stored is not None
    assert stored.plan.fingerprint() == stored.fingerprint == run.fingerprint


async def test_a_request_expires(run_desk: RunDesk) -> None:
    run = (await run_desk.ask("amina", "prod")).run
    async with run_desk.db.transaction() as tx:
        await tx.execute(
            "UPDATE run SET requested_at = requested_at - interval '11 min',"
            " expires_at = expires_at - interval '11 min'"
        )
    late = await run_desk.runs.approve(run.id, run_desk.by("bruno"))
    assert isinstance(late, NotNow)
    await run_desk.until("expired")
    later = await run_desk.runs.approve(run.id, run_desk.by("bruno"))
    assert isinstance(later, NotNow)
    assert "expired at" in str(later.phrase)
    assert "Ask again for a fresh plan" in str(later.phrase)
    assert (await run_desk.ask("amina", "prod")).run.id == 2


async def test_one_at_a_time_and_the_holder_is_named(run_desk: RunDesk) -> None:
    await run_desk.approved()
    told = await run_desk.refusal("david", "prod", action=Action.RESTART)
    assert "Amina Diallo" in told
    assert "rollback" in told
    assert (await run_desk.ask("david", "staging")).run.id == 2  # another place is free


async def test_an_undecided_request_is_pointed_at(run_desk: RunDesk) -> None:
    await run_desk.ask("amina", "prod")
    assert "approve 1" in await run_desk.refusal("david", "prod")


async def test_of_two_approvals_at_the_same_instant_one_counts(run_desk: RunDesk) -> None:
    run = (await run_desk.ask("amina", "prod")).run
    both = await asyncio.gather(*(run_desk.runs.approve(run.id, run_desk.by(who)) for who in ("bruno", "david")))
    assert sorted(type(answer).__name__ for answer in both) == ["Approved", "NotNow"]


async def test_the_same_delivery_twice_asks_and_approves_once(run_desk: RunDesk) -> None:
    by = run_desk.by("amina", "trigger.1")
    await run_desk.runs.request(Wish(Action.ROLLBACK, ["prod"]), by)
    assert isinstance(await run_desk.runs.request(Wish(Action.ROLLBACK, ["prod"]), by), Repeated)
    approval = run_desk.by("bruno", "trigger.2")
    assert isinstance(await run_desk.runs.approve(1, approval), Approved)
    assert isinstance(await run_desk.runs.approve(1, approval), Repeated)
    assert await run_desk.value("SELECT count(*) FROM run") == 1


async def test_no_such_run(run_desk: RunDesk) -> None:
    for answer in (
        await run_desk.runs.approve(9, run_desk.by("bruno")),
        await run_desk.runs.reject(9, run_desk.by("bruno")),
        await run_desk.runs.cancel(9, run_desk.by("bruno")),
    ):
        assert answer == NoSuchRun(9)


async def test_rejecting_tells_the_requester(run_desk: RunDesk) -> None:
    await run_desk.ask("amina", "prod")
    assert isinstance(await run_desk.runs.reject(1, run_desk.by("emma")), NotNow)
    assert isinstance(await run_desk.runs.reject(1, run_desk.by("bruno")), Rejected)
    assert await run_desk.said() == ["Rejected by Bruno Martin."]
    again = await run_desk.runs.approve(1, run_desk.by("david"))
    assert isinstance(again, NotNow)
    assert "rejected" in str(again.phrase)


# Break-glass ---------------------------------------------------------------------------------------------------------


async def test_the_glass_breaks_only_on_an_open_p1(run_desk: RunDesk) -> None:
    with pytest.raises(UserError, match="P1"):
        await run_desk.runs.request(Wish(Action.ROLLBACK, ["prod"], break_glass="night"), run_desk.by("amina"))
    assert await run_desk.value("SELECT count(*) FROM run") == 0
    number = await run_desk.p1()
    asked = await run_desk.ask("amina", "prod", break_glass="nobody else is awake")
    assert asked.approved
    row = (await run_desk.rows("SELECT status, approved_by, break_glass, incident FROM run"))[0]
    assert tuple(row) == ("approved", "amina", "nobody else is awake", number)
    assert "run.broke_glass" in await run_desk.did()
    assert any("broke the glass" in said and "nobody else is awake" in said for said in await run_desk.said())


async def test_the_way_out_is_told_when_nobody_else_is_awake(run_desk: RunDesk) -> None:
    number = await run_desk.p1()
    await run_desk.ask("amina", "prod")
    own = await run_desk.runs.approve(1, run_desk.by("amina"))
    assert isinstance(own, NotNow)
    assert f"#{number}" in str(own.phrase)
    assert "approve 1 --break-glass" in str(own.phrase)
    assert "approve 1 --break-glass" in await run_desk.refusal("amina", "prod", break_glass="nobody is there")
    assert isinstance(await run_desk.runs.approve(1, run_desk.by("amina"), break_glass="nobody is there"), Approved)


async def test_a_plan_that_asks_a_question_waits_for_its_answer_even_then(run_desk: RunDesk) -> None:
    await run_desk.p1()
    run_desk.rollback.asks = Phrase("The code is mounted from the host.")
    asked = await run_desk.ask("amina", "prod", break_glass="nobody else is awake")
    assert not asked.approved
    answer = await run_desk.runs.approve(asked.run.id, run_desk.by("amina"), break_glass="I looked")
    assert isinstance(answer, Approved)
    assert answer.broke_glass


async def test_a_reason_does_no_harm_when_a_second_person_approves_anyway(run_desk: RunDesk) -> None:
    await run_desk.ask("amina", "prod")
    answer = await run_desk.runs.approve(1, run_desk.by("bruno"), break_glass="in a hurry")
    assert isinstance(answer, Approved)
    assert not answer.broke_glass


# Carrying out --------------------------------------------------------------------------------------------------------


async def test_an_approved_run_is_carried_out_and_remembered(run_desk: RunDesk) -> None:
    number = await run_desk.p1()
    await run_desk.approved()
    await run_desk.until("succeeded")
    view = await run_desk.runs.view(1)
    assert view is not None
    assert [step.name for step in view.steps] == ["evidence", "stop", "gate"]
    assert all(step.finished_at for step in view.steps)
    assert view.run.end is not None
    assert view.run.end.healthy
    assert view.run.incident == number
    deployed = (await run_desk.rows("SELECT image_id, source, actor FROM deployment"))[0]
    assert tuple(deployed) == (V1.id, "rollback", "amina")
    assert await run_desk.did() == ["run.requested", "run.approved", "run.started", "run.succeeded"]
    assert await run_desk.value(
        "SELECT count(*) FROM message WHERE about = 'note' AND incident = $1 AND run IS NULL", number
    )


async def test_the_job_alone_starts_it_too(run_desk: RunDesk) -> None:
    run = await run_desk.approved()
    assert await run_desk.value("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'run'") == 1
    await run_desk.runner.start(run)
    await asyncio.gather(*run_desk.runner.under_way.values())
    assert await run_desk.value("SELECT status FROM run") == "succeeded"


async def test_two_replicas_carry_it_out_once(run_desk: RunDesk) -> None:
    other = run_desk.replica()
    run = await run_desk.approved()
    await asyncio.gather(run_desk.runner.start(run), other.runner.start(run))
    await run_desk.until("succeeded")
    await other.runner.stop()
    assert (await run_desk.did()).count("run.started") == 1


async def test_a_changed_world_refuses_the_run(run_desk: RunDesk) -> None:
    run_desk.rollback.ends = [UserError(Phrase("ecotrajet-prod changed since the plan was made."))]
    await run_desk.approved()
    await run_desk.until("refused")
    assert await run_desk.value("SELECT count(*) FROM incident") == 0
    assert any("changed since" in said for said in await run_desk.said())


async def test_rights_that_were_taken_away_meanwhile_refuse_the_run(run_desk: RunDesk) -> None:
    await run_desk.approved()
    teams = {name: replace(team, members=("bruno",)) for name, team in run_desk.desk.teams.items()}
    after = run_desk.replica(desk=replace(run_desk.desk, teams=teams))
    await after.until("refused")
    assert any("Amina Diallo may no longer" in said for said in await run_desk.said())


async def test_a_service_left_ill_pages_once(run_desk: RunDesk) -> None:
    run_desk.rollback.ends = [failed()]
    await run_desk.approved()
    await run_desk.until("failed")
    row = (await run_desk.rows("SELECT priority, environment, service FROM incident"))[0]
    assert tuple(row) == ("P1", "prod", "ecotrajet")
    assert "retour arrière en échec, v2" in str(await run_desk.value("SELECT title FROM incident"))
    assert await run_desk.value("SELECT count(*) FROM escalation_level") != 0
    told = await run_desk.rows("SELECT person FROM message WHERE about = 'tell'")
    assert {row["person"] for row in told} == {"amina", "bruno"}


async def test_the_new_incident_tells_what_happened(run_desk: RunDesk) -> None:
    run_desk.rollback.ends = [failed()]
    await run_desk.approved()
    await run_desk.until("failed")
    assert await run_desk.value("SELECT incident FROM run") == 1
    assert "It does not start." in await run_desk.said()


async def test_an_outage_somebody_is_on_already_does_not_page_again(run_desk: RunDesk) -> None:
    number = await run_desk.p1()
    run_desk.rollback.was_healthy = False
    run_desk.rollback.ends = [failed()]
    await run_desk.approved()
    await run_desk.until("failed")
    assert await run_desk.value("SELECT max(number) FROM incident") == number


async def test_a_crash_between_the_page_and_the_end_pages_no_second_incident(
    run_desk: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_desk.rollback.ends = [failed()]
    finish, tries = run_desk.execution.finish, 0

    async def away_once(*arguments: object) -> bool:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise Unavailable("gone")
        return await finish(*arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(run_desk.execution, "finish", away_once)
    await run_desk.approved()
    await run_desk.until("failed")
    assert tries == 2
    assert await run_desk.value("SELECT count(*) FROM incident") == 1


# Crashes -------------------------------------------------------------------------------------------------------------


async def abandoned(run_desk: RunDesk) -> None:
    """A worker claimed the run, and died."""
    await run_desk.execution.start(await run_desk.approved())
    async with run_desk.db.transaction() as tx:
        await tx.execute("UPDATE run SET lease_until = clock_timestamp() - interval '1 s'")


async def test_another_worker_repairs_what_one_left(run_desk: RunDesk) -> None:
    await abandoned(run_desk)
    other = run_desk.replica()
    await other.until("succeeded")
    view = await run_desk.runs.view(1)
    assert view is not None
    assert [step.name for step in view.steps] == ["undo"]
    assert "run.interrupted" in await run_desk.did()
    assert await run_desk.value("SELECT starts FROM run") == 2


async def test_a_living_worker_is_left_alone(run_desk: RunDesk) -> None:
    await run_desk.execution.start(await run_desk.approved())
    other = run_desk.replica()
    await other.runner.round()
    assert not other.runner.under_way
    assert await other.execution.take_over(1) is None
    assert await run_desk.value("SELECT status FROM run") == "running"


async def test_who_lost_the_lease_touches_nothing_more(run_desk: RunDesk) -> None:
    run = await run_desk.execution.start(await run_desk.approved())
    assert run is not None
    journal = RunJournal(run_desk.execution, run)
    await journal.before("evidence")
    async with run_desk.db.transaction() as tx:
        await tx.execute("UPDATE run SET lease_until = clock_timestamp() - interval '1 s'")
    assert await run_desk.replica().execution.take_over(run.id) is not None
    with pytest.raises(LeaseLost):
        await journal.before("stop")
    assert not await run_desk.execution.finish(run, succeeded())


async def test_a_database_that_goes_away_in_the_middle_does_not_stop_the_swap(
    run_desk: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await run_desk.execution.start(await run_desk.approved())
    assert run is not None
    journal = RunJournal(run_desk.execution, run)
    begin_step = run_desk.execution.begin_step

    async def away(*_: object) -> bool:
        raise Unavailable("gone")

    monkeypatch.setattr(run_desk.execution, "begin_step", away)
    await journal.before("stop")  # goes on: nobody can have taken the lease yet
    monkeypatch.setattr(run_desk.execution, "begin_step", begin_step)
    await journal.before("start")
    view = await run_desk.runs.view(1)
    assert view is not None
    assert [step.name for step in view.steps] == ["stop", "start"]
    journal.held_at -= 3600
    monkeypatch.setattr(run_desk.execution, "begin_step", away)
    with pytest.raises(LeaseLost):
        await journal.before("gate")


async def test_an_engine_lost_in_the_middle_is_repaired_when_it_answers(
    run_desk: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.run.PAUSE", 0.01)
    run_desk.rollback.ends = [Retryable("connection reset"), succeeded()]
    await run_desk.approved()
    await run_desk.until("succeeded")
    assert "run.interrupted" in await run_desk.did()


async def test_an_engine_that_stays_away_in_the_middle_calls_a_person_once_and_the_run_is_ended_when_it_is_back(
    run_desk: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.run.PAUSE", 0.01)
    monkeypatch.setattr("bot.worker.run.SILENT_FOR", 0.1)
    run_desk.rollback.ends = [Retryable("connection reset"), succeeded()]
    await run_desk.approved()
    await run_desk.runner.round()
    await asyncio.gather(*run_desk.runner.under_way.values())
    run_desk.played.away = True
    await run_desk.eventually_value(1, "SELECT count(*) FROM audit WHERE did = 'run.hangs'", rounds=True)
    for _ in range(3):  # it stays away: nothing more is said
        await run_desk.runner.round()
        await asyncio.gather(*run_desk.runner.under_way.values())
    told = [said for said in await run_desk.said() if "fell silent in the middle of run 1" in said]
    assert len(told) == 3, "to who asked, to who approved, and in the incident"
    assert await run_desk.value("SELECT priority FROM incident") == "P1"
    run_desk.played.away = False
    await run_desk.until("succeeded")
    assert await run_desk.value("SELECT count(*) FROM incident") == 1
    assert "succeeded" in (await run_desk.said())[-1]


async def test_a_runbook_that_breaks_half_way_is_repaired_at_once(run_desk: RunDesk) -> None:
    run_desk.rollback.ends = [RuntimeError("a bug"), succeeded()]
    await run_desk.approved()
    await run_desk.until("succeeded")


async def test_a_runbook_that_cannot_even_be_repaired_fails_and_pages(run_desk: RunDesk) -> None:
    run_desk.rollback.ends = [RuntimeError("a bug"), RuntimeError("another")]
    await run_desk.approved()
    await run_desk.until("failed")
    assert await run_desk.value("SELECT count(*) FROM incident") == 1


async def test_a_run_that_keeps_killing_its_worker_is_given_to_a_person(run_desk: RunDesk) -> None:
    await abandoned(run_desk)
    async with run_desk.db.transaction() as tx:
        await tx.execute("UPDATE run SET starts = 6")
    await run_desk.replica().until("failed")
    assert await run_desk.value("SELECT count(*) FROM incident") == 1


async def test_a_service_that_left_the_configuration_in_the_middle_is_given_to_a_person(run_desk: RunDesk) -> None:
    await abandoned(run_desk)
    without = run_desk.replica(desk=replace(run_desk.desk, services={}))
    await without.until("failed")
    assert await run_desk.value("SELECT count(*) FROM incident") == 1


async def test_stopping_does_not_wait_for_an_engine_that_is_away(
    run_desk: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def silent(_: str) -> str:
        asked.set()
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(run_desk.engines, "identity", silent)
    await run_desk.runner.start(await run_desk.approved())
    await asyncio.wait_for(asked.wait(), 5)
    await asyncio.wait_for(run_desk.runner.stop(), 1)
    assert await run_desk.value("SELECT status FROM run") == "approved"


async def test_stopping_waits_for_a_swap_to_end(run_desk: RunDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    before, reached = RunJournal.before, asyncio.Event()

    async def slowly(self: RunJournal, step: str) -> None:
        reached.set()
        await asyncio.sleep(0.2)  # the engine takes its time
        await before(self, step)

    monkeypatch.setattr(RunJournal, "before", slowly)
    await run_desk.runner.start(await run_desk.approved())
    await asyncio.wait_for(reached.wait(), 5)
    await run_desk.runner.stop()
    assert await run_desk.value("SELECT status FROM run") == "succeeded"


async def test_another_engine_behind_the_socket_is_not_touched(
    run_desk: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.run.PAUSE", 0.01)
    run_desk.played.identity_now = "ENGINE:OTHER"
    await run_desk.approved()
    await run_desk.runner.round()
    await asyncio.gather(*run_desk.runner.under_way.values())
    assert await run_desk.value("SELECT status FROM run") == "approved"
    run_desk.played.identity_now = ENGINE
    await run_desk.until("succeeded")


async def test_an_approved_run_whose_engine_stays_away_expires(
    run_desk: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.run.PAUSE", 0.01)
    monkeypatch.setattr("bot.worker.run.SILENT_FOR", 0.0)
    run_desk.played.away = True
    await run_desk.approved()
    for _ in range(3):
        await run_desk.runner.round()
        await asyncio.gather(*run_desk.runner.under_way.values())
    assert await run_desk.value("SELECT status FROM run") == "approved"
    told = [said for said in await run_desk.said() if "has not begun: nothing was touched" in said]
    assert len(told) == 2, "once to who asked, and once to who approved"
    async with run_desk.db.transaction() as tx:
        await tx.execute("UPDATE run SET approved_at = approved_at - interval '11 min'")
    await run_desk.until("expired")


async def test_what_cannot_be_mended_is_tried_again_and_said_once(run_desk: RunDesk) -> None:
    stuck = Repaired("prod", "ecotrajet", Result.FAILED, Phrase("Docker refused: {why}", {"why": "port 80 is taken"}))
    run_desk.played.repairs = [stuck, stuck, Repaired("prod", "ecotrajet", Result.REVERTED, Phrase("v2 was put back."))]
    only_prod = {"ecotrajet": Service("ecotrajet", {"prod": "ecotrajet-prod"})}
    desk = run_desk.replica(desk=replace(run_desk.desk, services=only_prod))
    for _ in range(4):
        await desk.runner.tidy.all_engines()
    told = [said.partition(" on ")[0] for said in await run_desk.said()]
    assert told == ["A half-done action is left", "Found a half-done action"]


async def test_a_restored_database_finds_the_half_done_and_says_so(run_desk: RunDesk) -> None:
    run_desk.played.repairs = [Repaired("prod", "ecotrajet", Result.REVERTED, Phrase("v2 was put back."))]
    await run_desk.approved()
    await run_desk.until("succeeded")
    assert any("half-done" in said for said in await run_desk.said())


# Calling off ---------------------------------------------------------------------------------------------------------


async def test_what_has_not_begun_is_called_off_at_once(run_desk: RunDesk) -> None:
    await run_desk.approved()
    answer = await run_desk.runs.cancel(1, run_desk.by("amina"))
    assert isinstance(answer, Cancelled)
    assert answer.at_once
    await run_desk.runner.start(1)
    assert await run_desk.value("SELECT status FROM run") == "cancelled"
    assert (await run_desk.ask("david", "prod")).run.id == 2


async def test_a_running_one_is_asked_to_stop(run_desk: RunDesk) -> None:
    run = await run_desk.execution.start(await run_desk.approved())
    assert run is not None
    journal = RunJournal(run_desk.execution, run)
    assert not await journal.cancelled()
    answer = await run_desk.runs.cancel(1, run_desk.by("bruno"))
    assert isinstance(answer, Cancelled)
    assert not answer.at_once
    assert await journal.cancelled()


# What ran where ------------------------------------------------------------------------------------------------------


def seen(image: str, *, healthy: bool = True, ago: float = 0) -> Observation:
    return Observation(
        "prod", "ecotrajet", ENGINE, image, "ecotrajet:x", (), "x", "c0ffee", healthy,
        datetime.now(UTC) - timedelta(seconds=ago),
    )  # fmt: skip


async def test_the_history_grows_by_looking(run_desk: RunDesk) -> None:
    for image, healthy, ago in ((V1.id, True, 300), (V1.id, True, 200), (V2.id, False, 100), (V2.id, False, 50)):
        run_desk.played.seen = [seen(image, healthy=healthy, ago=ago)]
        await run_desk.observer.look()
    rows = await run_desk.rows("SELECT image_id, healthy_since, healthy_until FROM deployment ORDER BY id")
    assert [row["image_id"] for row in rows] == [V1.id, V2.id]
    assert (rows[0]["healthy_until"] - rows[0]["healthy_since"]).total_seconds() == pytest.approx(100, abs=5)
    assert rows[1]["healthy_since"] is None


async def test_good_images_are_kept_from_pruning(run_desk: RunDesk) -> None:
    for image, ago in ((V1.id, 300), (V1.id, 200), (V2.id, 100), (V2.id, 10)):
        run_desk.played.seen = [seen(image, ago=ago)]
        await run_desk.observer.look()
    assert run_desk.played.asked[-1] == ("keep", "prod/ecotrajet", (V2.id, V1.id))


async def test_what_a_run_passes_through_is_no_deployment(run_desk: RunDesk) -> None:
    await run_desk.execution.start(await run_desk.approved())
    run_desk.played.seen = [seen(V1.id)]
    await run_desk.observer.look()
    assert await run_desk.value("SELECT count(*) FROM deployment") == 0


async def test_the_table_of_moves_knows_every_status() -> None:
    assert set(ALLOWED) == set(RunStatus)
    assert all(status.is_over == (not following) for status, following in ALLOWED.items())
