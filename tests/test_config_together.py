"""The sections about working together, and afterwards: the example, what is left out, mistakes."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.config import load_desk
from bot.incident import Priority
from bot.news import GUIDE, NewsSettings
from bot.postmortem import Settings as Postmortems
from bot.room import RoomSettings
from bot.task import Chasing
from tests.test_config_quiet import EXAMPLE, desk_of, problems_of


def test_the_example_says_what_holds_when_it_is_left_out(tmp_path: Path) -> None:
    for desk in (load_desk(EXAMPLE), desk_of(tmp_path, "workspace: {}")):
        assert desk.rooms == RoomSettings(frozenset({Priority.P1}), "inc", timedelta(hours=24))
        assert desk.news == NewsSettings(GUIDE)
        assert desk.chasing == Chasing(time(9), timedelta(days=3))
        assert desk.postmortems == Postmortems(frozenset({Priority.P1}), canvas=False)


def test_only_on_demand_and_never_asked_for(tmp_path: Path) -> None:
    desk = desk_of(
        tmp_path,
        """
incident_channels: {automatic: [], prefix: feu, archive_after: 2 h}
updates: {every: {P1: 0, P3: 1 day}}
""",
    )
    assert desk.rooms == RoomSettings(frozenset(), "feu", timedelta(hours=2))
    assert dict(desk.news.every) == {Priority.P3: timedelta(days=1)}


def test_what_comes_afterwards_is_set(tmp_path: Path) -> None:
    desk = desk_of(
        tmp_path,
        """
tasks: {remind_at: "08:30", every_days: 7}
postmortems: {offered: [P1, P2], form: canvas}
""",
    )
    assert desk.chasing == Chasing(time(8, 30), timedelta(days=7))
    assert desk.postmortems == Postmortems(frozenset({Priority.P1, Priority.P2}), canvas=True)


@pytest.mark.parametrize(
    "text, said",
    [
        ("incident_channels: {automatic: [P4]}", "incident_channels.automatic"),
        ("incident_channels: {prefix: 'Été'}", "lower case letters"),
        ("incident_channels: {archive_after: soon}", "must be a duration"),
        ("incident_channels: {automatique: [P1]}", "automatique"),
        ("updates: {every: {P1: 30}}", "must be a duration"),
        ("updates: {every: {urgent: 30 min}}", "updates.every"),
        ("tasks: {every_days: 0}", "tasks.every_days"),
        ("tasks: {remind_at: matin}", "must be a time of day"),
        ("postmortems: {form: docx}", "postmortems.form"),
        ("postmortems: {offered: [P4]}", "postmortems.offered"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in each for each in problems_of(tmp_path, text))
