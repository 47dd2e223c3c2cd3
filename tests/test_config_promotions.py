"""The sections `promotions` and `after_deployment`: what the example shows, what is left out, and mistakes."""

import re
from pathlib import Path

import pytest

from bot.aftermath import Aftermath
from bot.config import load_desk
from bot.desk import Desk
from bot.errors import ConfigError
from bot.train import Train

EXAMPLE = Path(__file__).parent.parent / "ecotrajet.example.yaml"


def desk_of(tmp_path: Path, text: str) -> Desk:
    file = tmp_path / "ecotrajet.yaml"
    file.write_text(text)
    return load_desk(file)


def test_what_the_example_shows_behind_its_hash_signs_is_valid_and_is_what_counts_without_it(tmp_path: Path) -> None:
    shown = EXAMPLE.read_text("utf-8")
    at, end = shown.index("#promotions:"), shown.index("# ── Maintenance")
    desk = desk_of(tmp_path, shown[:at] + re.sub(r"(?m)^#(?=\S|  )", "", shown[at:end]) + shown[end:])
    assert (desk.train, desk.aftermath) == (Train(frozenset({4})), Aftermath(20, 3))
    assert (desk.train, desk.aftermath) == (Train(), Aftermath())
    left_out = desk_of(tmp_path, "")
    assert (left_out.train, left_out.aftermath) == (desk.train, desk.aftermath)


@pytest.mark.parametrize(
    ("days", "leaves"),
    [("[mardi, friday]", {1, 4}), ("vendredi", {4}), ("any", set()), ("[tous]", set())],
)
def test_days_are_one_several_or_any(tmp_path: Path, days: str, leaves: set[int]) -> None:
    assert desk_of(tmp_path, f"promotions: {{days: {days}}}").train.days == leaves


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("promotions: {days: [someday]}", r"promotions\.days.*day of the week"),
        ("promotions: {days: []}", r"promotions\.days.*or any"),
        ("promotions: {day: friday}", r"promotions\.day\b.*days"),
        ("after_deployment: {error_lines: -1}", r"after_deployment\.error_lines"),
        ("after_deployment: {times: 0.5}", r"after_deployment\.times"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        desk_of(tmp_path, text)
    assert re.search(said, "\n".join(caught.value.problems)), caught.value.problems
