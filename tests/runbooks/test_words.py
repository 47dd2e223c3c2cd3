"""The words that people type, the version to go back to, and who may approve: pure rules, one line each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.approval import Allowed, BreakGlass, Refused, Request, Rule, may_approve, rule_for
from bot.deployment import Deployment, Observation, Source, find_version, previous_good, record, to_keep
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Action, Change, ChangeKind, Evidence, Image, Plan
from bot.target import Environment, Service, resolve, resolve_all

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
LONG = timedelta(seconds=30)
DEV = Environment("dev", "Développement", confirm=False)
STAGING = Environment("staging", "Staging", ("pré-production",))
PROD = Environment("prod", "Production", protected=True)
ALL = [DEV, STAGING, PROD]
APP = Service("ecotrajet", {"prod": "web", "staging": "web-staging"}, aliases=("éco",))
API = Service("api", {"prod": "shop/api"})


@pytest.mark.parametrize(
    ("typed", "key", "rest"),
    [
        ("prod", "prod/ecotrajet", ()),
        ("PRODUCTION", "prod/ecotrajet", ()),
        ("ecotrajet prod v1", "prod/ecotrajet", ("v1",)),
        ("v1 prod ecotrajet", "prod/ecotrajet", ("v1",)),
        ("Éco préproduction", "staging/ecotrajet", ()),
        ("pre-production ECO", "staging/ecotrajet", ()),
    ],
)
def test_words_in_any_order_case_or_accent_name_one_target(typed: str, key: str, rest: tuple[str, ...]) -> None:
    target, left = resolve(typed.split(), ALL, [APP])
    assert (target.key, left) == (key, rest)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("prdo", "Did you mean “prod”"),
        ("stagign v1", "Did you mean “staging”"),
        ("", "In which environment? There are: dev, staging, prod."),
        ("prod", "Which service? There are: ecotrajet, api."),
        ("prod ecotrajt", "Did you mean “ecotrajet”"),
        ("dev", "No service runs in Développement."),
        ("staging api", "api does not run in Staging."),
        ("prod staging", "One at a time"),
    ],
)
def test_what_is_not_understood_is_answered_with_what_to_type(typed: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        resolve(typed.split(), ALL, [APP, API])
    assert said in str(refused.value.phrase)


def test_the_only_service_there_needs_no_name() -> None:
    assert resolve(["staging"], ALL, [APP, API])[0].key == "staging/ecotrajet"
    assert [target.key for target in resolve_all([], ALL, [APP, API])[0]] == [
        "staging/ecotrajet",
        "prod/ecotrajet",
        "prod/api",
    ]
    assert [target.key for target in resolve_all(["api"], ALL, [APP, API])[0]] == ["prod/api"]


def ran(version: str, start: int, end: int, *, healthy: bool = True, source: Source = Source.OBSERVED) -> Deployment:
    """`version` ran from minute `start` to minute `end` before noon."""
    since, until = NOW + timedelta(minutes=start), NOW + timedelta(minutes=end)
    image = "sha256:" + version.encode().hex().ljust(64, "0")
    row = Deployment("prod", "ecotrajet", image, f"ecotrajet:{version}", (), "", "c", since, until, source=source)
    return replace(row, healthy_since=since, healthy_until=until) if healthy else row


def back_from(history: list[Deployment]) -> str | None:
    good = previous_good(history, history[-1].image_id, healthy_for=LONG, now=NOW)
    return good.name if good else None


def test_back_means_the_last_other_version_that_was_well() -> None:
    assert back_from([ran("v1", -90, -60), ran("v2", -60, -1), ran("v3", -1, 0, healthy=False)]) == "v2"
    assert back_from([ran("v1", -90, -60), ran("bad", -60, -59, healthy=False), ran("v2", -59, 0)]) == "v1"
    assert back_from([ran("v1", -90, 0)]) is None


def test_a_second_rollback_goes_further_back_and_not_forward_again() -> None:
    history = [ran("v0", -99, -90), ran("v1", -90, -60), ran("v2", -60, -5), ran("v1", -5, 0, source=Source.ROLLBACK)]
    assert back_from(history) == "v0"
    assert back_from(history[1:]) is None


def test_a_short_flash_of_health_proves_nothing_and_a_later_illness_forgets_nothing() -> None:
    def seen(second: int, healthy: bool) -> Observation:
        moment = NOW + timedelta(seconds=second)
        return Observation("prod", "ecotrajet", "e", "sha256:aa", "ecotrajet:v1", (), "v1", "c", healthy, moment)

    row = record(None, seen(0, True))
    row = record(row, seen(5, False))
    assert row.healthy_since is None
    row = record(record(row, seen(10, True)), seen(70, True))
    row = record(row, seen(80, False))
    assert row.proved(LONG, NOW + timedelta(seconds=90))
    assert (row.first_seen, row.last_seen) == (NOW, NOW + timedelta(seconds=80))


def test_a_version_is_found_by_tag_label_or_image_id_and_otherwise_the_known_ones_are_told() -> None:
    history = [ran("v1", -90, -60), ran("v2", -60, 0)]
    assert find_version(history, ["v1"]) is history[0]
    assert find_version(history, ["ecotrajet:v2"]) is history[1]
    assert find_version(history, [history[0].image_id[7:19]]) is history[0]
    with pytest.raises(UserError, match=r"never seen version “v9” here. Seen so far: v2, v1"):
        find_version(history, ["v9"])
    moved = [ran("v1", -90, -60), Deployment("prod", "e", "sha256:ff", "e:v1", (), "", "c", NOW, NOW)]
    with pytest.raises(UserError, match="several images"):
        find_version(moved, ["v1"])


def test_the_running_image_and_the_last_good_ones_are_kept() -> None:
    history = [ran(f"v{n}", -90 + n, -89 + n) for n in range(6)]
    kept = to_keep(history, history[2].image_id, healthy_for=LONG, now=NOW)
    assert kept == [history[2].image_id, history[5].image_id, history[4].image_id]


def plan() -> Plan:
    return Plan(
        *(Action.ROLLBACK, "prod", "ecotrajet", "default", "ENGINE", "web", "c1"),
        *(Image("sha256:b", "ecotrajet:v2"), Image("sha256:a", "ecotrajet:v1", "v1", ("r@sha256:1",))),
        steps=("create", "start"),
        changes=(Change(ChangeKind.ENV, "MODE", "set", ""),),
        warnings=(Phrase("Écoute {port}", {"port": 80}),),
        asks=Phrase("Sure?"),
    )


def test_a_plan_and_evidence_survive_their_storage_and_any_difference_shows_in_the_fingerprint() -> None:
    assert Plan.from_json(plan().to_json()) == plan()
    assert Plan.from_json(plan().to_json()).fingerprint() == plan().fingerprint()
    other = Plan.from_json(plan().to_json().replace('"c1"', '"c2"'))
    assert other.fingerprint() != plan().fingerprint()
    seen = Evidence("web", NOW, "exited", "log", 137, True, 2, health_log=("x",), memory=3)
    assert Evidence.from_json(seen.to_json()) == seen


def asked(where: Environment) -> Request:
    return Request("amina", where, Action.ROLLBACK, "f", NOW)


def answer(where: Environment, who: str, **changed: object) -> Allowed | Refused:
    given: dict[str, object] = {"has_right": True, "fingerprint": "f", "now": NOW, **changed}
    return may_approve(asked(where), who, **given)  # type: ignore[arg-type]  # a table of keyword arguments


def test_production_takes_a_second_person_staging_one_and_development_none() -> None:
    assert rule_for(DEV, Action.ROLLBACK) is Rule.NONE
    assert rule_for(PROD, Action.LOGS) is Rule.NONE
    assert rule_for(PROD, Action.RESTART) is Rule.SECOND_PERSON
    assert answer(STAGING, "amina") == Allowed(Rule.CONFIRM)
    assert answer(PROD, "david") == Allowed(Rule.SECOND_PERSON)
    assert isinstance(answer(PROD, "amina"), Refused)


def test_late_changed_or_unauthorised_approvals_are_refused() -> None:
    assert "expired" in str(answer(PROD, "david", now=NOW + timedelta(minutes=10)))
    assert "changed" in str(answer(PROD, "david", fingerprint="g"))
    assert "may not" in str(answer(PROD, "david", has_right=False))


def test_the_glass_breaks_only_on_an_open_p1_and_with_a_reason() -> None:
    assert answer(PROD, "amina", break_glass=BreakGlass("site down", 42)) == Allowed(Rule.SECOND_PERSON, True)
    assert isinstance(answer(PROD, "amina", break_glass=BreakGlass("site down", None)), Refused)
    assert isinstance(answer(PROD, "amina", break_glass=BreakGlass("  ", 42)), Refused)
