"""`ecotrajet classify`: what an alert would be worth, in the keys that others rely on (design §5)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from bot.config import load
from bot.desk import Desk
from bot.errors import UserError
from handlers.classify import Line, lines

EXAMPLE: Final = Path(__file__).parent.parent.parent / "ecotrajet.example.yaml"
NOW: Final = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
KEYS: Final = ["status", "dedup_key", "title", "environment", "service", "severity", "priority", "rule", "why"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return load({"ECOTRAJET_CONFIG": str(EXAMPLE), "ECOTRAJET_DATA": str(tmp_path)}).desk


def classified(desk: Desk, content: object, source: str = "generic") -> list[Line]:
    return lines(source, {}, json.dumps(content).encode(), desk, NOW)


def test_each_alert_is_one_line_in_the_order_given(desk: Desk) -> None:
    found = classified(
        desk,
        [
            {
                "title": "Base de données indisponible",
                "env": "prod",
                "app": "ecotrajet",
                "severity": "CRIT",
                "key": "a",
            },
            {"title": "Base de données indisponible", "env": "prod", "status": "ok", "key": "a"},
        ],
    )
    assert [list(line) for line in found] == [KEYS, KEYS]
    assert found[0] == {
        "status": "firing", "dedup_key": "a", "title": "Base de données indisponible", "environment": "prod",
        "service": "ecotrajet", "severity": "CRIT", "priority": "P1", "rule": "unavailable",
        "why": "Le service est indisponible\u00a0: «\u00a0indisponible\u00a0»",
    }  # fmt: skip
    assert (found[1]["status"], found[1]["priority"], found[1]["rule"]) == ("resolved", None, "recovered")


@pytest.mark.parametrize(("source", "names"), [("generic", "$.title"), ("nagios", "alertmanager")])
def test_what_cannot_be_classified_is_said_in_one_line(desk: Desk, source: str, names: str) -> None:
    with pytest.raises(UserError) as refusal:
        classified(desk, {}, source)
    assert names in str(refusal.value.phrase)
    assert "\n" not in str(refusal.value.phrase)
