"""Deployments among people: freezes, product's word, and the ten minutes after. Containers are played."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from bot.aftermath import Aftermath
from bot.answers import Repeated
from bot.classification import warm_up
from bot.deployment import Freeze
from bot.desk import Desk
from bot.errors import UserError
from bot.freeze import FreezeWindow, Moment
from bot.lifecycle.probes import Probes
from bot.phrase import Phrase
from bot.probe import Kind, ProbeEntry, Seen
from bot.run import NotNow, Planned, Requested
from bot.runbook import Action, Evidence, Light, ServiceStatus
from bot.runs.freeze_news import FreezeNews
from bot.runs.wish import Wish
from bot.secret import Secret
from bot.store.clock import shift_to
from bot.store.database import Database
from bot.target import Target
from bot.train import Train
from bot.worker.aftercare import Aftercare
from tests.handlers.slackdesk import V1, PlayedEngines, PlayedRunbook
from tests.scenarios.rundesk import RunDesk, example_desk

SOON = timedelta(hours=4)
WELL = ServiceStatus(
    "prod", "ecotrajet", Light.GREEN, "web", "beef", "v1", V1.id[7:19], "ecotrajet:v1", "running", "healthy"
)


@dataclass
class Watching(PlayedEngines):
    """Shows what it is told to."""

    shown: ServiceStatus = field(default_factory=lambda: WELL)

    logs_refused: UserError | None = None

    async def logs(
        self, target: Target, *, tail: int = 50, since: timedelta | None = None, grep: str = "", max_bytes: int = 60_000
    ) -> str:
        if self.logs_refused is not None:
            raise self.logs_refused
        return await super().logs(target, tail=tail, since=since, grep=grep, max_bytes=max_bytes)

    async def status(self, targets: Sequence[Target]) -> list[ServiceStatus]:
        return [replace(self.shown, environment=each.environment.name) for each in targets]


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[RunDesk]:
    warm_up()  # as the whole desk does when it starts
    async with Database.open(database_url) as db:
        made = RunDesk.of(
            db,
            replace(example_desk(), train=Train(frozenset())),
            Watching(),
            {action: PlayedRunbook(action) for action in Action},
        )
        yield made
        await made.runner.stop()


def engines(desk: RunDesk) -> Watching:
    assert isinstance(desk.engines, Watching)
    return desk.engines


async def freeze(desk: RunDesk, by: str = "bruno", reason: str = "") -> Freeze:
    now = await desk.value("SELECT app_now()")
    assert isinstance(now, datetime)
    made = await desk.runs.freezes.begin(desk.desk.environments["prod"], now + SOON, reason, desk.by(by))
    assert isinstance(made, Freeze)
    return made


async def later(desk: RunDesk, by: timedelta) -> None:
    """The clock alone moves: nothing that became due is waited for."""
    connection = await asyncpg.connect(desk.db.url)
    try:
        await shift_to(connection, await connection.fetchval("SELECT app_now() + $1::interval", by))
    finally:
        await connection.close()


async def deployed(desk: RunDesk) -> int:
    run = (await desk.ask("amina", "prod", "v1", action=Action.DEPLOY)).run
    await desk.runs.approve(run.id, desk.by("bruno"))
    await desk.until("succeeded", run.id)
    return run.id


# Freezes ---------------------------------------------------------------------------------------------------------


async def test_a_freeze_refuses_what_is_new_tells_who_and_until_when_and_lets_one_go_back(desk: RunDesk) -> None:
    await freeze(desk, reason="Black Friday")
    for action in (Action.DEPLOY, Action.RESTART, Action.PROMOTE):
        words = ("prod", "v1") if action is Action.DEPLOY else ("prod",)
        said = await desk.refusal("amina", *words, action=action)
        assert "by Bruno Martin" in said
        assert "Black Friday" in said
        assert "`/ecotrajet unfreeze prod`" in said
    await desk.ask("amina", "staging", "v1", action=Action.DEPLOY)
    await desk.ask("amina", "prod", action=Action.ROLLBACK)
    assert any("froze prod" in said for said in await desk.said())


async def test_a_freeze_ends_by_itself_and_by_those_who_may_deploy(desk: RunDesk) -> None:
    await freeze(desk)
    prod = desk.desk.environments["prod"]
    with pytest.raises(UserError, match="may not deploy"):
        await desk.runs.freezes.end(prod, desk.by("chloe"))
    await desk.runs.freezes.end(prod, desk.by("amina"))
    with pytest.raises(UserError, match="not frozen"):
        await desk.runs.freezes.end(prod, desk.by("amina"))
    await freeze(desk)
    await later(desk, SOON)
    await desk.ask("amina", "prod", action=Action.RESTART)


async def test_a_freeze_that_came_after_the_request_stops_its_approval_and_one_after_that_its_start(
    desk: RunDesk,
) -> None:
    run = (await desk.ask("amina", "prod", "v1", action=Action.DEPLOY)).run
    await freeze(desk)
    answer = await desk.runs.approve(run.id, desk.by("bruno"))
    assert isinstance(answer, NotNow)
    await desk.runs.freezes.end(desk.desk.environments["prod"], desk.by("bruno"))
    await desk.runs.approve(run.id, desk.by("bruno"))
    await freeze(desk)
    await desk.until("refused", run.id)


async def test_a_window_of_the_configuration_freezes_each_week_and_is_ended_for_this_once(desk: RunDesk) -> None:
    now = await desk.value("SELECT app_now()")
    assert isinstance(now, datetime)
    begun, over = now - timedelta(hours=1), now + SOON
    window = FreezeWindow(
        "config:week-end", ("prod",), Moment(begun.weekday(), begun.time()), Moment(over.weekday(), over.time()),
        ZoneInfo("UTC"), "personne au bureau",
    )  # fmt: skip
    planned = desk.replica(desk=replace(desk.desk, freezes=(window,)))
    said = await planned.refusal("amina", "prod", action=Action.RESTART)
    assert "as the configuration plans: personne au bureau" in said
    assert "`/ecotrajet unfreeze prod`" in said
    run = (await desk.ask("amina", "prod", "v1", action=Action.DEPLOY)).run  # by a desk that knew of no window
    assert isinstance(await planned.runs.approve(run.id, desk.by("bruno")), NotNow)
    await planned.ask("amina", "staging", "v1", action=Action.DEPLOY)

    await planned.runs.freezes.end(desk.desk.environments["prod"], desk.by("bruno"))
    assert not isinstance(await planned.runs.approve(run.id, desk.by("bruno")), NotNow)
    with pytest.raises(UserError, match="not frozen"):
        await planned.runs.freezes.end(desk.desk.environments["prod"], desk.by("bruno"))
    await planned.until("succeeded", run.id)
    await later(desk, timedelta(days=7))
    assert "as the configuration plans" in await planned.refusal("amina", "prod", action=Action.RESTART)


def planned(desk: RunDesk, began: datetime, *environments: str) -> FreezeWindow:
    """Each week, from an hour after `began` for four hours."""
    starts, ends = began + timedelta(hours=1), began + timedelta(hours=1) + SOON
    return FreezeWindow(
        "config:week-end", environments, Moment(starts.weekday(), starts.time()), Moment(ends.weekday(), ends.time()),
        ZoneInfo("UTC"), "personne au bureau",
    )  # fmt: skip


async def rounds(desk: RunDesk, *desks: Desk) -> list[str]:
    """What two replicas say of freezes in their next rounds, at the same time."""
    before = len(await desk.said())
    await asyncio.gather(*(FreezeNews(desk.db, each).round() for each in desks for _ in range(2)))
    return (await desk.said())[before:]


async def test_a_planned_freeze_is_told_once_when_it_begins_and_once_when_it_ends(desk: RunDesk) -> None:
    now = await desk.value("SELECT app_now()")
    assert isinstance(now, datetime)
    there = replace(desk.desk, freezes=(planned(desk, now, "prod", "staging"),))
    assert await rounds(desk, there) == []
    await later(desk, timedelta(hours=2))
    begun = await rounds(desk, there)
    assert len(begun) == 1
    assert "Planned freeze of prod, staging until" in begun[0]
    assert "personne au bureau" in begun[0]
    assert await rounds(desk, there) == []

    ended = desk.replica(desk=there).runs.freezes.end
    await ended(desk.desk.environments["staging"], desk.by("bruno"))  # told by itself, and not again
    await later(desk, SOON)
    assert await rounds(desk, there) == ["The freeze of prod is over (personne au bureau)."]
    assert await rounds(desk, there) == []
    await later(desk, timedelta(days=7) - SOON)
    assert len(await rounds(desk, there)) == 1, "the next week's"
    no_longer_planned = await rounds(desk, desk.desk)
    assert no_longer_planned == ["The freeze of prod, staging is over (personne au bureau)."]
    did = await desk.rows("SELECT did FROM audit WHERE did LIKE 'freeze.%' AND actor = 'desk' ORDER BY id")
    assert [row["did"] for row in did] == ["freeze.begun", "freeze.ended"] * 2


async def test_a_freeze_that_runs_out_is_told_but_not_where_another_one_holds_or_long_afterwards(desk: RunDesk) -> None:
    now = await desk.value("SELECT app_now()")
    assert isinstance(now, datetime)
    await freeze(desk, reason="soldes")
    there = replace(desk.desk, freezes=(planned(desk, now, "prod"),))
    await later(desk, SOON)
    assert not any("is over" in said for said in await rounds(desk, there)), "the planned one holds for an hour more"
    await later(desk, timedelta(hours=1))
    assert await rounds(desk, there) == ["The freeze of prod is over (personne au bureau)."]
    await freeze(desk)
    await later(desk, SOON)
    assert await rounds(desk, there) == ["The freeze of prod is over."]
    await freeze(desk)
    await later(desk, timedelta(days=3))
    assert await rounds(desk, desk.desk) == []


# Stopping --------------------------------------------------------------------------------------------------------


async def test_production_is_stopped_only_by_name_and_the_second_person_needs_no_more_than_deploy(
    desk: RunDesk,
) -> None:
    with pytest.raises(UserError, match="--confirm prod"):
        await desk.ask("bruno", "prod", action=Action.STOP)
    with pytest.raises(UserError, match="--confirm prod"):
        await desk.ask("bruno", "prod", action=Action.STOP, confirm="staging")
    assert "Ask: Bruno" in await desk.refusal("amina", "prod", action=Action.STOP, confirm="prod")
    run = (await desk.ask("bruno", "prod", action=Action.STOP, confirm="PROD")).run
    await desk.runs.approve(run.id, desk.by("amina"))
    await desk.until("succeeded", run.id)


# Product's word --------------------------------------------------------------------------------------------------


async def test_nothing_is_promoted_before_somebody_else_validated_that_very_image(desk: RunDesk) -> None:
    assert "was not validated yet" in await desk.refusal("amina", action=Action.PROMOTE)
    asked = (await desk.rows("SELECT recipient, body FROM message WHERE about = 'ask'"))[0]
    assert asked["recipient"] == "incidents"
    assert asked["body"]["button"]["action"] == "deploy.validate"
    number = asked["body"]["button"]["value"]["validation"]
    for person, why in (("amina", "somebody else"), ("emma", "may not")):
        with pytest.raises(UserError, match=why):
            await desk.runs.validations.give(number, desk.by(person))
    by = desk.by("chloe", "tap-1")
    await desk.runs.validations.give(number, by)
    assert isinstance(await desk.runs.validations.give(number, by), Repeated)
    assert any("Chloé Bernard validated v1" in said for said in await desk.said())
    with pytest.raises(UserError, match="Chloé Bernard validated it at"):
        await desk.runs.validations.give(number, desk.by("bruno"))
    run = (await desk.ask("amina", action=Action.PROMOTE)).run
    assert run.environment == "prod"


# The weekly train -----------------------------------------------------------------------------------------------


async def test_a_promotion_off_its_day_needs_a_reason_that_everybody_reads(desk: RunDesk) -> None:
    now = await desk.value("SELECT app_now()")
    assert isinstance(now, datetime)
    tomorrow = (now.astimezone(desk.desk.zone).weekday() + 1) % 7
    there = desk.replica(desk=replace(desk.desk, train=Train(frozenset({tomorrow}))))
    with pytest.raises(UserError, match=r'leaves on \w+day\. Can it not wait.*promote ecotrajet --reason "the reason"'):
        await there.ask("amina", action=Action.PROMOTE)
    assert isinstance(await there.runs.request(Wish(Action.PROMOTE, (), dry_run=True), desk.by("amina")), Planned)
    assert await desk.said() == []

    await desk.refusal("amina", action=Action.PROMOTE)  # asks for product's word
    asked = (await desk.rows("SELECT body FROM message WHERE about = 'ask'"))[0]["body"]["button"]["value"]
    await desk.runs.validations.give(asked["validation"], desk.by("chloe"))
    run = (await there.ask("amina", action=Action.PROMOTE, reason="la clé\n de paiement expire ce soir")).run
    said = [each for each in await desk.said() if "does not wait for the weekly train" in each]
    assert len(said) == 1
    assert said[0].startswith("🚆 Amina Diallo does not wait for the weekly train: v1 (111111111111) of ecotrajet")
    assert said[0].endswith("go to prod now (run 1). Reason: la clé de paiement expire ce soir")
    assert str(run.plan.warnings[0]).endswith("Amina Diallo says why: la clé de paiement expire ce soir")
    assert await desk.did() == ["run.requested", "run.off_train"]
    await there.runs.approve(run.id, desk.by("bruno"))
    await there.until("succeeded", run.id)

    await there.p1()
    alone = await there.ask("amina", action=Action.PROMOTE, break_glass="tout est en panne")
    assert "tout est en panne" in str(alone.run.plan.warnings[0]), "the reason to act alone is one"


# The ten minutes after -------------------------------------------------------------------------------------------


async def test_a_deployment_is_watched_for_ten_minutes_and_then_said_to_be_well(desk: RunDesk) -> None:
    run = await deployed(desk)
    history = await desk.rows("SELECT version, source, actor FROM deployment ORDER BY id")
    assert [tuple(row) for row in history] == [("v1", "deploy", "amina")]
    care = Aftercare(desk.db, desk.desk, desk.engines)
    await care.look()
    view = await desk.runs.view(run)
    assert view is not None
    assert view.watch is not None
    assert view.watch.state == "watching"
    await later(desk, timedelta(minutes=10))
    await care.look()
    view = await desk.runs.view(run)
    assert view is not None
    assert view.watch is not None
    assert view.watch.state == "well"


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (replace(WELL, light=Light.RED, problem=Phrase("its healthcheck fails")), "healthcheck fails"),
        (replace(WELL, light=Light.YELLOW, restarts=2), "restarted (2 times)"),
        (replace(WELL, light=Light.RED, container_id="", image_id="", problem=Phrase("it is gone")), "it is gone"),
    ],
)
async def test_one_that_falls_ill_is_proposed_for_a_rollback_once_also_by_a_desk_that_was_restarted(
    desk: RunDesk, shown: ServiceStatus, why: str
) -> None:
    run = await deployed(desk)
    await Aftercare(desk.db, desk.desk, desk.engines).look()
    engines(desk).shown = shown
    await later(desk, timedelta(minutes=3))
    for _ in range(2):
        await Aftercare(desk.db, desk.desk, desk.engines).look()
        await later(desk, timedelta(minutes=1))
    told = [said for said in await desk.said() if why in said]
    assert len(told) == 2, told  # the requester, and the channel
    assert await desk.value("SELECT count(*) FROM message WHERE about = 'tell' AND person = 'amina'") == 2
    view = await desk.runs.view(run)
    assert view is not None
    assert view.watch is not None
    assert view.watch.state == "ill"
    back = await desk.runs.go_back(run, desk.by("amina"))
    assert isinstance(back, Requested)
    assert back.run.plan.action is Action.ROLLBACK
    await desk.runs.approve(back.run.id, desk.by("bruno"))
    await desk.until("succeeded", back.run.id)
    view = await desk.runs.view(run)
    assert view is not None
    assert view.watch is not None
    assert view.watch.state == "over"


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (Seen(wrong=Phrase("it answered {status}", {"status": 500})), "the probe “app” fails: it answered 500"),
        (Seen(timedelta(seconds=2)), "the probe “app” takes 2 s, it took 200 ms"),
    ],
)
async def test_one_that_its_probes_see_ill_is_proposed_for_a_rollback(desk: RunDesk, look: Seen, why: str) -> None:
    entry = ProbeEntry("app", Kind.HTTP, Secret("https://app.example/"), "prod", "ecotrajet")
    probing = replace(desk.desk, probes={"app": entry})
    now = Seen(timedelta(seconds=0.2))

    async def looked(_entry: ProbeEntry) -> Seen:
        return now

    probes = Probes(desk.db, probing, str, looked)
    await probes.watch()
    for _ in range(3):
        await probes.now("app")
    run = await deployed(desk)
    await Aftercare(desk.db, probing, desk.engines).look()
    now = look
    await later(desk, timedelta(minutes=1))
    for _ in range(3):
        await probes.now("app")
    await Aftercare(desk.db, probing, desk.engines).look()
    assert any(why in said for said in await desk.said())
    view = await desk.runs.view(run)
    assert view is not None
    assert view.watch is not None
    assert view.watch.state == "ill"


async def test_one_after_which_an_incident_is_opened_is_proposed_for_a_rollback(desk: RunDesk) -> None:
    await desk.p1()  # before it: not its doing
    run = await deployed(desk)
    care = Aftercare(desk.db, desk.desk, desk.engines)
    await later(desk, timedelta(minutes=1))
    await care.look()
    assert not any("Go back to" in said for said in await desk.said())
    number = await desk.p1()
    await later(desk, timedelta(minutes=1))
    await care.look()
    said = [said for said in await desk.said() if "Go back to v2" in said]
    assert said
    assert f"incident #{number} was opened since" in said[0]
    view = await desk.runs.view(run)
    assert view is not None
    assert view.watch is not None
    assert view.watch.state == "ill"


async def test_one_whose_log_fills_with_errors_is_proposed_for_a_rollback(desk: RunDesk) -> None:
    run = await deployed(desk)
    await kept(desk, run, "GET / 200\n" * 190 + "Error: one user's mistake\n" * 10)
    engines(desk).lines = "GET / 200\n" * 100 + "Error: relation stations does not exist\n" * 18
    await later(desk, timedelta(seconds=30))
    await Aftercare(desk.db, desk.desk, desk.engines).look()
    assert engines(desk).asked[-1][2] == pytest.approx(timedelta(seconds=30), abs=timedelta(seconds=5)), "no older line"
    assert not any("Go back to" in said for said in await desk.said()), "not so many"
    engines(desk).lines += "TypeError: row is null\n" * 12
    await later(desk, timedelta(minutes=1))
    await Aftercare(desk.db, replace(desk.desk, aftermath=Aftermath(error_lines=0)), desk.engines).look()
    assert not any("Go back to" in said for said in await desk.said()), "nobody counts"
    await later(desk, timedelta(minutes=1))
    await Aftercare(desk.db, desk.desk, desk.engines).look()
    said = [said for said in await desk.said() if "Go back to v2" in said]
    assert "its log holds 30 error lines of the last 0:01:00 (10 in the last 200 lines of what it replaced)" in said[0]
    assert "such as “TypeError: row is null”" in said[0]


async def test_a_log_that_was_as_bad_before_or_cannot_be_read_says_nothing(desk: RunDesk) -> None:
    run = await deployed(desk)
    await kept(desk, run, "Error: as always\n" * 200)
    engines(desk).lines = "Error: as always\n" * 300
    await later(desk, timedelta(minutes=1))
    await Aftercare(desk.db, desk.desk, desk.engines).look()
    engines(desk).logs_refused = UserError(Phrase("Docker gives no logs"))
    await later(desk, timedelta(minutes=1))
    await Aftercare(desk.db, desk.desk, desk.engines).look()
    assert not any("Go back to" in said for said in await desk.said())


async def kept(desk: RunDesk, number: int, log_tail: str) -> None:
    """What the replaced container had last written."""
    run = await desk.execution.get(number)
    assert run is not None
    await desk.execution.keep_evidence(run, Evidence("web v2", datetime.now(ZoneInfo("UTC")), "running", log_tail))


async def test_where_nobody_need_approve_it_goes_back_by_itself(desk: RunDesk) -> None:
    free = replace(desk.desk.environments["prod"], protected=False, confirm=False)
    there = desk.replica("one", replace(desk.desk, environments={**desk.desk.environments, "prod": free}))
    run = (await there.ask("amina", "prod", "v1", action=Action.DEPLOY)).run
    await there.until("succeeded", run.id)
    engines(desk).shown = replace(WELL, light=Light.RED, problem=Phrase("its healthcheck fails"))
    care = Aftercare(there.db, there.desk, there.engines, there.runs)
    await later(desk, timedelta(minutes=1))
    for _ in range(2):
        await care.look()
        await later(desk, timedelta(minutes=1))
    assert any("I go back to v2" in said for said in await desk.said())
    back = await desk.rows("SELECT requested_by, status FROM run WHERE action = 'rollback'")
    assert [row["requested_by"] for row in back] == ["amina"]
    await there.until("succeeded", run.id + 1)


async def test_a_rollback_that_asks_a_question_waits_for_a_person_there_as_well(desk: RunDesk) -> None:
    free = replace(desk.desk.environments["prod"], protected=False, confirm=False)
    there = desk.replica("one", replace(desk.desk, environments={**desk.desk.environments, "prod": free}))
    run = (await there.ask("amina", "prod", "v1", action=Action.DEPLOY)).run
    await there.until("succeeded", run.id)
    desk.rollback.asks = Phrase("The database has schema 12. Does the older code work with it?")
    engines(desk).shown = replace(WELL, light=Light.RED, problem=Phrase("its healthcheck fails"))
    await later(desk, timedelta(minutes=1))
    await Aftercare(there.db, there.desk, there.engines, there.runs).look()
    assert "Going back to v1" in (await desk.said())[-1]
    assert f"run {run.id + 1} asks a question first" in (await desk.said())[-1]
    assert await desk.value("SELECT status FROM run WHERE action = 'rollback'") == "requested"


async def test_an_engine_that_is_away_says_nothing_and_another_image_ends_the_watch(desk: RunDesk) -> None:
    run = await deployed(desk)
    care = Aftercare(desk.db, desk.desk, desk.engines)
    for shown, state in (
        (replace(WELL, light=Light.UNKNOWN), "watching"),
        (replace(WELL, container_id="other", restarts=7), "watching"),
        (replace(WELL, image_id="333333333333"), "over"),
    ):
        engines(desk).shown = shown
        await later(desk, timedelta(minutes=1))
        await care.look()
        view = await desk.runs.view(run)
        assert view is not None
        assert view.watch is not None
        assert view.watch.state == state
