"""Runbooks step by step: rows that any worker may go on with; containers are played, everything else is real."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

import pytest

from bot.answers import Declared
from bot.backup import BackupEntry
from bot.backups import Backups
from bot.config.problems import Problems
from bot.config.runbooks import procedure
from bot.databases import Databases
from bot.errors import UserError
from bot.incident import Priority
from bot.lifecycle.probes import Probes
from bot.phrase import Phrase
from bot.probe import Kind, ProbeEntry, Seen
from bot.procedure import ProcedureRun
from bot.runbook import Action, ActionClass, Light, ServiceStatus
from bot.runbook.checks import Patches, Scan, Severity, Validated
from bot.runs.procedures import BY_ITSELF, Procedures, Start
from bot.runs.walking import Ended, Task, Walking
from bot.secret import Secret
from bot.store.database import Database
from bot.target import Target
from bot.worker.acts import Acts
from bot.worker.procedure import Walker
from runbooks.docker_engine.looks import DockerLooks
from tests.handlers.slackdesk import NOWHERE, PlayedEngines, PlayedRunbook, failed
from tests.scenarios.rundesk import RunDesk, example_desk

RESTART = """
title: Redémarrer et vérifier
steps:
  - {id: etat, title: État, do: status, on_failure: continue}
  - {id: redemarrage, title: Redémarrer, do: restart, on_failure: {goto: retour}}
  - {id: verifie, ask: "Vérifiez la recherche d'une station. Fait ?", on_failure: {goto: retour}}
  - {id: retour, title: Revenir, do: rollback, unless: {step: verifie}}
  - {id: journal, title: Journal, do: logs, with: {tail: 5, grep: pay}}
