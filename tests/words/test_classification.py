"""What an alert is worth: the guide's meaning of P1, P2, P3, in the words that senders really use."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import yaml
from hypothesis import strategies as st

from bot.alert import Alert, AlertStatus
from bot.classification import DEFAULT_RULES, Classification, Hours, Impact, Rule, Severity, Stage, When, classify
from bot.incident import Priority
from bot.phrase import Phrase
from bot.target import Environment, Service

NOW: Final = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
ENVIRONMENTS: Final = {
    "dev": Environment("dev", "Développement"),
    "staging": Environment("staging", "Préproduction"),
    "prod": Environment("prod", "Production", protected=True),
}
SERVICES: Final = {
    "ecotrajet": Service(
        "ecotrajet", {"prod": "ecotrajet-prod", "staging": "ecotrajet-staging"}, "ÉcoTrajet", ("trajet",)
    ),
    "carte": Service("carte", {"prod": "carte"}),
}
EXAMPLES: Final = yaml.load(
    (Path(__file__).parent.parent / "samples" / "classification.yaml").read_text("utf-8"), yaml.CSafeLoader
)

TABLES: Final = sorted((Path(__file__).parent.parent / "samples").glob("classification-*.yaml"))


def alert(title: str, **more: Any) -> Alert:
    source, status = more.pop("source", "generic"), AlertStatus(more.pop("status", "firing"))
    return Alert(source=source, dedup_key="k", status=status, title=title, **more)


def judged(given: Alert, rules: tuple[Rule, ...] = DEFAULT_RULES, now: datetime = NOW) -> Classification:
    return classify(given, rules, ENVIRONMENTS, SERVICES, now)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each['expected']} {each['title'][:50]}")
def test_an_alert_is_worth_what_the_guide_says(example: Mapping[str, Any]) -> None:
    given = dict(example)
    expected = given.pop("expected")
    found = judged(alert(**given))
    assert (found.priority or "record") == expected, f"{found.rule}: {found.why}"
    assert str(found.why)


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_the_tables_that_were_written_blind_are_as_expected(table: Path) -> None:
    examples = yaml.load(table.read_text("utf-8"), yaml.CSafeLoader)
    assert len(examples) >= 25
    for example in examples:
        expected = example.pop("expected")
        found = judged(alert(**example))
        assert (found.priority or "record") == expected, f"{example['title']} ({found.rule}: {found.why})"


def test_there_are_examples_enough_of_every_priority() -> None:
    assert len(EXAMPLES) >= 60
    for expected in ("P1", "P2", "P3", "record"):
        assert sum(each["expected"] == expected for each in EXAMPLES) >= 10


def test_the_reason_quotes_what_was_written() -> None:
    found = judged(alert("Base de données INDISPONIBLE", environment="production"))
    assert str(found.why) == "The service is unavailable: “INDISPONIBLE”"
    assert (found.rule, found.environment, found.severity) == ("unavailable", "prod", "")


def test_a_place_that_matters_less_says_what_it_lowered() -> None:
    found = judged(alert("Perte de données", environment="recette"))
    assert found.priority is Priority.P2
    assert str(found.why) == "Data is lost or exposed: “Perte de données”; Préproduction is P2 at most"


def test_before_production_only_what_blocks_the_validation_of_a_release_is_major() -> None:
    assert judged(alert("API down", environment="recette", severity="critical")).priority is Priority.P3
    assert judged(alert("API down, we cannot validate the release", environment="recette")).priority is Priority.P2
    assert judged(alert("API down, on peut valider quand même", environment="recette")).priority is Priority.P3


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"environment": "PROD"}, "prod"),
        ({"environment": "Préproduction"}, "staging"),
        ({"environment": "PRÉ-PROD"}, "staging"),
        ({"environment": "non-prod"}, "staging"),
        ({"environment": "développement"}, "dev"),
        ({"environment": "eu-west", "labels": {"env": "prd"}}, "prod"),
        ({"labels": {"Environment": "Production"}}, "prod"),
        ({"labels": {"deployment.environment": "stg"}}, "staging"),
        ({"labels": {"namespace": "ecotrajet-prod"}}, "prod"),
        ({"labels": {"container": "/ecotrajet-staging"}}, "staging"),
        ({"labels": {"container": "carte"}}, "prod"),
        ({"labels": {"instance": "prod2.ecotrajet.example:9100"}}, "prod"),
        ({"url": "https://preprod.ecotrajet.example/health?env=prod"}, "staging"),
        ({"service": "ecotrajet-dev"}, "dev"),
        ({"title": "[PRD] broken"}, "prod"),
        ({"title": "PREPROD: broken"}, "staging"),
        ({"title": "Copie de la production vers la préproduction échouée"}, "prod"),
        ({"text": "Vu en production ce matin"}, "prod"),
        ({"title": "Livestream broken"}, ""),
        ({"title": "Broken", "text": "the dev team was told"}, ""),
    ],
    ids=str,
)
def test_the_environment_is_found_wherever_the_sender_put_it(said: dict[str, Any], expected: str) -> None:
    assert judged(alert(**{"title": "broken", **said})).environment == expected


def test_a_check_of_localhost_is_in_production_when_the_alert_says_so() -> None:
    check = "Healthcheck failed: curl http://localhost:8080 refused"
    assert judged(alert(check, text="container ecotrajet, production server")).priority is Priority.P1
    assert judged(alert(check)).environment == "dev"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("app-qa-01 down", "staging"), ("srv-rec-02 down", "staging"), ("db.recette.lan down", "staging"),
        ("web-prod-01 tests down", "prod"), ("We test 2 servers", ""), ("release-candidate build test", ""),
    ],
)  # fmt: skip
def test_a_machine_named_in_a_sentence_tells_its_environment(title: str, expected: str) -> None:
    assert judged(alert(title)).environment == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("api.ecotrajet.com /health DOWN", Priority.P1), ("ecotrajet.fr est injoignable", Priority.P1),
        ("socket.io down", Priority.P2), ("github.com down", Priority.P2), ("db.svc down", Priority.P2),
    ],
)  # fmt: skip
def test_an_address_that_customers_use_needs_no_scheme(title: str, expected: Priority) -> None:
    assert judged(alert(title)).priority is expected


def test_a_name_made_of_a_sentence_is_read_as_one() -> None:
    found = judged(alert('ALARM: "ecs-prod-running-task-count-zero"'))
    assert (found.priority, str(found.why)) == (
        Priority.P1, "The service is unavailable: “running-task-count-zero”"
    )  # fmt: skip


def test_what_hits_the_service_counts_before_what_hits_a_part_of_it() -> None:
    assert judged(alert("Redis is down, users cannot log in", environment="prod")).priority is Priority.P1
    assert judged(alert("Redis is down, the export cannot start", environment="prod")).priority is Priority.P2


def test_two_of_four_are_a_part_and_six_of_six_are_all() -> None:
    assert judged(alert("PodCrashLooping", text="2 of 4 replicas ready", environment="prod")).priority is Priority.P2
    assert judged(alert("PodCrashLooping", text="0 of 4 replicas ready", environment="prod")).priority is Priority.P1
    assert judged(alert("Login check failing in 6 of 6 locations", environment="prod")).priority is Priority.P1


def test_a_figure_in_the_text_explains_the_name_of_a_rule() -> None:
    told = {"text": "PostgreSQL has too many connections (> 80%)", "environment": "prod", "severity": "warning"}
    assert judged(alert("PostgresqlTooManyConnections", **told)).priority is Priority.P3
    assert judged(alert("PostgresqlTooManyConnections", environment="prod")).priority is Priority.P1


def test_a_warning_about_a_machine_is_minor_until_people_notice() -> None:
    warned = {"environment": "prod", "severity": "warning"}
    assert judged(alert("High CPU", text="CPU 97 %", **warned)).rule == "busy"
    assert judged(alert("Compactions failing", **warned)).rule == "inner"
    assert judged(alert("Compactions failing, requests time out", **warned)).priority is Priority.P2
    assert judged(alert("ValidationError in the service", **warned)).rule == "an-error"


def test_critical_in_production_is_not_lowered_by_the_mere_word_error() -> None:
    assert judged(alert("[PROD] [CRITICAL] Database error")).rule == "critical-error"
    assert judged(alert("[PROD] [CRITICAL] Some errors in the database")).priority is Priority.P2
    assert judged(alert("[PROD] [CRITICAL] Error rate 3 %")).priority is Priority.P2


@pytest.mark.parametrize(
    "title",
    ["The site is down, the database is fine", "Migration réussie mais les clients ne voient plus leurs trajets",
     "Release OK but the landing page is odd", "Restored, but users do not agree",
     "Site inaccessible, contournement : aucun", "Site down, fix planned tomorrow",
     "Site down, maintenance prévue ce soir"],
)  # fmt: skip
def test_good_news_about_something_else_hides_nothing(title: str) -> None:
    assert judged(alert(title, environment="prod")).priority in (Priority.P1, Priority.P2)


@pytest.mark.parametrize(
    "title", ["The site was down, it is fine now", "Restored, but we keep an eye on it", "Site up again"]
)
def test_what_is_over_is_over_all_the_same(title: str) -> None:
    assert judged(alert(title, environment="prod")).priority is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"service": "ÉcoTrajet"}, "ecotrajet"),
        ({"labels": {"app": "trajet"}}, "ecotrajet"),
        ({"labels": {"container": "ecotrajet-prod"}}, "ecotrajet"),
        ({"title": "EcoTrajet is down"}, "ecotrajet"),
        ({"service": "Billing"}, "Billing"),
        ({"labels": {"job": "node"}}, ""),
    ],
    ids=str,
)
def test_the_service_is_found_by_its_names_and_containers(said: dict[str, Any], expected: str) -> None:
    assert judged(alert(**{"title": "broken", **said})).service == expected


def test_what_the_sender_calls_it_is_brought_to_five_words() -> None:
    said = {"CRITICAL": "critical", "sev-1": "critical", "Majeur": "major", "Warn": "warning", "faible": "minor",
            "none": "info", "purple": ""}  # fmt: skip
    assert {word: judged(alert("x", severity=word)).severity for word in said} == said
    assert judged(alert("x", labels={"Severity": "high"})).severity == "major"
    assert judged(alert("ALERT: disk at 85 %", environment="prod")).severity == ""


def test_rules_of_ones_own_are_asked_in_order_and_the_first_wins() -> None:
    quiet = Rule("quiet", None, Phrase("Known and harmless"), When(title=r"\bcron\b"))
    night = Hours(time(22), time(7), ZoneInfo("Europe/Paris"))
    at_night = Rule("at-night", Priority.P3, Phrase("It can wait until morning"), When(hours=night))
    labelled = Rule("labelled", Priority.P1, Phrase("As agreed"), When(labels={"tier": "gold|silver"}))
    rules = (quiet, at_night, labelled, *DEFAULT_RULES)

    evening = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)  # 22:30 in Paris
    assert judged(alert("Cron said hello"), rules).rule == "quiet"
    assert judged(alert("API down", environment="prod"), rules, evening).rule == "at-night"
    assert judged(alert("API down", environment="prod"), rules).rule == "unavailable"
    assert judged(alert("x", environment="prod", labels={"tier": "Gold"}), rules).rule == "labelled"
    assert judged(alert("x", environment="dev", labels={"tier": "gold"}), rules).priority is Priority.P3
    assert judged(alert("Cron said hello", status="resolved"), rules).rule == "recovered"


def test_a_night_that_began_on_a_listed_day_lasts_until_its_morning() -> None:
    friday_night = Hours(time(22), time(7), ZoneInfo("Europe/Paris"), frozenset({4}))
    paris = ZoneInfo("Europe/Paris")
    assert friday_night.contain(datetime(2026, 11, 27, 23, tzinfo=paris))
    assert friday_night.contain(datetime(2026, 11, 28, 6, 59, tzinfo=paris))
    assert not friday_night.contain(datetime(2026, 11, 28, 7, tzinfo=paris))
    assert not friday_night.contain(datetime(2026, 11, 28, 23, tzinfo=paris))


def test_conditions_narrow_down_to_impact_stage_and_severity() -> None:
    only = When(
        impacts=frozenset({Impact.DOWN}), stages=frozenset({Stage.PRODUCTION}), severities=frozenset({Severity.WARNING})
    )
    rules = (Rule("only", Priority.P1, Phrase("Yes"), only),)
    assert judged(alert("down", environment="prod", severity="warning"), rules).rule == "only"
    for other in (
        alert("slow", environment="prod", severity="warning"),
        alert("down", environment="staging", severity="warning"),
        alert("down", environment="prod", severity="error"),
    ):
        assert (judged(other, rules).rule, judged(other, rules).priority) == ("unclassified", Priority.P2)


@hypothesis.given(title=st.text(max_size=300), text=st.text(max_size=300), severity=st.text(max_size=20))
def test_whatever_is_written_is_judged_and_development_never_pages(title: str, text: str, severity: str) -> None:
    found = judged(alert(title, text=text, severity=severity, environment="dev"))
    assert found.priority in (None, Priority.P3)
    assert str(found.why)


SAID: Final = st.lists(
    st.sampled_from([each for example in EXAMPLES for each in (example["title"], example.get("text", "")) if each])
    | st.text(max_size=40)
    | st.sampled_from(
        ["\n", "100 %", "0/3", "plus", "pas", "not", "99999999999999999999", "0.0", "[", "]", "—", "\x00", "İ", "ﬁ"]
    ),
    max_size=6,
).map(" ".join)


@hypothesis.given(
    title=SAID, text=SAID, service=st.text(max_size=30), url=st.text(max_size=30).map("https://{}".format)
)
def test_any_mixture_of_what_senders_say_is_judged(title: str, text: str, service: str, url: str) -> None:
    found = judged(alert(title, text=text, service=service, url=url))
    assert str(found.why)


@hypothesis.given(title=st.text(max_size=200), text=st.text(max_size=200))
def test_words_lower_a_critical_production_alert_by_one_level_at_most(title: str, text: str) -> None:
    found = judged(alert(title, text=text, severity="critical", environment="prod"))
    assert found.priority in (Priority.P1, Priority.P2)


def test_a_long_text_is_judged_quickly() -> None:
    long = "pas de problème, rien de connu " * 2000
    began = perf_counter()
    for _ in range(5):
        judged(alert("Lenteur", text=long, environment="prod"))
    assert perf_counter() - began < 2  # 5 ms each here; a pattern gone wild would take minutes
