"""`ecotrajet check`: every outside party at once, each within its time; for each problem, how to mend it."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import asyncpg

from bot.check import clock, database, databases, engines, here, mail, second_sms, slack, twilio
from bot.check.engines import KnowsEngines
from bot.check.finding import Finding, Verdict, problem, warning
from bot.config import Configuration
from bot.desk import Desk
from bot.errors import ConfigError
from bot.redaction import redact
from bot.secret import Secret

__all__ = ["Finding", "KnowsEngines", "Verdict", "check", "healthy"]

LIMIT: Final = 10.0  # seconds, for each party

Look = Awaitable[Finding | list[Finding]]


async def check(
    configuration: Configuration,
    *,
    asked: KnowsEngines | None = None,
    manifest: Path | None = None,
    limit: float = LIMIT,
) -> list[Finding]:
    """Everything that was found, in a fixed order; no secret is in it.

    `asked`: who knows the container engines; `manifest`: the Slack app's; `limit`: seconds for each party.
    """
    settings, desk = configuration.settings, configuration.desk
    async with AsyncExitStack() as stop:
        url, broken = await _database_url(configuration, stop, limit)
        used = frozenset(
            desk.environments[place].engine for each in desk.services.values() for place in each.containers
        )
        api = settings.slack.api_url if settings.slack else None
        looks: list[tuple[str, Look]] = [
            (database.WHAT, _already(broken) if broken else database.database(url)),
            (slack.WHAT, slack.slack(settings.slack, channels_of(desk), manifest)),
            (twilio.WHAT, twilio.twilio(settings.twilio)),
            (second_sms.WHAT, second_sms.second_sms(desk.second_sms, first=settings.twilio is not None)),
            (mail.WHAT, mail.mail(settings.mail)),
            ("engines", engines.all_engines(desk.engines, used, asked)),
            ("maintenance pages", engines.pages(desk.environments, desk.services.values(), asked)),
            ("databases", databases.all_databases(desk.databases.values())),
            ("Supabase", databases.all_projects(desk.supabase.values())),
            (clock.WHAT, clock.clock(url, api)),
            ("data folder", asyncio.to_thread(here.data_folder, settings.data)),
        ]
        found = await asyncio.gather(*(_within(limit, what, look) for what, look in looks))
    told = [warning("configuration", text, "") for text in configuration.warnings]
    findings = [*told, *(each for group in found for each in group), here.public_url(settings)]
    return [_clean(each, configuration.secrets()) for each in findings]


def healthy(findings: Iterable[Finding]) -> bool:
    return all(each.verdict is not Verdict.PROBLEM for each in findings)


def channels_of(desk: Desk) -> Sequence[str]:
    """Every channel that the desk speaks in, its own first."""
    targets = [target for policy in desk.policies.values() for level in policy.levels for target in level.targets]
    named = [target.removeprefix("channel:") for target in targets if target.startswith("channel:")]
    told = [desk.reports.channel] if desk.reports is not None and desk.reports.channel else []
    return list(dict.fromkeys([desk.incidents_channel, *named, *told]))


async def _database_url(
    configuration: Configuration, stop: AsyncExitStack, limit: float
) -> tuple[str | None, Finding | None]:
    try:
        async with asyncio.timeout(limit):
            return await stop.enter_async_context(database.database_url(configuration.settings)), None
    except (ConfigError, OSError, TimeoutError, asyncpg.PostgresError) as error:
        says = f"the embedded server does not start: {error}"
        return None, problem(database.WHAT, says, "read its log below ECOTRAJET_DATA/postgres, or set DATABASE_URL")


async def _already(finding: Finding) -> Finding:
    return finding


async def _within(limit: float, what: str, look: Look) -> list[Finding]:
    try:
        async with asyncio.timeout(limit):
            found = await look
    except TimeoutError:
        return [problem(what, f"no answer within {limit:g} s", "check the address, the network and the firewall")]
    except Exception as error:  # noqa: BLE001 - a check that breaks is a finding; the others go on
        return [problem(what, f"could not be checked ({type(error).__name__}: {error})", "please report this")]
    return found if isinstance(found, list) else [found]


def _clean(finding: Finding, secrets: Iterable[Secret]) -> Finding:
    """The parties' own words may repeat what we sent them."""
    values = [secret.reveal() for secret in secrets]
    return replace(finding, says=redact(finding.says, values), mend=redact(finding.mend, values))
