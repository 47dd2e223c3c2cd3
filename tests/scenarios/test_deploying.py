"""Deployments among people: freezes, product's word, and the ten minutes after. Containers are played."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from bot.answers import Repeated
from bot.deployment import Freeze
from bot.errors import UserError
from bot.freeze import FreezeWindow, Moment
from bot.lifecycle.probes import Probes
from bot.phrase import Phrase
from bot.probe import Kind, ProbeEntry, Seen
from bot.run import NotNow, Requested
from bot.runbook import Action, Light, ServiceStatus
from bot.secret import Secret
from bot.store.clock import shift_to
from bot.store.database import Database
from bot.target import Target
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

    async def status(self, targets: Sequence[Target]) -> list[ServiceStatus]:
        return [replace(self.shown, environment=each.environment.name) for each in targets]


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[RunDesk]:
    async with Database.open(database_url) as db:
        made = RunDesk.of(db, example_desk(), Watching(), {action: PlayedRunbook(action) for action in Action})
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
