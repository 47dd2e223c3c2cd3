"""Do we all mean the same `now`? Slack refuses requests that are 5 minutes off, and due pages go by the database's."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
import asyncpg

from bot.check.finding import Finding, not_set, ok, problem

WHAT: Final = "clock"
ALLOWED: Final = timedelta(seconds=5)
TIMEOUT: Final = 8.0  # seconds


async def clock(url: str | None, slack_api: str | None) -> Finding:
    """Compares with the database at `url` and Slack at `slack_api`; whoever does not answer has a line of its own."""
    offsets = {"PostgreSQL": await _database(url), "Slack": await _slack(slack_api)}
    known = {name: offset for name, offset in offsets.items() if offset is not None}
    far = {name: offset for name, offset in known.items() if abs(offset) > ALLOWED}
    if far:
        says = ", ".join(f"{_seconds(offset)} from {name}'s" for name, offset in far.items())
        return problem(
            WHAT, f"this machine's is {says}", "let NTP set every machine's clock: `timedatectl set-ntp true`"
        )
    if not known:
        return not_set(WHAT, "nobody to compare with")
    return ok(WHAT, ", ".join(f"{_seconds(offset)} from {name}'s" for name, offset in known.items()))


async def _database(url: str | None) -> timedelta | None:
    if url is None:
        return None
    try:
        connection = await asyncpg.connect(url, timeout=TIMEOUT)
        try:
            before = datetime.now(UTC)
            theirs: datetime = await connection.fetchval("SELECT clock_timestamp()")
            return _offset(before, theirs, timedelta(0))
        finally:
            await connection.close(timeout=TIMEOUT)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return None


async def _slack(api: str | None) -> timedelta | None:
    if api is None:
        return None
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
            before = datetime.now(UTC)
            async with session.post(f"{api}api.test") as answer:
                theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
                return _offset(before, theirs, timedelta(seconds=1))
    except (aiohttp.ClientError, OSError, ValueError):
        return None


def _offset(before: datetime, theirs: datetime, coarse: timedelta) -> timedelta:
    """How far ours is ahead of theirs, zero if theirs lies between asking and hearing; `coarse`: their clock's step."""
    after = datetime.now(UTC)
    if before - coarse <= theirs <= after + coarse:
        return timedelta(0)
    return before - coarse - theirs if theirs < before else after + coarse - theirs


def _seconds(offset: timedelta) -> str:
    return f"{offset.total_seconds():+.1f} s" if abs(offset) >= timedelta(seconds=0.1) else "within 0.1 s"
