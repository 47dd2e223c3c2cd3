"""The rules of who may import whom are in force: a breach is seen, and so is a module that nobody thought of."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project of the same names under the real table."""
    for name, text in {
        "bot/incident.py": "import json",
        "bot/store/rows.py": "import asyncpg\nfrom bot.incident import json",
        "bot/lifecycle.py": "from bot.store import rows",
        "handlers/commands.py": "from bot.lifecycle import rows",
        "runbooks/restart.py": "import bot.incident",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(f"{text}\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "import_rules.py").write_text((ROOT / "tests" / "import_rules.py").read_text())
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


def lint(project: Path) -> tuple[int, str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_what_the_table_allows_passes(project: Path) -> None:
    code, says = lint(project)
    assert code == 0, says


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("bot/incident.py", "import asyncpg", "bot.incident imports asyncpg"),
        ("bot/incident.py", "import bot.store.rows", "bot.incident imports bot.store.rows"),
        ("handlers/commands.py", "import bot.store.rows", "handlers.commands imports bot.store.rows"),
        ("runbooks/restart.py", "import bot.lifecycle", "runbooks.restart imports bot.lifecycle"),
        ("bot/helpers.py", "import json", "bot.helpers has no rule"),
    ],
)
def test_what_it_does_not_is_named(project: Path, file: str, line: str, complaint: str) -> None:
    (project / file).write_text(f"{line}\n")
    code, says = lint(project)
    assert code == 1
    assert complaint in says
