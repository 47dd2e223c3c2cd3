"""docs/guide-couverture.md says what became of the guide: every title is there, and what it names exists."""

import re
from pathlib import Path

from bot.config.runbooks import library
from bot.target import fold
from handlers.commands import COMMANDS, find
from handlers.sources import SOURCES

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs" / "guide-couverture.md").read_text("utf-8")
TITLES = (ROOT / "tests" / "samples" / "guide-titres.txt").read_text("utf-8").splitlines()
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ") and not line.startswith("| Dans le guide")]


def test_every_title_of_the_guide_has_its_place() -> None:
    missing = [title for title in TITLES if title != "Table des Matières" and title not in TABLE]
    assert missing == []
    assert len(TITLES) > 100


def test_every_row_says_how_far_it_is() -> None:
    assert [row for row in ROWS if not re.search(r"\| (✅|🟡|⬜|—) \|$", row)] == []


def test_what_is_not_there_yet_is_not_called_done() -> None:
    assert [row for row in ROWS if "pas encore" in row and row.endswith("✅ |")] == []


def test_every_command_that_is_named_exists() -> None:
    typed = set(re.findall(r"`/ecotrajet ([^`\s…]+)", TABLE))
    known = {fold(name) for command in COMMANDS for name in (*command.names, *command.french)}
    assert typed
    assert {word for word in typed if fold(word) not in known} == set()
    assert all(find([word]) for word in typed)
    assert "github" in SOURCES


def test_every_procedure_is_named_and_each_named_one_exists() -> None:
    named = set(re.findall(r"procédure `([a-z-]+)`", TABLE))
    assert named == set(library())
