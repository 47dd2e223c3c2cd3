"""What an alert is worth: the guide's meaning of P1, P2, P3, in the words that senders really use."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
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
EXAMPLES: Final = yaml.safe_load((Path(__file__).parent.parent / "samples" / "classification.yaml").read_text("utf-8"))


def alert(title: str, **more: Any) -> Alert:
    return Alert(source="generic", dedup_key="k", status=AlertStatus(more.pop("status", "firing")), title=title, **more)


def judged(given: Alert, rules: tuple[Rule, ...] = DEFAULT_RULES, now: datetime = NOW) -> Classification:
    return classify(given, rules, ENVIRONMENTS, SERVICES, now)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each['expected']} {each['title'][:50]}")
def test_an_alert_is_worth_what_the_guide_says(example: Mapping[str, Any]) -> None:
    given = dict(example)
    expected = given.pop("expected")
    found = judged(alert(**given))
    assert (found.priority or "record") == expected, f"{found.rule}: {found.why}"
    assert str(found.why)


def test_there_are_examples_enough_of_every_priority() -> None:
    assert len(EXAMPLES) >= 60
    for expected in ("P1", "P2", "P3", "record"):
        assert sum(each["expected"] == expected for each in EXAMPLES) >= 10
