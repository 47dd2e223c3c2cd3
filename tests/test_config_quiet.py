"""The sections `maintenance` and `heartbeats`: what the example shows, and every mistake told with its place."""

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.alert import Alert, AlertStatus
from bot.classification import classify
from bot.config import load_desk
from bot.desk import Desk
from bot.errors import ConfigError
from bot.heartbeat import SOURCE, Heartbeat, Watchdog
from bot.incident import Priority
from bot.maintenance import Matcher, Window

EXAMPLE = Path(__file__).parent.parent / "ecotrajet.example.yaml"
PLACES = "environments: {staging: , prod: , dev: }\nservices: {ecotrajet: }\n"


def desk_of(tmp_path: Path, text: str) -> Desk:
    file = tmp_path / "ecotrajet.yaml"
    file.write_text(text)
    return load_desk(file, {"PROBE_AUTHORIZATION": "Bearer of-a-probe"})


def problems_of(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        desk_of(tmp_path, PLACES + text)
    return list(caught.value.problems)


def test_what_the_example_shows_behind_its_hash_signs_is_valid(tmp_path: Path) -> None:
    shown = EXAMPLE.read_text("utf-8")
    at = shown.index("#maintenance:")
    desk = desk_of(tmp_path, shown[:at] + re.sub(r"(?m)^#(?=\S|  )", "", shown[at:]))
    assert desk.windows == (
        Window(
            "config:staging-hebdomadaire", "staging-hebdomadaire",
            Matcher(("staging",), ("ecotrajet",), {"equipe": "infra*"}), frozenset({6}), time(2), time(4),
            ZoneInfo("Europe/Paris"), "Mise à jour de la préproduction",
        ),
    )  # fmt: skip
    assert desk.heartbeats == {
        "sauvegarde": Heartbeat(
            "sauvegarde", timedelta(days=1), timedelta(hours=1), timedelta(minutes=30), Priority.P2, "prod",
            "ecotrajet", Watchdog("alertmanager", "Watchdog"),
        )
    }  # fmt: skip


def test_left_out_and_the_workspaces_zone(tmp_path: Path) -> None:
    desk = desk_of(
        tmp_path,
        """
workspace: {time_zone: America/New_York}
maintenance: {w: {days: [lundi, wed], start: "22h", end: "6:30"}}
heartbeats: {b: {period: 1 h}}
""",
    )
    (window,) = desk.windows
    assert (window.days, window.starts, window.ends) == (frozenset({0, 2}), time(22), time(6, 30))
    assert window.zone == ZoneInfo("America/New_York")
    assert desk.heartbeats["b"].run_within == desk.heartbeats["b"].grace == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("environment", "expected"), [("prod", Priority.P1), ("staging", Priority.P2), ("dev", Priority.P3)]
)
def test_a_missing_sign_of_life_is_worth_what_its_entry_says(
    tmp_path: Path, environment: str, expected: Priority
) -> None:
    desk = desk_of(
        tmp_path,
        f"{PLACES}heartbeats: {{'test-retabli': {{period: 1 h, priority: P1, environment: {environment}}}}}\n"
        "classification: {rules: [{name: all, gives: record}]}",
    )
    alert = Alert(SOURCE, "x", AlertStatus.FIRING, "Test rétabli", environment=environment,
                  labels={SOURCE: "test-retabli"})  # fmt: skip
    judged = classify(alert, desk.rules, desk.environments, desk.services, datetime.now(UTC))
    assert (judged.priority, judged.rule) == (expected, "heartbeats.test-retabli")


def test_every_mistake_is_told_with_its_place(tmp_path: Path) -> None:
    assert problems_of(
        tmp_path,
        """\
maintenance:
  one: {environments: [stagin], services: [site], days: [someday], start: "25:00", end: "04:00"}
  two: {environments: [stagin], services: [site], days: [sunday], start: "04:00", end: "04:00", statr: 3}
  three: {environments: [stagin], services: [site], days: [sunday], start: "04:00", end: "04:00"}
  four: {start: "04:00", end: "05:00"}
heartbeats:
  a/b: {period: 1 h}
  often: {period: 5 s, environment: prdo, service: ecotraje, priority: P7}
  oftener: {period: 5 s, environment: prdo, service: ecotraje}
  never: {grace: 5 min}
""",
    ) == [
        "maintenance.one.days[0]: must be a day of the week, such as monday or lundi (line 4)",
        "maintenance.one.start: must be a time of day, such as 09:00 (line 4)",
        "maintenance.two.statr: unknown key; did you mean `start`? (line 5)",
        "maintenance.three.environments[0]: there is no environment 'stagin'; did you mean 'staging'? (line 6)",
        "maintenance.three.services[0]: there is no service 'site'; there are: ecotrajet (line 6)",
        "maintenance.three.end: must not be the same as start (line 6)",
        "maintenance.four.days: is missing (line 7)",
        "heartbeats.a/b: must have no / in its name: it is part of an address (line 9)",
        "heartbeats.often.priority: must be one of 'P1', 'P2' or 'P3' (line 10)",
        "heartbeats.oftener.environment: there is no environment 'prdo'; did you mean 'prod'? (line 11)",
        "heartbeats.oftener.service: there is no service 'ecotraje'; did you mean 'ecotrajet'? (line 11)",
        "heartbeats.oftener.period: must be 10 s or longer (line 11)",
        "heartbeats.never.period: is missing (line 12)",
    ]
