"""The load is what the report says it is, and the figures are read as they should be."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import bodies, report
from benchmarks.load import Result
from benchmarks.memory import Memory
from benchmarks.paced import Paced
from benchmarks.paging import Paging, configuration, requests
from bot.config import load
from bot.desk import Desk
from bot.incident import Priority
from handlers.classify import Line, lines

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)


def desk_of(folder: Path, text: str) -> Desk:
    file = folder / "ecotrajet.yaml"
    file.write_text(text, "utf-8")
    return load({"ECOTRAJET_CONFIG": str(file), "ECOTRAJET_DATA": str(folder)}).desk


def judged(desk: Desk, body: bytes) -> Line:
    (found,) = lines("alertmanager", {}, body, desk, NOW)
    return found


def test_the_mix_is_the_designs_by_the_default_rules(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "workspace: {language: en}\n")
    found = [
        judged(desk, bodies.webhook(number, "run", bodies.kind_of(number), bodies.service_of(number)))
        for number in range(200)
    ]
    assert Counter(each["priority"] for each in found) == {"P2": 120, "P3": 50, "P1": 20, None: 10}
    assert len({each["dedup_key"] for each in found}) == 200
    assert len({each["service"] for each in found}) == 40


def test_every_p1_that_is_timed_pages_a_person_of_its_own(tmp_path: Path) -> None:
    pages = [number for number in range(100) if bodies.kind_of(number) == bodies.P1]
    desk = desk_of(tmp_path, configuration(len(pages)))
    request = requests("run", pages)
    found = [judged(desk, request(number).partition(b"\r\n\r\n")[2]) for number in range(100)]
    paging = [each for each in found if each["priority"] == "P1"]
    assert [each["service"] for each in paging] == [f"own-p{index}" for index in range(10)]
    for index in range(10):
        (level,) = desk.policy_for(f"own-p{index}", Priority.P1).levels
        assert f"person:p{index}" in level.targets


def test_ratios_are_taken_within_a_round_and_what_is_missing_is_not_measured() -> None:
    rounds = [
        {report.DESK: Result(4000, cost=400), report.ALERTMANAGER: Result(20_000, cost=100)},
        {report.DESK: Result(6000), report.ALERTMANAGER: Result(15_000)},
        {report.DESK: Result(5000), report.ALERTMANAGER: Result(20_000)},
    ]
    told = {line[:40].strip(): line[40:].split() for line in report.ratios(rounds)}
    assert told[report.ALERTMANAGER] == [
        "0.2",
        "0.25",
        "0.4",
        "0",
        "0",
        "0.25",
        "wanted",
        "≥",
        "0.3:",
        "NOT",
        "REACHED",
    ]
    assert told[report.ALERTA] == ["not", "measured"]
    assert any(line.startswith(report.ALERTA) and "not measured" in line for line in report.rates(rounds))


@pytest.mark.parametrize("growth, flat", [(0.0, True), (30.0, False)])
def test_memory_that_grows_is_told_from_memory_that_warmed_up(growth: float, flat: bool) -> None:
    found = Memory(seconds=100.0)
    for alerts in range(0, 1_000_001, 10_000):
        warming = 50.0 if alerts > 100_000 else 0.0
        found.samples.append((alerts, 100.0 + warming + growth * alerts / 1_000_000))
    assert found.slope == pytest.approx(growth / 10)
    assert report.memory(found)[-1].endswith(": reached" if flat else report.MISSED)
    assert found.tenths[0] == pytest.approx(100 + growth / 10)
    assert found.tenths[-1] == pytest.approx(150 + growth)


def test_a_few_alerts_say_nothing_about_a_leak() -> None:
    found = Memory([(0, 100.0), (50_000, 150.0), (100_000, 300.0)], 10.0)
    assert report.WANTED_IS not in "".join(report.memory(found))


def test_a_text_that_never_left_is_not_made_good_by_quick_ones() -> None:
    found = Paging(Paced(100.0, [0.01] * 100), [0.2] * 9, missing=1)
    assert any(line.endswith(report.MISSED) for line in report.paging(found, "a tenth of them P1"))
    found.missing = 0
    assert not any(report.MISSED in line for line in report.paging(found, "a tenth of them P1"))