"""
ILL = "ill"


class SeenEngines(PlayedEngines):
    """Every service shows `light`."""

    light = Light.GREEN

    async def status(self, targets: Sequence[Target]) -> list[ServiceStatus]:
        return [replace(each, light=self.light, state=ILL) for each in await super().status(targets)]


@dataclass
class RunbookDesk:
    """A desk with the runbook `essai`, and a worker for it."""

    runs: RunDesk
    procedures: Procedures
    walker: Walker
    backups: Backups

    @classmethod
    def of(cls, runs: RunDesk, text: str, owner: str = "one", looks: Sequence[tuple[str, Seen]] = ()) -> "RunbookDesk":
        problems = Problems("essai.yaml")
        made = procedure("essai", text, problems)
        assert made is not None, problems.listed()
        entry = BackupEntry("nuit", Secret("postgresql://x/y"), "b", "prod", "ecotrajet", time(2), timedelta(days=30))
        watched = {
            name: ProbeEntry(
                name, Kind.HTTP, Secret("https://app.example/"), "prod", "ecotrajet", slow_after=timedelta(seconds=1)
            )
            for name in ("app", "recherche")
        }
        desk = replace(runs.desk, procedures={"essai": made}, backups={"nuit": entry}, probes=watched)
        left = list(looks)

        async def look(entry: ProbeEntry) -> Seen:
            return left.pop(next(at for at, (name, _) in enumerate(left) if name == entry.name))[1]

        walking, backups = Walking(runs.db, desk, owner), Backups(runs.db, desk)
        probes = Probes(runs.db, desk, str, look)
        acts = Acts(desk, walking, runs.runs, runs.engines, backups, probes, Databases(runs.db, desk))
        return cls(runs, Procedures(runs.db, desk), Walker(walking, acts), backups)

    async def begin(self, *words: str, by: str = "amina", **more: object) -> ProcedureRun:
        start = replace(Start("essai", words), **more)  # type: ignore[arg-type]  # fields of Start
        begun = await self.procedures.begin(start, self.runs.by(by))
        assert isinstance(begun, ProcedureRun)
        return begun

    async def refused(self, *words: str, by: str = "amina", **more: object) -> str:
        with pytest.raises(UserError) as caught:
            await self.begin(*words, by=by, **more)
        assert await self.runs.value("SELECT count(*) FROM procedure_run") == 0
        return str(caught.value.phrase)

    async def walk(self) -> list[str]:
        """As far as it goes now; how each step taken stands: `2 done`."""
        await self.walker.walk(1)
        return await self.steps()

    async def steps(self) -> list[str]:
        rows = await self.runs.rows("SELECT position, state FROM procedure_step ORDER BY id")
        return [f"{row['position'] + 1} {row['state']}" for row in rows]

    async def answer(self, done: bool, by: str = "chloe") -> None:
        await self.procedures.answer_of(1, done, self.runs.by(by))

    async def approved(self, run: int = 1) -> None:
        """By a second person; the run then ends."""
        await self.runs.runs.approve(run, self.runs.by("bruno"))
        await self.runs.eventually_value(
            True, "SELECT finished_at IS NOT NULL FROM run WHERE id = $1", run, rounds=True
        )

    async def did(self) -> list[str]:
        rows = await self.runs.rows("SELECT did, actor FROM audit WHERE did LIKE 'runbook.%' ORDER BY id")
        return [f"{row['did'].removeprefix('runbook.')} {row['actor']}" for row in rows]

    async def state(self) -> str:
        return str(await self.runs.value("SELECT state FROM procedure_run WHERE id = 1"))


@pytest.fixture
async def runs(database_url: str) -> AsyncIterator[RunDesk]:
    runbooks = {action: PlayedRunbook(action) for action in (Action.RESTART, Action.ROLLBACK)}
    async with Database.open(database_url) as db:
        made = RunDesk.of(db, example_desk(), SeenEngines(), dict(runbooks))
        yield made
        await made.runner.stop()


@pytest.fixture
def desk(runs: RunDesk) -> RunbookDesk:
    return RunbookDesk.of(runs, RESTART)


def played(desk: RunbookDesk, action: Action) -> PlayedRunbook:
    runbook = desk.runs.runbooks[action]
    assert isinstance(runbook, PlayedRunbook)
    return runbook


async def test_from_the_first_look_to_the_last_line_of_the_log(desk: RunbookDesk) -> None:
    await desk.begin("prod")
    assert await desk.walk() == ["1 done", "2 running"]
    assert await desk.runs.value("SELECT status FROM run") == "requested"  # its own card asks for the approval
    assert await desk.walk() == ["1 done", "2 running"]
    await desk.approved()
    assert await desk.walk() == ["1 done", "2 done", "3 waiting"]
    assert await desk.walk() == ["1 done", "2 done", "3 waiting"]
    await desk.answer(True)
    assert await desk.walk() == ["1 done", "2 done", "3 done", "4 skipped", "5 done"]
    assert await desk.state() == "succeeded"
    assert await desk.did() == [
        "begun amina", "step_done desk", "step_done desk", "step_done chloe", "step_done desk", "succeeded desk",
    ]  # fmt: skip
    row = (await desk.runs.rows("SELECT by, finished_at FROM procedure_step WHERE position = 2"))[0]
    assert row["by"] == "chloe"
    assert row["finished_at"] is not None
    assert "GET /pay 500" in str(await desk.runs.value("SELECT output FROM procedure_step WHERE position = 4"))
    assert desk.runs.played.asked == [("prod/ecotrajet", 5, None, "pay")]
    assert await desk.runs.value("SELECT procedure_step IS NOT NULL FROM run")


async def test_the_one_who_began_it_does_not_approve_its_steps_in_production(desk: RunbookDesk) -> None:
    await desk.begin("prod")
    await desk.walk()
    await desk.runs.runs.approve(1, desk.runs.by("amina"))
    assert await desk.runs.value("SELECT status FROM run") == "requested"


async def test_what_is_ill_fails_the_look_and_says_what(desk: RunbookDesk) -> None:
    assert isinstance(desk.runs.engines, SeenEngines)
    desk.runs.engines.light = Light.RED
    await desk.begin("prod")
    assert (await desk.walk())[0] == "1 failed"
    said = await desk.runs.value("SELECT said->'values'->>'problem' FROM procedure_step WHERE position = 0")
    assert said == ILL


async def test_a_failure_leads_to_the_way_back(desk: RunbookDesk) -> None:
    played(desk, Action.RESTART).ends = [failed()]
    await desk.begin("prod")
    await desk.walk()
    await desk.approved()
    assert await desk.walk() == ["1 done", "2 failed", "4 running"]
    assert await desk.runs.value("SELECT action FROM run WHERE id = 2") == "rollback"
    await desk.approved(2)
    assert (await desk.walk())[-2:] == ["4 done", "5 done"]
    assert await desk.state() == "succeeded"


async def test_a_person_who_says_that_it_failed_leads_there_too(desk: RunbookDesk) -> None:
    await desk.begin("prod")
    await desk.walk()
    await desk.approved()
    await desk.walk()
    await desk.answer(False)
    assert (await desk.walk())[-2:] == ["3 failed", "4 running"]


async def test_a_step_that_is_rejected_stops_it_and_is_tried_again(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, "{title: t, steps: [{ask: a}, {title: x, do: restart}, {ask: b}]}")
    await desk.begin("prod")
    await desk.walk()
    await desk.answer(True)
    await desk.walk()
    await runs.runs.reject(1, runs.by("bruno"))
    assert await desk.walk() == ["1 done", "2 failed"]
    assert await desk.state() == "failed"
    await desk.procedures.again(1, runs.by("bruno"))
    assert await desk.walk() == ["1 done", "2 failed", "2 running"]
    assert await runs.value("SELECT requested_by FROM run WHERE id = 2") == "amina"
    await desk.approved(2)
    assert await desk.walk() == ["1 done", "2 failed", "2 done", "3 waiting"]
    with pytest.raises(UserError, match="has not stopped"):
        await desk.procedures.again(1, runs.by("bruno"))


async def test_who_began_it_is_told_when_it_waits_for_a_person_again_and_when_it_stops(desk: RunbookDesk) -> None:
    await desk.begin("prod")
    await desk.walk()
    await desk.runs.rows("UPDATE procedure_step SET started_at = started_at - interval '1 min' RETURNING 1")
    await desk.approved()
    await desk.walk()
    rows = "SELECT recipient FROM message WHERE about = 'tell' AND procedure IS NOT NULL"
    assert [row["recipient"] for row in await desk.runs.rows(rows)] == ["U0AMINA01"]
    assert any("Answer on its card" in each for each in await desk.runs.said())
    await desk.answer(False)
    await desk.walk()
    await desk.runs.runs.reject(2, desk.runs.by("bruno"))
    await desk.walk()
    assert "did not get through" in (await desk.runs.said())[-1]
    assert len(await desk.runs.rows(rows)) == 2


async def test_a_question_that_nobody_answers_is_asked_again_and_then_each_day(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, "{title: t, steps: [{ask: 'La recherche marche ?'}]}")
    await desk.begin()

    async def reminded(hours: int) -> int:
        """How often, after so long."""
        earlier = "started_at = started_at - $1::interval, reminded_at = reminded_at - $1::interval"
        await runs.rows(f"UPDATE procedure_step SET {earlier} RETURNING 1", timedelta(hours=hours))
        for _ in range(2):
            await desk.walker.round()
            await asyncio.gather(*desk.walker.under_way.values())
        return sum("waits since" in said for said in await runs.said())

    assert await reminded(0) == 0
    assert await reminded(1) == 2  # in the thread, and to who began it
    assert await reminded(1) == 2
    assert await reminded(24) == 4
    assert "La recherche marche ?" in (await runs.said())[-1]
    await desk.answer(True)
    assert await reminded(48) == 4


async def test_a_question_is_answered_once_and_the_second_hears_by_whom(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, "{title: t, steps: [{ask: a}, {ask: b}]}")
    await desk.begin()
    await desk.walk()
    step = (await desk.procedures.view(1)).current.id  # type: ignore[union-attr]  # it was begun, and waits
    answers = await asyncio.gather(
        *(desk.procedures.answer(step, True, runs.by(each)) for each in ("chloe", "bruno")), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, UserError)]
    assert len(refused) == 1
    assert "answered at" in str(refused[0].phrase)
    assert await runs.value("SELECT count(*) FROM audit WHERE did = 'runbook.step_done'") == 1


async def test_a_step_marked_so_is_approved_like_a_plan(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, "{title: t, steps: [{ask: restaurer, approval: true}, {title: x, do: restart}]}")
    await desk.begin("prod")
    for person, why in (("amina", "a second person approves"), ("chloe", "You may not deploy or roll back")):
        with pytest.raises(UserError, match=why):
            await desk.answer(True, by=person)
    assert await desk.steps() == ["1 waiting"]
    await desk.answer(True, by="bruno")
    assert await desk.steps() == ["1 done", "2 running"]
    nowhere = RunbookDesk.of(runs, "{title: t, steps: [{ask: ouvrir, approval: true}]}")
    await nowhere.begin()
    with pytest.raises(UserError, match="a second person approves this step".capitalize()):
        await nowhere.procedures.answer_of(2, True, runs.by("amina"))
    await nowhere.procedures.answer_of(2, False, runs.by("amina"))  # no is said by anybody


async def test_the_card_of_a_run_says_which_runbook_asked_for_it(desk: RunbookDesk) -> None:
    await desk.begin("prod")
    await desk.walk()
    view = await desk.runs.runs.view(1)
    assert view is not None
    assert view.runbook == 1


async def test_an_observer_answers_nothing(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, "{title: t, steps: [{ask: a}]}")
    teams = {**runs.desk.teams, "management": replace(runs.desk.teams["management"], responders=False)}
    desk.procedures.desk = replace(desk.procedures.desk, teams=teams)
    await desk.begin()
    await desk.walk()
    with pytest.raises(UserError, match="follows incidents"):
        await desk.answer(True, by="emma")
    assert await desk.steps() == ["1 waiting"]


async def test_a_worker_that_dies_after_asking_is_followed_by_one_that_asks_no_second_time(desk: RunbookDesk) -> None:
    """The run is there, the row that says so is not: the death between two statements that would hurt most."""
    await desk.begin("prod")
    do, asked = desk.walker.acts.do, asyncio.Event()

    async def dies(task: Task) -> Ended | None:
        how = await do(task)
        if task.step.id == "redemarrage":
            asked.set()
            await asyncio.Event().wait()
        return how

    desk.walker.acts.do = dies  # type: ignore[method-assign]  # this worker stands still for ever
    await desk.walker.round()
    await asyncio.wait_for(asked.wait(), 10)
    await desk.walker.stop()
    await desk.approved()
    other = RunbookDesk.of(desk.runs.replica(), RESTART, "two")
    assert await other.walk() == ["1 done", "2 running"]  # the dead one's lease has not run out
    await desk.runs.rows("UPDATE procedure_run SET lease_until = clock_timestamp() - interval '1 s' RETURNING 1")
    assert await other.walk() == ["1 done", "2 done", "3 waiting"]
    assert await desk.runs.value("SELECT count(*) FROM run") == 1


async def test_two_replicas_take_each_step_once(desk: RunbookDesk) -> None:
    other = RunbookDesk.of(desk.runs.replica(), RESTART, "two")
    await desk.begin("prod")
    await asyncio.gather(*(each.walker.walk(1) for each in (desk, other, desk, other)))
    assert await desk.steps() == ["1 done", "2 running"]
    assert await desk.runs.value("SELECT count(*) FROM run") == 1


async def test_the_watch_walks_only_through_what_may_go_on(desk: RunbookDesk) -> None:
    await desk.begin("prod")
    assert await desk.walker.walking.to_walk() == [1]
    await desk.walk()
    assert await desk.walker.walking.to_walk() == []  # its run waits for an approval
    await desk.approved()
    assert await desk.walker.walking.to_walk() == [1]
    await desk.walk()
    assert await desk.walker.walking.to_walk() == []  # a person is asked
    await desk.answer(True)
    assert await desk.walker.walking.to_walk() == [1]


async def test_called_off_takes_no_further_step(desk: RunbookDesk) -> None:
    await desk.begin("prod")
    await desk.walk()
    await desk.procedures.cancel(1, desk.runs.by("bruno"))
    assert await desk.walk() == ["1 done", "2 skipped"]
    assert await desk.state() == "cancelled"
    assert (await desk.did())[-1] == "cancelled bruno"
    with pytest.raises(UserError, match="over already"):
        await desk.procedures.cancel(1, desk.runs.by("bruno"))


async def test_a_file_that_is_edited_meanwhile_changes_nothing_under_way(desk: RunbookDesk) -> None:
    await desk.begin("prod")
    await desk.walk()
    await desk.approved()
    edited = RunbookDesk.of(desk.runs, "{title: other, steps: [{ask: other}]}")
    assert await edited.walk() == ["1 done", "2 done", "3 waiting"]


async def test_a_look_into_a_container_that_is_not_there_fails_and_says_why(runs: RunDesk) -> None:
    desk = RunbookDesk.of(
        runs,
        "{title: t, parameters: {what: {default: shell}}, steps: [{title: a, do: stats, on_failure: continue},"
        " {title: b, do: exec, with: {look: '{what}'}, on_failure: continue}, {title: c, do: diagnose}]}",
    )
    await desk.begin("prod")
    assert await desk.walk() == ["1 failed", "2 failed", "3 failed"]
    rows = await runs.rows("SELECT said FROM procedure_step ORDER BY id")
    assert "there is no free shell" in str(Phrase.from_json(rows[1]["said"]))
    assert all(row["said"] for row in rows)
    assert await desk.state() == "failed"


async def test_who_may_not_do_a_step_is_told_before_the_first(desk: RunbookDesk) -> None:
    assert "You may not restart services in prod" in await desk.refused("prod", by="chloe")


async def test_without_the_place_or_a_parameter_it_does_not_begin(runs: RunDesk) -> None:
    desk = RunbookDesk.of(
        runs,
        "{title: t, parameters: {version: {required: true, about: la version}}, steps: [{title: x, do: deploy,"
        " with: {version: '{version}'}}]}",
    )
    assert "In which environment?" in await desk.refused(given={"version": "v3"})
    assert "“version” is missing (la version)" in await desk.refused("prod")
    assert "no parameter “vresion”. It has: version" in await desk.refused("prod", given={"vresion": "v3"})


async def test_what_takes_production_away_wants_its_name_typed(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, "{title: t, steps: [{title: x, do: stop}]}")
    assert "--confirm prod" in await desk.refused("prod", by="bruno")
    await desk.begin("prod", by="bruno", confirm="prod")


async def test_the_same_one_is_not_begun_twice_in_one_place(desk: RunbookDesk) -> None:
    await desk.begin("prod")
    with pytest.raises(UserError, match="under way there already: runbook 1, begun by Amina Diallo"):
        await desk.begin("prod", by="bruno")
    await desk.begin("staging", by="bruno")


async def test_a_backup_is_asked_for_once_and_followed_to_its_end(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, "{title: t, steps: [{title: x, do: backup}]}")
    await desk.begin("prod")
    assert await desk.walk() == await desk.walk() == ["1 running"]
    assert await runs.value("SELECT count(*) FROM backup WHERE state = 'queued' AND asked_by = 'amina'") == 1
    await runs.rows("UPDATE backup SET state = 'succeeded', object = 'nuit/a.dump' RETURNING 1")
    assert await desk.walk() == ["1 done"]
    assert await runs.value("SELECT said->'values'->>'object' FROM procedure_step") == "nuit/a.dump"


async def test_a_backup_that_fails_stops_it_with_the_reason(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, "{title: t, steps: [{title: x, do: backup}, {ask: never}]}")
    await desk.begin("prod")
    await desk.walk()
    await runs.rows("UPDATE backup SET state = 'failed', why = 'the bucket is gone' RETURNING 1")
    assert await desk.walk() == ["1 failed"]
    assert await runs.value("SELECT said->'values'->>'reason' FROM procedure_step") == "the bucket is gone"


RESTORE = """
title: Récupération
steps:
  - {id: restauration, title: À côté, do: restore}
  - {id: accord, ask: "Tout est là ?", approval: true}
  - {id: bascule, title: En place, do: cutover}
