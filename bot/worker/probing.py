"""The rounds of the probes: whichever replica is first takes what is due; a slow target never holds up another."""

import asyncio
import time
from typing import Final

import structlog

from bot.desk import Desk
from bot.lifecycle.probes import Probes
from bot.metrics import Metrics
from bot.probe import Certificate, ProbeEntry, Standing
from bot.store.database import Unavailable

log = structlog.get_logger("probes")

EVERY: Final = 0.5  # seconds between two looks for what is due
AT_ONCE: Final = 32
AGREED: Final = 60.0  # seconds between two looks whether the rows are those of the configuration
MEASURED: Final = 5.0  # seconds between two readings for /metrics


class Probing:
    """`run` for ever. Safe in several replicas: leases in the rows say who looks."""

    def __init__(self, probes: Probes, desk: Desk, metrics: Metrics, at_once: int = AT_ONCE) -> None:
        self.probes, self.desk, self.metrics, self.at_once = probes, desk, metrics, at_once
        self.under_way: set[asyncio.Task[None]] = set()
        self.agreed_at = self.measured_at = float("-inf")

    async def run(self) -> None:
        try:
            while True:
                try:
                    await self.round()
                except Unavailable:
                    log.info("not now: the database is away")
                except Exception:
                    log.exception("a round of the probes broke")
                await asyncio.sleep(EVERY)
        finally:
            await self.stop()

    async def round(self) -> None:
        """Begin what is due, as far as hands are free. Raises Unavailable."""
        if time.monotonic() - self.agreed_at > AGREED:
            await self.probes.watch()
            self.agreed_at = time.monotonic()
        if not self.desk.probes:
            return
        free = self.at_once - len(self.under_way)
        for entry in await self.probes.claim(free) if free > 0 else ():
            task = asyncio.create_task(self._carefully(entry), name=f"probe {entry.name}")
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
        if time.monotonic() - self.measured_at > MEASURED:
            await self.measure()
            self.measured_at = time.monotonic()

    async def measure(self) -> None:
        """Each replica shows how all of them stand, whoever looked."""
        for row in await self.probes.standings():
            labels = (row.entry.name, row.entry.environment, row.entry.service)
            if row.state.standing is not Standing.UNKNOWN:
                self.metrics.probe_up.labels(*labels).set(row.state.standing is not Standing.DOWN)
                self.metrics.probe_slow.labels(*labels).set(row.state.standing is Standing.SLOW)
            if row.took is not None:
                self.metrics.probe_seconds.labels(*labels).set(row.took.total_seconds())
            if row.state.certificate is not Certificate.UNKNOWN and row.state.certificate_until is not None:
                self.metrics.probe_certificate.labels(*labels).set(row.state.certificate_until.timestamp())

    async def stop(self) -> None:
        """What is under way is given up; another replica takes it at once."""
        for task in self.under_way:
            task.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)
        try:
            await self.probes.release()
        except Unavailable:
            log.info("leases end by themselves: the database is away")

    async def _carefully(self, entry: ProbeEntry) -> None:
        try:
            await self.probes.check(entry)
        except Unavailable:
            log.info("not written down: the database is away", probe=entry.name)
        except Exception:
            log.exception("a probe broke", probe=entry.name)
