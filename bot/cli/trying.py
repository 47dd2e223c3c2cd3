"""Commands that try things out: alerts, rules, runbooks, who would be paged. Nothing is stored, nobody is told."""

import asyncio
import sys
from json import dumps as json_of
from pathlib import Path
from typing import Annotated, Final

import typer
from asyncpg import PostgresError
from rich.console import Console
from rich.table import Table

from bot.check.database import database_url
from bot.cli.given import WRONG_OUT_THERE, WRONGLY_ASKED, configured
from bot.clock import SystemClock
from bot.config.problems import Problems
from bot.config.runbooks import procedure, schema
from bot.errors import UserError
from bot.language import say
from bot.lifecycle.rota import Rota
from bot.notify.blocks import Reader, simulation_lines
from bot.simulation import Simulation
from bot.simulation import simulate as simulated
from bot.store.database import Database, Unavailable
from handlers import examples
from handlers.classify import lines as classified
from handlers.commands.simulation import read as read_case
from handlers.sources import SOURCES

EXAMPLES: Final = "ecotrajet.examples.yaml"
"""Beside the configuration file."""


def simulate(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[P1|P2|P3] [ENVIRONMENT] [SERVICE] [WHEN]", help="P1 prod saturday 03:00"),
    ] = None,
) -> None:
    """Tell who would be paged, by what and when. Nothing is sent.

    With replacements and silences, if the database answers; else by the configuration alone, and that is said.
    """
    desk = (configuration := configured(quiet=True)).desk
    now = SystemClock().now()

    async def work() -> Simulation:
        try:
            async with database_url(configuration.settings) as url:
                if url is not None:
                    async with Database.open(url) as db:
                        return await Rota(db, desk).simulate(case)
        except (Unavailable, OSError, PostgresError):
            pass
        print("By the configuration alone: the database was not asked.", file=sys.stderr)
        return simulated(desk, case)

    try:
        case = read_case(desk, words or [], now)
    except UserError as error:
        print(say(error.phrase, desk.language, desk.zone), file=sys.stderr)
        raise typer.Exit(WRONGLY_ASKED) from None
    for line in simulation_lines(asyncio.run(work()), Reader.of(desk, desk.language, now)):
        print(line)


def classify(
    body: Annotated[Path, typer.Argument(metavar="FILE|-", help="What was sent; - reads standard input.")],
    source: Annotated[str, typer.Option(help=f"Who sent it: {', '.join(sorted(SOURCES))}.")],
    header: Annotated[
        list[str] | None, typer.Option(metavar="'Name: value'", help="A header of the request; may be repeated.")
    ] = None,
) -> None:
    """Say what an alert is worth and why, one JSON object per line and alert. Nothing is stored, nobody is paged."""
    configuration = configured(quiet=True)
    desk = configuration.desk
    headers, content = _headers(header or []), _content(body)
    try:
        found = classified(source, headers, content, desk, SystemClock().now())
    except UserError as error:
        print(" ".join(say(error.phrase, desk.language, desk.zone).split()), file=sys.stderr)
        raise typer.Exit(WRONGLY_ASKED) from None
    for each in found:
        print(json_of(each, ensure_ascii=False))


def rules_test(
    file: Annotated[
        Path | None, typer.Argument(help=f"Examples in YAML; left out: {EXAMPLES} beside the configuration file.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also show the examples that are as expected.")] = False,
) -> None:
    """Test your rules: is every example worth what its line expects? Exit status 1 when one is not."""
    configuration = configured(quiet=True)
    given = file or (configuration.settings.config_file or Path(EXAMPLES)).with_name(EXAMPLES)
    verdicts = examples.judge(
        examples.read(_content(given).decode("utf-8", "replace"), given.name), configuration.desk, SystemClock().now()
    )
    wrong = [each for each in verdicts if not each.right]
    shown = verdicts if every else wrong
    if shown:
        table = Table("", "Example", "Expected", "Found", "Rule", "Why")
        for each in shown:
            sign = "✓" if each.right else "✗"
            table.add_row(f"{sign} {each.number}", each.title, each.expected, each.found, each.rule, each.why)
        Console().print(table, markup=False)
    print(f"{len(verdicts) - len(wrong)} of {len(verdicts)} examples are worth what is expected.")
    if wrong:
        raise typer.Exit(WRONG_OUT_THERE)


def runbooks_check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Runbooks in YAML, before they go to the folder.")
    ],
) -> None:
    """Check runbooks, and tell every mistake with its place. Exit status 1 when there is one."""
    found: list[str] = []
    for file in files:
        problems = Problems(file.name)
        procedure(file.stem, _content(file).decode("utf-8", "replace"), problems)
        found += [f"{file.name}: {each}" for each in problems.listed()]
    for each in found:
        print(each)
    if found:
        raise typer.Exit(WRONG_OUT_THERE)
    print(f"{len(files)} of {len(files)} are well.")


def runbooks_schema() -> None:
    """Print the JSON Schema of a runbook: an editor that has it completes and checks while you write."""
    print(json_of(schema(), ensure_ascii=False, indent=2))


def _content(file: Path) -> bytes:
    """Raises BadParameter when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="FILE") from None


def _headers(given: list[str]) -> dict[str, str]:
    """Raises BadParameter, naming no value: a header may hold a token."""
    headers = {}
    for each in given:
        name, colon, value = each.partition(":")
        if not colon or not name.strip():
            raise typer.BadParameter("must be 'Name: value'", param_hint="--header")
        headers[name.strip()] = value.strip()
    return headers