"""


def restoring(runs: RunDesk, text: str) -> RunbookDesk:
    """Amina may destroy in production, and the backup has somebody who may make databases."""
    desk = RunbookDesk.of(runs, text)
    teams = {name: replace(team, rights={"*": ActionClass.DESTROY}) for name, team in runs.desk.teams.items()}
    entry = replace(desk.backups.desk.backups["nuit"], admin=Secret("postgresql://x/y"))
    for each in (desk.procedures, desk.backups, desk.walker.acts):
        each.desk = replace(each.desk, teams=teams, backups={"nuit": entry})
    return desk


async def test_nothing_is_restored_before_somebody_who_may_has_agreed(runs: RunDesk) -> None:
    desk = restoring(runs, RESTORE)
    await desk.begin("prod", confirm="prod")
    assert await desk.walk() == ["1 failed"]
    assert await runs.value("SELECT count(*) FROM backup") == 0


async def test_a_restore_and_its_cutover_are_each_asked_for_once_and_followed(runs: RunDesk) -> None:
    first, accord, last = RESTORE.strip().splitlines()[2:]
    desk = restoring(runs, "\n".join(["title: t", "steps:", accord, first, last]))
    good = (
        "INSERT INTO backup (name, slot, kind, state, asked_by, object, finished_at)"
        " VALUES ('nuit', $1, 'daily', 'succeeded', 'desk', $1, app_now()) RETURNING id"
    )
    of_before = await runs.value(good, "of before")
    await desk.begin("prod", confirm="prod")
    await runs.value(good, "copy of the damage")
    assert await desk.walk() == ["1 waiting"]
    await desk.answer(True, by="bruno")
    assert await desk.walk() == await desk.walk() == ["1 done", "2 running"]
    asked = await runs.rows("SELECT slot, source FROM backup WHERE kind = 'restore'")
    assert [tuple(row) for row in asked] == [("restore:1:2", of_before)]
    await runs.rows(
        "UPDATE backup SET state = 'succeeded', object = 'app_restored_1' WHERE kind = 'restore' RETURNING 1"
    )
    assert await desk.walk() == ["1 done", "2 done", "3 running"]
    await runs.rows("UPDATE backup SET state = 'failed', why = 'somebody is in' WHERE kind = 'cutover' RETURNING 1")
    assert await desk.walk() == ["1 done", "2 done", "3 failed"]


LOOKS = (
    "{title: t, safe: true, fits: {title: lente}, steps: [{title: x, do: status, on_failure: continue},"
    " {title: y, do: logs}]}"
)


async def test_what_only_looks_begins_by_itself_once_for_an_incident(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, LOOKS)
    desk.procedures.desk = replace(desk.procedures.desk, automatic_runbooks=True)
    for title in ("Recherche lente", "Panne de courant"):
        await runs.lifecycle.declare(
            title=title, priority=Priority.P2, environment="prod", service="ecotrajet", text="", by=runs.by("chloe")
        )
    await asyncio.gather(*(desk.procedures.begin_safe() for _ in range(3)))
    assert await runs.value("SELECT array_agg(incident) FROM procedure_run") == [1]
    assert await desk.walk() == ["1 done", "2 done"]
    assert "GET /pay 500" in str(await runs.value("SELECT output FROM procedure_step WHERE position = 1"))
    assert await desk.did() == ["begun desk", "step_done desk", "step_done desk", "succeeded desk"]
    await desk.procedures.begin_safe()
    assert await runs.value("SELECT count(*) FROM procedure_run") == 1


async def test_in_a_storm_two_replicas_together_look_at_the_worst_incidents_only(runs: RunDesk) -> None:
    desk, other = RunbookDesk.of(runs, LOOKS), RunbookDesk.of(runs.replica(), LOOKS)
    for each in (desk, other):
        each.procedures.desk = replace(each.procedures.desk, automatic_runbooks=True)
    for number in range(BY_ITSELF + 4):
        await runs.lifecycle.declare(
            title=f"Recherche lente {number}", priority=Priority.P2 if number < 4 else Priority.P1, environment="prod",
            service="ecotrajet", text="", by=runs.by("chloe"),
        )  # fmt: skip
    for _ in range(BY_ITSELF + 4):  # one after the other: they all look at the same place
        await asyncio.gather(desk.procedures.begin_safe(), other.procedures.begin_safe())
        latest = await runs.value("SELECT max(id) FROM procedure_run")
        assert isinstance(latest, int)
        await desk.walker.walk(latest)
    begun = [row["incident"] for row in await runs.rows("SELECT incident FROM procedure_run ORDER BY id")]
    assert begun == list(range(5, 5 + BY_ITSELF)), "each critical one once, the others not any more"
    await runs.rows("UPDATE procedure_run SET begun_at = begun_at - interval '10 min' RETURNING 1")
    await desk.procedures.begin_safe()
    assert await runs.value("SELECT incident FROM procedure_run ORDER BY id DESC LIMIT 1") == 1, "room again"


async def test_nothing_begins_by_itself_unless_it_is_wanted_and_its_place_is_there(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, LOOKS)
    await runs.lifecycle.declare(
        title="Recherche lente", priority=Priority.P2, environment="dev", service="ecotrajet", text="",
        by=runs.by("chloe"),
    )  # fmt: skip
    await desk.procedures.begin_safe()
    desk.procedures.desk = replace(desk.procedures.desk, automatic_runbooks=True)
    await desk.procedures.begin_safe()
    assert await runs.value("SELECT count(*) FROM procedure_run") == 0


async def test_what_belongs_to_an_incident_is_told_in_its_story(desk: RunbookDesk) -> None:
    declared = await desk.runs.lifecycle.declare(
        title="lente", priority=Priority.P2, environment="prod", service="ecotrajet", text="", by=desk.runs.by("chloe")
    )
    assert isinstance(declared, Declared)
    await desk.begin("prod", incident=declared.incident.number)
    await desk.walk()
    assert await desk.runs.value("SELECT count(*) FROM audit WHERE did LIKE 'runbook.%' AND incident = 1") == 2
    assert await desk.runs.value("SELECT incident FROM run") == 1
    with pytest.raises(UserError, match="no incident #99"):
        await desk.begin("staging", incident=99)


PROBE = "{title: t, steps: [{title: x, do: probe, on_failure: continue}, {title: y, do: probe, with: {name: app}}]}"
QUICK, SLOW = Seen(timedelta(seconds=0.2)), Seen(timedelta(seconds=1.5))


async def test_a_step_looks_as_a_user_would_by_all_probes_of_the_place_or_by_one(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, PROBE, looks=[("app", QUICK), ("recherche", SLOW), ("app", QUICK)])
    await desk.begin("prod")
    assert await desk.walk() == ["1 failed", "2 done"]
    shown = str(await desk.runs.value("SELECT output FROM procedure_step WHERE position = 0"))
    assert "🟢 “app” answers in 200 ms" in shown
    assert "🔴 “recherche” fails: 1.5 s instead of 1 s at most" in shown
    assert await desk.state() == "succeeded"


async def test_where_no_probe_looks_nothing_is_called_well(runs: RunDesk) -> None:
    desk = RunbookDesk.of(runs, PROBE.replace("name: app", "name: apq"))
    await desk.begin("staging")
    assert await desk.walk() == ["1 failed", "2 failed"]
    said = await desk.runs.rows("SELECT said FROM procedure_step ORDER BY id")
    assert "nothing was checked" in str(said[0]["said"])
    assert "app" in str(said[1]["said"])


CHECKS = """
title: Contrôles
safe: true
steps:
  - {id: configuration, title: Configuration, do: validate, on_failure: continue}
  - {id: failles, title: Failles, do: security, on_failure: continue}
  - {id: base, title: Base, do: database, with: {optional: "yes"}}
  - {id: stricte, title: Base, do: database, with: {look: rls}}
"""


class CheckedLooks(DockerLooks):
    """A container that lacks a variable and holds a known vulnerability."""

    async def validate(self, target: Target) -> Validated:
        return Validated("web", 2, missing=("VITE_SUPABASE_URL",))

    async def patches(self, target: Target) -> Patches:
        return Patches("web", "v2", "web:v2", None, (Scan("npm audit", {Severity.HIGH: 1}),))


async def test_configuration_and_patches_are_steps_and_a_database_may_be_none(runs: RunDesk) -> None:
    runs.played.looks = CheckedLooks(NOWHERE.engine)
    desk = RunbookDesk.of(runs, CHECKS)
    desk.walker.acts.looking.databases.desk = replace(runs.desk, databases={})
    await desk.begin("prod")
    assert await desk.walk() == ["1 failed", "2 failed", "3 done", "4 failed"]
    outputs = [row["output"] for row in await runs.rows("SELECT output FROM procedure_step ORDER BY id")]
    assert "❌ VITE_SUPABASE_URL est absente" in outputs[0]
    assert "élevée 1" in outputs[1]
    assert outputs[2:] == ["", ""]
