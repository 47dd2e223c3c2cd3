"""The command line as people meet it: real processes, exit statuses, and nothing secret on the screen."""

import asyncio
import json
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from typer.testing import CliRunner

from bot.cli import build
from bot.sandbox import DEMO_PEOPLE, Sandbox
from bot.sandbox.engine import RunningEngine
from bot.store.embedded import EmbeddedPostgres
from bot.store.migrate import configuration
from tests.check.parties import MANIFEST, SECRETS, environment

COMMANDS = ("serve", "demo", "check", "migrate", "classify", "simulate", "watch")


@dataclass(frozen=True, slots=True)
class Done:
    status: int
    out: str
    err: str


async def ecotrajet(*arguments: str, environ: dict[str, str] | None = None, typed: bytes = b"") -> Done:
    """One run of the program in an environment of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        env={**kept, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONWARNINGS": "error", **(environ or {})},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(typed), 50)
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


@pytest.fixture
async def environ(database_url: str, tmp_path: Path, engine: RunningEngine) -> AsyncIterator[dict[str, str]]:
    async with Sandbox(people=DEMO_PEOPLE, manifest=MANIFEST) as sandbox:
        yield {**environment(sandbox, database_url, tmp_path), "DOCKER_HOST": engine.host}


@pytest.fixture
def data() -> Iterator[Path]:
    """Not below pytest's own folder, which is closed to the user that PostgreSQL runs as under root."""
    with tempfile.TemporaryDirectory(prefix="ecotrajet-cli-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        EmbeddedPostgres(Path(folder)).discard()


def helped(*arguments: str) -> tuple[int, str]:
    """In this process: only what Typer itself prints."""
    done = CliRunner().invoke(build(), [*arguments], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    return done.exit_code, done.output


def test_help_names_every_command_and_fits_eighty_columns() -> None:
    status, told = helped("--help")
    named = re.findall(r"^│ (\w+) ", told.partition("Commands")[2], re.MULTILINE)
    assert status == 0
    assert [name for name in named if name in COMMANDS] == list(COMMANDS)
    for command in ("", *named):
        status, told = helped(*command.split(), "--help")
        assert status == 0
        assert max(len(line) for line in told.splitlines()) <= 80


def test_an_unknown_command_and_no_command_at_all_are_answered_with_two() -> None:
    status, told = helped("chek")
    assert (status, "check" in told) == (2, True)
    assert helped()[0] == 2


async def test_check_is_quiet_and_zero_where_all_is_well(environ: dict[str, str]) -> None:
    done = await ecotrajet("check", environ=environ)
    assert (done.status, done.err) == (0, "")
    assert "no problems, no warnings" in done.out
    assert "✓ Slack #incidents" in done.out


async def test_check_is_one_where_there_is_a_problem_and_says_how_to_mend_it(environ: dict[str, str]) -> None:
    ill = {**environ, "SLACK_BOT_TOKEN": "xoxb-" + "1234567890-not-a-token-at-all", "SMTP_URL": "smtp://127.0.0.1:9"}
    done = await ecotrajet("check", environ=ill)
    assert done.status == 1
    assert "✗ Slack" in done.out
    assert "→ SLACK_BOT_TOKEN" in done.out
    assert "2 problems" in done.out
    assert [name for name in SECRETS if ill[name] in done.out + done.err] == []


async def test_check_speaks_json_to_programs(environ: dict[str, str]) -> None:
    ill = {**environ, "DATABASE_URL": "postgresql://desk:hunter2-hunter2@127.0.0.1:9/desk"}
    done = await ecotrajet("check", "--json", environ=ill)
    told = json.loads(done.out)
    assert (done.status, told["ok"]) == (1, False)
    (postgres,) = [each for each in told["findings"] if each["what"] == "PostgreSQL"]
    assert set(postgres) == {"what", "verdict", "says", "mend"}
    assert "hunter2" not in done.out + done.err


@pytest.mark.parametrize("command", ["serve", "check", "migrate"])
async def test_a_wrong_configuration_is_told_whole_with_status_two(tmp_path: Path, command: str) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text("people:\n  amina: {phone: 12}\n  emma: {nam: Emma}\n")
    done = await ecotrajet(command, environ={"ECOTRAJET_CONFIG": str(file), "SLACK_BOT_TOKEN": "nonsense-secret"})
    assert (done.status, done.out) == (2, "")
    assert "nonsense-secret" not in done.err
    assert [line.split(":")[0] for line in done.err.splitlines()] == [
        "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "people.amina.name", "people.amina.phone", "people.emma.name",
        "people.emma.nam",
    ]  # fmt: skip


async def test_migrate_makes_the_tables_that_check_wants(environ: dict[str, str], empty_database_url: str) -> None:
    environ = {**environ, "DATABASE_URL": empty_database_url}
    for _ in range(2):
        done = await ecotrajet("migrate", environ=environ)
        assert (done.status, done.err) == (0, "")
        assert f"at revision {newest()}" in done.out
    assert (await ecotrajet("check", environ=environ)).status == 0


def newest() -> str | None:
    """As Alembic sees it, following the chain."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


async def test_without_a_database_url_migrate_makes_the_embedded_one(data: Path) -> None:
    environ = {"ECOTRAJET_DATA": str(data)}
    assert (await ecotrajet("migrate", environ=environ)).status == 0
    told = await ecotrajet("check", environ=environ)
    assert (told.status, "tables at" in told.out) == (0, True)


async def test_classify_prints_a_line_for_each_alert_in_order(tmp_path: Path) -> None:
    body = json.dumps([{"title": "[PROD] Base indisponible"}, {"title": "Sauvegarde réussie"}]).encode()
    (tmp_path / "body.json").write_bytes(body)
    header = ("--header", "Content-Type: application/json", "--header", "X-Other: a: b")
    done = await ecotrajet("classify", "--source", "generic", *header, "-", typed=body)
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert (done.status, done.err) == (0, "")
    assert (first["title"], first["environment"], first["priority"]) == ("[PROD] Base indisponible", "prod", "P1")
    assert second["priority"] is None
    assert set(first) == {
        "status", "dedup_key", "title", "environment", "service", "severity", "priority", "rule", "why",
    }  # fmt: skip
    assert (await ecotrajet("classify", "--source", "generic", str(tmp_path / "body.json"))).out == done.out


async def test_classify_says_in_one_line_what_it_does_not_understand() -> None:
    done = await ecotrajet("classify", "--source", "generic", "-", typed=b"no json")
    assert (done.status, done.out, len(done.err.splitlines())) == (2, "", 1)
    done = await ecotrajet("classify", "--source", "genric", "-", typed=b"{}")
    assert (done.status, len(done.err.splitlines()), "generic" in done.err) == (2, 1, True)
    assert helped("classify", "--source", "generic", "--header", "token-without-a-colon", "-")[0] == 2
    assert helped("classify", "--source", "generic", "/nowhere.json")[0] == 2


async def test_simulate_tells_who_would_be_paged_by_the_configuration_alone() -> None:
    environ = {"ECOTRAJET_CONFIG": "ecotrajet.example.yaml", "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    done = await ecotrajet("simulate", "P1", "prod", "samedi", "03:00", environ=environ)
    assert done.status == 0, done.err
    assert "03:15 · Support" in done.out
    assert "Chloé Bernard (Slack + SMS" in done.out
    assert "configuration alone" in done.err
    wrong = await ecotrajet("simulate", "P1", "prod", "bientôt", environ=environ)
    assert (wrong.status, wrong.out) == (2, "")
    assert "22:00" in wrong.err
