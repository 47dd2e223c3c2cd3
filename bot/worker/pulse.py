"""A sign of life of the desk itself, sent to any dead-man's service (Healthchecks, Cronitor, Better Stack…).

Sent only after a round in which everything went through: a desk that lives and cannot work must fall silent, too.
"""

import asyncio
import time
from typing import Final

import aiohttp
import structlog

from bot.secret import Secret

log = structlog.get_logger("pulse")

EVERY: Final = 60.0  # seconds
WITHIN: Final = 10.0


class Pulse:
    """`round` follows each clean round of the watch; it is not called when anything in it failed."""

    def __init__(self, url: Secret, every: float = EVERY) -> None:
        self.url, self.every = url, every
        self.sent_at = float("-inf")
        self.sending: asyncio.Task[None] | None = None

    async def round(self) -> None:
        """Returns at once: a service that hangs must not hold up the watch."""
        if time.monotonic() - self.sent_at < self.every or (self.sending is not None and not self.sending.done()):
            return
        self.sent_at = time.monotonic()
        self.sending = asyncio.create_task(self._send(), name="pulse")

    async def stop(self) -> None:
        if self.sending is not None:
            self.sending.cancel()
            await asyncio.gather(self.sending, return_exceptions=True)

    async def _send(self) -> None:
        """The address is a secret of that service: it is never logged."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WITHIN)) as http,
                http.get(self.url.reveal(), allow_redirects=False) as answer,
            ):
                if answer.status >= 300:
                    log.warning("the dead-man's service refused our sign of life", status=answer.status)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            log.warning("our sign of life did not arrive", error=type(error).__name__)
