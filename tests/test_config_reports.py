"""The section `reports`: on demand only until it is there, and what is wrong with it."""

from datetime import time
from pathlib import Path

import pytest

from bot.check import channels_of
from bot.errors import ConfigError
from tests.test_config_proof import desk_of


def test_nothing_is_told_of_itself_until_the_section_is_there(tmp_path: Path) -> None:
    assert desk_of(tmp_path, "people: {amina: {name: Amina}}").reports is None
    reports = desk_of(tmp_path, "reports:\n").reports
    assert reports is not None
    assert (reports.weekly, reports.monthly, reports.at, reports.channel) == (0, 1, time(9), "")
    said = "reports: {weekly: vendredi, monthly: never, channel: '#direction', night: {start: '23:00', end: '06:00'}}"
    reports = desk_of(tmp_path, said).reports
    assert reports is not None
    assert (reports.weekly, reports.monthly, reports.channel) == (4, None, "direction")
    assert reports.night == (time(23), time(6))
    assert "direction" in channels_of(desk_of(tmp_path, said))  # `ecotrajet check` looks whether the bot is in it
    never = desk_of(tmp_path, "reports: {weekly: never}").reports
    assert never is not None
    assert never.weekly is None


def test_mistakes_are_told_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        desk_of(tmp_path, "reports: {weekly: someday, monthly: 31, hour: 9}")
    places = {each.partition(":")[0].partition(" ")[0] for each in told.value.problems}
    assert any(each.startswith("reports.weekly") for each in places)
    assert any(each.startswith("reports.monthly") for each in places)
    assert "reports.hour" in places
