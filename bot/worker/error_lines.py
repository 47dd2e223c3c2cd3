"""Counts the error lines that something just deployed writes: now and then, and never so much that it could hurt."""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from bot.aftermath import Aftermath, Counted, count
from bot.deployment import WATCHED_FOR
from bot.errors import Permanent, Retryable, UserError
from bot.runbook import Engines, Light, ServiceStatus
from bot.store.watches import Watched
from bot.target import Target

log = structlog.get_logger("aftercare")

WINDOW: Final = timedelta(minutes=1)
EVERY: Final = 15.0  # seconds, by this process: reading a log costs more than a status
LINES: Final = 2000
BYTES: Final = 200_000
WITHIN: Final = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Logged:
    """What the last `within` of a log holds."""

    counted: Counted
    within: timedelta


class ErrorLines:
    def __init__(self, engines: Engines, limits: Aftermath) -> None:
        self.engines, self.limits = engines, limits
        self.read_at: dict[int, float] = {}

    async def since(self, watched: tuple[Watched, Target], status: ServiceStatus) -> Logged | None:
        """None: not now, or it cannot be read. Never more than is there since the deployment."""
        row, target = watched
        if not self.limits.error_lines or status.light not in (Light.GREEN, Light.YELLOW) or not self._due(row.run):
            return None
        within = min(WINDOW, row.now - (row.until - WATCHED_FOR))
        if within < timedelta(seconds=1):
            return None
        try:
            async with asyncio.timeout(WITHIN):
                text = await self.engines.logs(target, tail=LINES, since=within, max_bytes=BYTES)
        except (UserError, Retryable, Permanent, TimeoutError) as away:
            log.info("the log of a deployment cannot be read", run=row.run, error=type(away).__name__)
            return None
        return Logged(count(text), within)

    def _due(self, run: int) -> bool:
        now = time.monotonic()
        if now < self.read_at.get(run, -EVERY) + EVERY:
            return False
        self.read_at = {each: at for each, at in self.read_at.items() if now < at + EVERY} | {run: now}
        return True
