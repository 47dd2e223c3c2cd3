"""The section `notifications.night`: how the whole team is reached by night, unless somebody chose for themselves."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bot.incident import Priority
from bot.message import Kind
from bot.notify.blocks import Reader
from bot.notify.blocks.simulation import simulation_lines
from bot.person import Step
from bot.personal import Night, Rules
from bot.simulation import Case, simulate
from tests.test_config import desk_of, problems_of
from tests.world import ROOT

NIGHT = """
notifications:
  night: {start: "23:00", end: "06:30", P1: [call, sms after 2 min], P2: [email], P3: wait}
"""


def test_left_out_the_night_is_as_the_day(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "notifications: {P2: [slack]}")
    assert desk.usual_rules == Rules(desk.steps, {}, Night(time(22), time(7)))


def test_each_priority_has_its_ways_by_night_and_may_wait_for_the_morning(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, NIGHT)
    assert desk.usual_rules.hours == Night(time(23), time(6, 30))
    assert desk.usual_rules.night == {
        Priority.P1: (Step(Kind.VOICE), Step(Kind.SMS, timedelta(minutes=2))),
        Priority.P2: (Step(Kind.EMAIL),),
        Priority.P3: (),
    }


def test_what_is_simulated_by_night_is_what_the_section_says_and_a_choice_of_one_s_own_goes_before(
    tmp_path: Path,
) -> None:
    people = (ROOT / "ecotrajet.example.yaml").read_text("utf-8").replace("notifications:\n", f"{NIGHT.lstrip()}", 1)
    desk = desk_of(tmp_path, people)
    night = datetime(2026, 11, 24, 2, tzinfo=desk.zone)
    reader = Reader.of(desk, "fr", night)

    def first(priority: Priority, **own: Rules) -> str:
        return simulation_lines(simulate(desk, Case(priority, "prod", "", night), personal=own), reader)[1]

    assert "(appel téléphonique + SMS après 2" in first(Priority.P1).replace("\u00a0", " ").replace("\u202f", " ")
    assert "(e-mail)" in first(Priority.P2)
    rules = Rules(desk.steps, {Priority.P2: (Step(Kind.SMS),)}, Night(time(23), time(6, 30)))
    assert "(SMS)" in first(Priority.P2, amina=rules, david=rules)


@pytest.mark.parametrize(
    ("night", "path"),
    [
        ("{P1: wait}", "notifications.night.P1"),
        ("{P1: []}", "notifications.night.P1"),
        ("{P2: []}", "notifications.night.P2"),
        ("{P2: [pigeon]}", "notifications.night.P2"),
        ("{start: noon}", "notifications.night.start"),
        ("{P4: [sms]}", "notifications.night.P4"),
    ],
)
def test_a_p1_never_waits_and_nonsense_is_told(tmp_path: Path, night: str, path: str) -> None:
    assert path in " ".join(map(str, problems_of(tmp_path, f"notifications: {{night: {night}}}")))
