"""Walking through a procedure, and proposing one: plain data in, the next move or the reason out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.config.problems import Problems
from bot.config.runbooks import library, procedure
from bot.incident import Incident, Priority, Status
from bot.phrase import Phrase
from bot.procedure import (
    End,
    Procedure,
    ProcedureRun,
    ProcedureState,
    Skip,
    StepState,
    Take,
    Taken,
    filled,
    next_move,
    suggestions,
)
from bot.target import Environment

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
PROD = Environment("prod", "Production", protected=True)


def read(text: str) -> Procedure:
    problems = Problems("essai.yaml")
    made = procedure("essai", text, problems)
    assert made is not None, problems.listed()
    return made


def run(made: Procedure, *ended: tuple[int, str], given: dict[str, str] | None = None) -> ProcedureRun:
    """With these steps taken: (position, how it ended)."""
    visits: dict[int, int] = {}
    taken: list[Taken] = []
    for position, how in ended:
        visits[position] = visits.get(position, 0) + 1
        taken.append(Taken(len(taken) + 1, position, visits[position], StepState(how), NOW))
    return ProcedureRun(
        1, made, ProcedureState.RUNNING, "prod", "ecotrajet", "amina", NOW, given or {}, taken=tuple(taken)
    )


def move(made: Procedure, *ended: tuple[int, str], **more: Any) -> Take | Skip | End | None:
    return next_move(run(made, *ended, **more), PROD.answers_to())


PLAIN = read("{title: t, steps: [{ask: a}, {ask: b, on_failure: continue}, {ask: c, id: c}]}")


def test_steps_are_taken_in_their_order_until_all_are_through() -> None:
    assert move(PLAIN) == Take(0, 1)
    assert move(PLAIN, (0, "done")) == Take(1, 1)
    ended = move(PLAIN, (0, "done"), (1, "done"), (2, "done"))
    assert isinstance(ended, End)
    assert ended.state is ProcedureState.SUCCEEDED


@pytest.mark.parametrize("state", ["running", "waiting"])
def test_nothing_moves_while_a_step_is_under_way(state: str) -> None:
    assert move(PLAIN, (0, state)) is None


def test_a_failure_stops_or_goes_on_as_the_step_says() -> None:
    stopped = move(PLAIN, (0, "failed"))
    assert isinstance(stopped, End)
    assert (stopped.state, str(stopped.said)) == (ProcedureState.FAILED, "Stopped at step 1: it failed.")
    assert move(PLAIN, (0, "done"), (1, "failed")) == Take(2, 1)


def test_a_failure_may_lead_elsewhere_but_not_in_circles_for_ever() -> None:
    made = read("{title: t, steps: [{ask: a, id: a}, {ask: b, on_failure: {goto: a}}]}")
    rounds = [(0, "done"), (1, "failed")] * 4
    assert move(made, *rounds) == Take(0, 5)
    circles = move(made, *rounds, (0, "done"), (1, "failed"))
    assert isinstance(circles, End)
    assert "circles" in str(circles.said)


def test_a_step_whose_condition_does_not_hold_is_skipped() -> None:
    made = read(
        "{title: t, parameters: {version: {}}, steps: [{ask: a, id: a, on_failure: continue},"
        " {ask: b, if: {step: a, was: failed}}, {ask: c, unless: {step: a}}, {ask: d, if: {given: version}},"
        " {ask: e, if: {environments: [production]}}, {ask: f, if: [{environments: [staging]}, {step: a}]}]}"
    )
    well = [(0, "done"), (1, "skipped"), (2, "skipped"), (3, "skipped")]
    assert [move(made, *well[:n]) for n in (1, 2, 3)] == [Skip(1, 1), Skip(2, 1), Skip(3, 1)]
    assert move(made, (0, "failed")) == Take(1, 1)
    assert move(made, (0, "failed"), (1, "done")) == Take(2, 1)
    assert move(made, *well[:3], given={"version": "v3"}) == Take(3, 1)
    assert move(made, *well) == Take(4, 1)
    assert move(made, *well, (4, "done")) == Skip(5, 1)


def test_the_last_time_a_step_was_taken_is_what_counts() -> None:
    made = read("{title: t, steps: [{ask: a, id: a, on_failure: {goto: a}}, {ask: b, if: {step: a}}]}")
    assert move(made, (0, "failed")) == Take(0, 2)
    assert move(made, (0, "failed"), (0, "done")) == Take(1, 1)


def test_what_was_kept_is_what_was_read() -> None:
    for each in library().values():
        assert Procedure.from_json(each.to_json()) == each


def test_placeholders_are_filled_and_what_is_not_given_is_empty() -> None:
    assert filled("{version} in {environment}{x}", {"version": "v3", "environment": "prod"}) == "v3 in prod"


def incident(title: str, **changed: Any) -> Incident:
    usual = {
        "number": 42, "status": Status.TRIGGERED, "priority": Priority.P1, "title": title, "environment": "prod",
        "service": "ecotrajet", "rule": "r", "why": Phrase("critical"), "opened_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    return Incident(**{**usual, **changed})


@pytest.mark.parametrize(
    "title, name",
    [
        ("[PROD] [CRITICAL] Database connection lost", "erreurs-base-de-donnees"),
        ("Container ecotrajet-prod is in a crash loop", "container-ne-demarre-pas"),
        ("Le service redémarre en boucle", "container-ne-demarre-pas"),
        ("Le service ne démarre plus", "container-ne-demarre-pas"),
        ("Temps de réponse trop long sur la recherche", "application-lente"),
        ("Lenteur du paiement", "application-lente"),
        ("High p95 latency", "application-lente"),
        ("CVE-2026-1234 in openssl", "correctif-securite"),
    ],
)
def test_the_guides_procedures_are_proposed_on_what_they_help_with(title: str, name: str) -> None:
    found = suggestions(library().values(), incident(title), {"prod": PROD})
    assert [each.name for each in found if not each.safe] == [name]
    said = str(found[0].why).partition("“")[2].rstrip("”")
    assert said, found
    assert said.casefold()[:3] in title.casefold().replace("é", "e")


@pytest.mark.parametrize("title", ["Certificat bientôt expiré", "Disk 91 % full", "Excellente disponibilité"])
def test_nothing_is_proposed_on_what_none_helps_with(title: str) -> None:
    assert suggestions(library().values(), incident(title), {"prod": PROD}) == ()


def test_the_reason_quotes_the_incident_with_its_accents() -> None:
    found = suggestions(library().values(), incident("Base de donne\u0301es injoignable"), {"prod": PROD})
    assert str(found[0].why.values["words"]) == "Base de données"


def test_what_only_looks_is_proposed_last() -> None:
    found = suggestions(library().values(), incident("Database connection lost"), {"prod": PROD})
    assert [each.name for each in found] == ["erreurs-base-de-donnees", "diagnostic"]
    for of_a_probe in ("« application » échoue : réponse 404", "“app” fails: no answer within 10 s"):
        found = suggestions(library().values(), incident(of_a_probe), {"prod": PROD})
        assert [each.name for each in found] == ["diagnostic"]


def test_priority_environment_and_service_count_when_they_are_written() -> None:
    made = read(
        "{title: t, fits: {title: slow, priorities: [P1], environments: [production], services: [Ecotrajet]},"
        " steps: [{ask: a}]}"
    )
    places = {"prod": PROD, "staging": Environment("staging", "Staging")}
    assert suggestions([made], incident("Slow"), places)
    assert not suggestions([made], incident("Slow", priority=Priority.P2), places)
    assert not suggestions([made], incident("Slow", environment="staging"), places)
    assert not suggestions([made], incident("Slow", service="other"), places)
