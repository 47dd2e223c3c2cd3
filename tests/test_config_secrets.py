"""The section `secrets`: names and days, never values."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.config import load_desk
from bot.desk import Desk
from bot.errors import ConfigError

EXAMPLE = Path(__file__).parent.parent / "ecotrajet.example.yaml"


def desk_of(folder: Path, text: str) -> Desk:
    file = folder / "ecotrajet.yaml"
    file.write_text(text, "utf-8")
    return load_desk(file)


def test_what_the_example_shows_is_valid(tmp_path: Path) -> None:
    shown = EXAMPLE.read_text("utf-8")
    start, end = shown.index("#secrets:"), shown.index("# ── Maintenance")
    desk = desk_of(tmp_path, shown[:start] + re.sub(r"(?m)^#(?=\S|  )", "", shown[start:end]) + shown[end:])
    made = desk.rotations["supabase-service-role"]
    assert (made.rotated, made.every, made.environment) == (date(2026, 9, 1), timedelta(days=90), "prod")
    assert desk.rotations["twilio-auth-token"].environment == ""


@pytest.mark.parametrize(
    "entry, problem",
    [
        ("rotated: hier", "must be a date"),
        ("every: 90 days", "secrets.key.rotated"),
        ("rotated: 2026-01-05, every: 1 h", "must be 1 day or longer"),
        ("rotated: 2026-01-05, environment: prd", "secrets.key.environment"),
        ("rotated: 2026-01-05, value: hunter2", "secrets.key.value"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, entry: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        desk_of(tmp_path, f"environments: {{prod: {{}}}}\nsecrets: {{key: {{{entry}}}}}\n")
    told = "\n".join(caught.value.problems)
    assert problem in told
    assert "hunter2" not in told
