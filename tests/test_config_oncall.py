"""The section `schedules`: layers, hours, holidays, calendars; and what is wrong with them."""

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import load_desk
from bot.errors import ConfigError
from bot.oncall import CalendarLayer, Hours

PEOPLE = "people: {amina: {name: Amina, slack: U0AMINA01}, chloe: {name: Chloé, slack: U0CHLOE01}}\n"
BASE = "{people: [amina], starts: 2026-01-05}"
PARIS = ZoneInfo("Europe/Paris")


def written(folder: Path, schedule: str) -> Path:
    file = folder / "ecotrajet.yaml"
    file.write_text(f"{PEOPLE}schedules:\n  s: {schedule}\n", "utf-8")
    return file


def test_layers_hours_holidays_and_calendars_are_read(tmp_path: Path) -> None:
    office = (
        "{people: [chloe], starts: 2026-01-05, layer: 2, only: [{days: [monday, mardi], start: 09:00, end: 18:00},"
        " {start: friday 18:00, end: monday 09:00}], outside: [{start: 22:00, end: 06:00}]}"
    )
    text = (
        f"{{rotations: [{BASE}, {office}], holidays: [france, 2026-12-24], announce_hand_offs: false,"
        " calendars: [{url: 'webcal://calendar.example/a.ics', layer: 3}, {file: /etc/b.ics}], slack_group: S012AB3CD}"
    )
    schedule = load_desk(written(tmp_path, text)).schedules["s"]
    assert schedule.rotations[1].only == (
        Hours(frozenset({0, 1}), time(9), time(18)),
        Hours(frozenset({4}), time(18), time(9), 3, by_calendar=True),
    )
    assert schedule.rotations[1].outside == (Hours(frozenset(range(7)), time(22), time(6), 1),)
    assert date(2026, 12, 24) in schedule.rotations[1].holidays
    assert date(2026, 7, 14) in schedule.rotations[0].holidays
    assert schedule.calendars == (CalendarLayer("https://calendar.example/a.ics", 3), CalendarLayer("/etc/b.ics", 1))
    assert (schedule.announces, schedule.group) == (False, "S012AB3CD")
    assert schedule.on_call(datetime(2026, 6, 8, 10, tzinfo=PARIS)) == ("chloe",)  # a Monday
    assert schedule.on_call(datetime(2026, 6, 8, 20, tzinfo=PARIS)) == ("amina",)


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("{}", "needs rotations, or calendars"),
        ("{rotations: []}", "needs rotations, or calendars"),
        ("{rotations: [{people: [amina], starts: 2026-01-05, layer: 0}]}", "layer"),
        ("{rotations: [{people: [amina], starts: 2026-01-05, only: [{start: friday 18:00, end: 09:00}]}]}", "in both"),
        ("{rotations: [{people: [amina], starts: 2026-01-05, only: [{days: [caturday]}]}]}", "day of the week"),
        ("{rotations: [{people: [amina], starts: 2026-01-05, only: [{strat: 9:00}]}]}", "`start`"),
        (f"{{rotations: [{BASE}], holidays: [belgium]}}", "must be a date"),
        (f"{{rotations: [{BASE}], calendars: [{{url: 'ftp://x/a.ics'}}]}}", "must be an address"),
        (f"{{rotations: [{BASE}], calendars: [{{layer: 2}}]}}", "either url or file"),
        (f"{{rotations: [{BASE}], slack_group: astreinte}}", "user group"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, schedule: str, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_desk(written(tmp_path, schedule))
    assert any("schedules.s" in problem and told in problem for problem in refused.value.problems)
