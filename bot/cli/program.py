"""The `ecotrajet` program: its commands, and those that run or look after a desk."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer
import uvloop
from rich.console import Console

from bot import logs, lookout
from bot.app import serve as serve_until_told
from bot.check import Finding, healthy
from bot.check import check as look_at_everything
from bot.check.database import database_url
from bot.check.report import as_json, show
from bot.cli.given import WRONG_OUT_THERE, WRONGLY_ASKED, configured
from bot.cli.trying import classify, rules_test, runbooks_check, runbooks_schema, simulate
from bot.config import load
from bot.config.lookout import load_lookout
from bot.errors import ConfigError
from bot.store.database import Unavailable
from bot.store.revision import bring_up_to_date
from runbooks.docker_engine import DockerEngines

MANIFEST: Final = Path(__file__).resolve().parents[2] / "manifest.yml"

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
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the loop listens to it
    configuration = configured()
    for warning in configuration.warnings:
        structlog.get_logger("config").warning(warning)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            again = runner.run(serve_until_told(configuration.settings, configuration.desk, _fits))
    except Unavailable as away:
        print(f"The database cannot be reached ({away}). Check DATABASE_URL, then: ecotrajet check", file=sys.stderr)
        raise typer.Exit(WRONG_OUT_THERE) from None
    if again:  # the same process with a new program: whoever watches over it sees no end
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # closing the loop gave it its default back; exec keeps this
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
    configuration = configured(quiet=True)
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
    configuration = configured(quiet=True)

    async def work() -> str:
        async with database_url(configuration.settings, start=True) as url:
            assert url is not None
            return await bring_up_to_date(url)

    print(f"The tables are at revision {asyncio.run(work())}.")


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
