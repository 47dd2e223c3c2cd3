"""The metronome of calendar work (APScheduler): never of incident timers. Each slot is done once across replicas."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.audit import DESK, Entry
from bot.phrase import Phrase
from bot.store import audit, calendar, jobs
from bot.store.database import Database, Unavailable
from bot.store.jobs import Job

log = structlog.get_logger("cron")

CATCH_UP: Final = timedelta(hours=24)
LATE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Daily:
    """A chore of each local day at `at`; `name` is also the entrypoint of the job that does it."""

    name: str
    at: time


HOUSEKEEPING: Final = Daily("housekeeping", time(4, 30))
GAPS: Final = Daily("oncall_gaps", time(9, 0))
"""Each day; it speaks on Mondays."""
SECRETS: Final = Daily("secrets", time(9, 0))
"""Each day; it speaks of a secret twice: two weeks before it is due, and when it is."""


class Calendar:
    """`async with calendar.running():` the slot is the local date, so that 02:30 in October fires once."""

    def __init__(self, db: Database, zone: ZoneInfo, chores: tuple[Daily, ...]) -> None:
        self.db, self.zone, self.chores = db, zone, chores

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        scheduler = AsyncIOScheduler(timezone=self.zone)
        for chore in self.chores:
            scheduler.add_job(
                self.tick, CronTrigger(hour=chore.at.hour, minute=chore.at.minute, timezone=self.zone), [chore],
                coalesce=True, max_instances=1, misfire_grace_time=30,
            )  # fmt: skip
        scheduler.start()
        try:
            for chore in self.chores:
                await self.tick(chore)
            yield
        finally:
            scheduler.shutdown(wait=False)

    async def tick(self, chore: Daily) -> None:
        """Fire the slot that was due last, unless it was fired already or is older than CATCH_UP."""
        now = datetime.now(self.zone)
        slot, due = last_slot(chore, now, self.zone)
        try:
            async with self.db.transaction() as tx:
                if now - due > CATCH_UP or not await calendar.take(tx, chore.name, slot.isoformat()):
                    return
                late = now - due
                why = Phrase("{late} late", {"late": late}) if late > LATE else None
                await audit.write(tx, Entry(DESK, "calendar.fired", on=f"{chore.name} {slot}", why=why))
                await jobs.enqueue(tx, [Job(chore.name, slot.isoformat(), f"{chore.name}:{slot}")])
        except Unavailable:
            log.warning("slot not fired: the database is away; the next start or tick takes it", chore=chore.name)


def last_slot(chore: Daily, now: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
    """The latest local date whose instant has come by `now`, and that instant."""
    today = now.astimezone(zone).date()
    due = datetime.combine(today, chore.at, zone)
    if due > now:
        today -= timedelta(days=1)
        due = datetime.combine(today, chore.at, zone)
    return today, due
