"""The command line. Exit status: 0 all is well · 1 something is wrong out there · 2 wrongly asked or configured."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bot import logs
from bot.check import Finding, healthy
from bot.check import check as look_at_everything
from bot.check.database import database_url
from bot.check.report import as_json, show
from bot.config import Configuration, load
from bot.errors import ConfigError
from bot.store.migrate import migrate as bring_up_to_date
from runbooks.docker_engine import DockerEngines

WRONG_OUT_THERE: Final = 1
WRONGLY_CONFIGURED: Final = 2
MANIFEST: Final = Path(__file__).resolve().parent.parent / "manifest.yml"

EPILOG: Final = (
    "Settings come from environment variables and from ecotrajet.yaml (or the file that ECOTRAJET_CONFIG names); "
    "ecotrajet.example.yaml explains them all."
)


def main() -> None:
    """The `ecotrajet` program."""
    try:
        build_app()()
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(WRONGLY_CONFIGURED)


def build_app() -> typer.Typer:
    app = typer.Typer(
        name="ecotrajet",
        help="ÉcoTrajet's incident desk: from alert to page to fix, without leaving Slack.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,  # they show local variables
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    )
    # `serve` and `demo` stand here once bot.app and bot.demo exist, in the order of the help.
    app.command("check")(check)
    app.command("migrate")(migrate)
    return app


def check(
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Check the configuration and every outside party, all at once; for each problem say how to mend it.

    PostgreSQL, Slack, Twilio, mail, container engines, clocks, public URL and data folder. Exit status 1 if there is
    any problem.
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


def _configuration(*, quiet: bool = False) -> Configuration:
    """Raises ConfigError. `quiet`: only warnings are logged, since the command itself tells what it does."""
    configuration = load(os.environ)
    logs.configure(configuration.settings.secrets(), quiet=quiet)
    return configuration
