"""The rule that like corrections amount to: valid YAML, and it matches what was corrected."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alert import Alert, AlertStatus
from bot.classification import classify
from bot.config import load_desk
from bot.proposal import Corrected, propose

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PLACES = "environments: {prod: , staging: }\nservices: {ecotrajet: }\n"


def alert(each: Corrected) -> Alert:
    return Alert("zabbix", "k", AlertStatus.FIRING, each.title, environment=each.environment, service="ecotrajet",
                 labels=each.labels)  # fmt: skip


@pytest.mark.parametrize(
    ("corrected", "broad"),
    [
        ([Corrected(f"Espace disque faible sur web-{n} : {n * 7} %", "prod") for n in (1, 2, 3)], False),
        ([Corrected(t, "prod", {"alertname": "High (CPU)", "i": t}) for t in ("A b", "c D", "e")], False),
        ([Corrected('`Tick` "quoted" \\back \u2028 été: {x} [y] #z', p) for p in ("prod", "staging", "prod")], False),
        ([Corrected(t, "prod") for t in ("rouge", "verte", "bleue")], True),
    ],
)
def test_what_is_proposed_matches_what_was_corrected(corrected: list[Corrected], broad: bool, tmp_path: Path) -> None:
    proposal = propose(corrected, "zabbix", "ecotrajet", "P3", ["prod", "staging"], ["x"])
    assert proposal.broad is broad
    assert "```" not in proposal.text
    file = tmp_path / "ecotrajet.yaml"
    file.write_text(PLACES + proposal.text, "utf-8")
    desk = load_desk(file)
    for each in corrected:
        judged = classify(alert(each), desk.rules, desk.environments, desk.services, NOW)
        assert judged.rule == desk.rules[0].name


def test_a_name_that_is_taken_gets_a_number() -> None:
    corrected = [Corrected("Disk full")] * 3
    first = yaml.safe_load(propose(corrected, "zabbix", "", "P3", []).text)["classification"]["rules"][0]["name"]
    again = yaml.safe_load(propose(corrected, "zabbix", "", "P3", [], [first]).text)["classification"]["rules"][0][
        "name"
    ]
    assert again == f"{first} 2"


@given(st.lists(st.text(max_size=60), min_size=3, max_size=3), st.text(max_size=20))
@settings(max_examples=200)
def test_whatever_the_titles_it_is_valid_yaml(titles: list[str], label: str) -> None:
    corrected = [Corrected(title, "prod", {"job": label}) for title in titles]
    found = yaml.safe_load(propose(corrected, "generic", "ecotrajet", "P1", ["prod"]).text)
    (rule,) = found["classification"]["rules"]
    assert rule["gives"] == "P1"
