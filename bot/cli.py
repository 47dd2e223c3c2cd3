"""The command line. Exit status: 0 all is well · 1 something is wrong out there · 2 wrongly asked or configured."""

import asyncio
import os
import signal
import sys
from json import dumps as json_of
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer
import uvloop
from asyncpg import PostgresError
from rich.console import Console
from rich.table import Table

from bot import logs, lookout
from bot.app import serve as serve_until_told
from bot.check import Finding, healthy
from bot.check import check as look_at_everything
from bot.check.database import database_url
from bot.check.report import as_json, show
from bot.clock import SystemClock
from bot.config import Configuration, load
from bot.config.lookout import load_lookout
from bot.config.problems import Problems
from bot.config.runbooks import procedure, schema
from bot.errors import ConfigError, UserError
from bot.language import say
from bot.lifecycle.rota import Rota
from bot.notify.blocks import Reader, simulation_lines
from bot.simulation import Simulation
from bot.simulation import simulate as simulated
from bot.store.database import Database, Unavailable
from bot.store.revision import bring_up_to_date
from handlers import examples
from handlers.classify import lines as classified
from handlers.commands.simulation import read as read_case
from handlers.sources import SOURCES
from runbooks.docker_engine import DockerEngines

WRONG_OUT_THERE: Final = 1
WRONGLY_ASKED: Final = 2
EXAMPLES: Final = "ecotrajet.examples.yaml"
"""Beside the configuration file."""
MANIFEST: Final = Path(__file__).resolve().parent.parent / "manifest.yml"

EPILOG: Final = (
    "Settings come from environment variables and from ecotrajet.yaml (or the file that ECOTRAJET_CONFIG names); "
    "ecotrajet.example.yaml explains them all."
)


def main() -> None:
    """The `ecotrajet` program."""
    try:
        build()()
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(WRONGLY_ASKED)


def build() -> typer.Typer:
    program = typer.Typer(
        name="ecotrajet",
        help="ÉcoTrajet's incident desk: from alert to page to fix, without leaving Slack.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,  # they show local variables
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    )
    program.command("serve")(serve)
    program.command("demo")(demo)
    program.command("check")(check)
    program.command("migrate")(migrate)
    program.command("classify")(classify)
    program.command("simulate")(simulate)
    program.command("watch")(watch)
    rules = typer.Typer(help="Your rules of classification.", no_args_is_help=True)
    rules.command("test")(rules_test)
    program.add_typer(rules, name="rules")
    runbooks = typer.Typer(help="Your runbooks.", no_args_is_help=True)
    runbooks.command("check")(runbooks_check)
    runbooks.command("schema")(runbooks_schema)
    program.add_typer(runbooks, name="runbooks")
    return program


def serve() -> None:
    """Run the desk until it is told to stop (SIGTERM or Ctrl-C); SIGHUP takes up a changed configuration. This is
    production."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # while it starts: it reads the newest one anyway
    configuration = _configuration()
    for warning in configuration.warnings:
        structlog.get_logger("config").warning(warning)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            again = runner.run(serve_until_told(configuration.settings, configuration.desk, _fits))
    except Unavailable as away:
        print(f"The database cannot be reached ({away}). Check DATABASE_URL, then: ecotrajet check", file=sys.stderr)
        raise typer.Exit(WRONG_OUT_THERE) from None
    if again:  # the same process with a new program: whoever watches over it sees no end
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - as we were started ourselves


def _fits() -> bool:
    """Whether the desk could start with the configuration that stands there now; if not, the log says why."""
    try:
        load(os.environ)
    except ConfigError as error:
        for problem in error.problems:
            structlog.get_logger("config").error("the configuration is not taken, the old one stays", problem=problem)
        return False
    return True


def demo() -> None:
    """Show the whole product on this machine, in the browser: Slack, phones, mailboxes, containers."""
    from bot.demo import run  # with all of the sandbox: nothing for production's start

    asyncio.run(run(Path(os.environ.get("ECOTRAJET_DATA", "var")) / "demo", Console(soft_wrap=True)))


def check(
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Check the configuration and every outside party, all at once; for each problem say how to mend it.

    PostgreSQL, Slack, Twilio, mail, container engines, clocks, public URL, data.

    Exit status 1 if there is any problem.
    """
    configuration = _configuration(quiet=True)
    manifest = MANIFEST if MANIFEST.exists() else None

    async def work() -> list[Finding]:
        engines = DockerEngines(configuration.desk.engines.values())
        try:
            return await look_at_everything(configuration, asked=engines, manifest=manifest)
        finally:
            await engines.close()

    findings = asyncio.run(work())
    if json:
        print(as_json(findings))
    else:
        show(findings, Console())
    if not healthy(findings):
        raise typer.Exit(WRONG_OUT_THERE)


def migrate() -> None:
    """Bring the database's tables up to this version. Safe to repeat, and while another one does it."""
    configuration = _configuration(quiet=True)

    async def work() -> str:
        async with database_url(configuration.settings, start=True) as url:
            assert url is not None
            return await bring_up_to_date(url)

    print(f"The tables are at revision {asyncio.run(work())}.")


def simulate(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[P1|P2|P3] [ENVIRONMENT] [SERVICE] [WHEN]", help="P1 prod saturday 03:00"),
    ] = None,
) -> None:
    """Tell who would be paged, by what and when. Nothing is sent.

    With replacements and silences, if the database answers; else by the configuration alone, and that is said.
    """
    desk = (configuration := _configuration(quiet=True)).desk
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


def watch(
    check: Annotated[bool, typer.Option("--check", help="Look once and say what is seen; nothing is sent.")] = False,
) -> None:
    """On a second host: tell whoever is on call when the desk is silent.

    Settings come from ecotrajet-watch.yaml (or ECOTRAJET_WATCH_CONFIG) and the environment; see
    ecotrajet-watch.example.yaml. No database is needed.
    """
    settings = load_lookout(os.environ)
    logs.configure(settings.secrets(), quiet=check)
    if not check:
        asyncio.run(lookout.watch(settings))
        return
    well, lines = asyncio.run(lookout.check(settings))
    for line in lines:
        print(line)
    if not well:
        raise typer.Exit(WRONG_OUT_THERE)


def classify(
    body: Annotated[Path, typer.Argument(metavar="FILE|-", help="What was sent; - reads standard input.")],
    source: Annotated[str, typer.Option(help=f"Who sent it: {', '.join(sorted(SOURCES))}.")],
    header: Annotated[
        list[str] | None, typer.Option(metavar="'Name: value'", help="A header of the request; may be repeated.")
    ] = None,
) -> None:
    """Say what an alert is worth and why, one JSON object per line and alert. Nothing is stored, nobody is paged."""
    configuration = _configuration(quiet=True)
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
    configuration = _configuration(quiet=True)
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


def _configuration(*, quiet: bool = False) -> Configuration:
    """Raises ConfigError. `quiet`: only warnings are logged, since the command itself tells what it does."""
    configuration = load(os.environ)
    logs.configure(configuration.secrets(), quiet=quiet)
    return configuration
