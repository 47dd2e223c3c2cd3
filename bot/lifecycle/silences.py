"""Silences and maintenance windows, as the doors and the worker use them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.answers import Repeated
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.lifecycle import settle
from bot.lifecycle.quiet import announce, values
from bot.maintenance import LONGEST, Matcher, Silence, Window
from bot.phrase import Phrase
from bot.store import audit, deliveries, incidents, silences
from bot.store.database import Database, Tx


@dataclass(frozen=True, slots=True)
class Planned:
    """Everything that is quiet or will be: silences in force or to come, and the weekly windows."""

    silences: tuple[Silence, ...]
    windows: tuple[Window, ...]
    now: datetime


class Silences:
    """Every method but `round` is one transaction; raises `store.database.Unavailable` when it cannot be committed."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db = db
        self.desk = desk

    async def begin(
        self, matcher: Matcher, length: timedelta, reason: str, by: Actor, starts_at: datetime | None = None, *,
        maintenance: bool = False,
    ) -> Silence | Repeated:  # fmt: skip
        """Now, or from `starts_at`. `maintenance`: announced. Raises UserError when it is over already, or too long."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            now = await incidents.now(tx)
            start = starts_at or now
            if length > LONGEST:
                raise UserError(Phrase("{length} is too long: {most} at most.", {"length": length, "most": LONGEST}))
            if start + length <= now:
                raise UserError(Phrase("That is over already: it would end at {at}.", {"at": start + length}))
            made = await silences.insert(tx, matcher, start, start + length, reason, by.id, maintenance=maintenance)
            if maintenance:
                announced = Phrase(
                    "🔧 Maintenance is announced ({what}), from {since} until {until}: {reason}",
                    values(self.desk, made),
                )
                await announce(tx, self.desk, announced)
            said = Phrase("Silence {id} ({what}) until {until}: {reason}", values(self.desk, made))
            await audit.write(tx, Entry(by, "silence.made", on=str(made.id), why=said))
            return made

    async def end(self, number: int, by: Actor) -> Silence | Repeated:
        """Now; what still fires becomes incidents within a second. Raises UserError when it is none, or over."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            before = await silences.counted(tx, number)
            ended = await silences.end(tx, number, by.id)
            if ended is None or before is None:
                raise UserError(
                    Phrase("There is no silence {id} now. See them: `/ecotrajet silence list`.", {"id": number})
                )
            await audit.write(tx, Entry(by, "silence.ended", on=str(number)))
            return replace(ended, came=before.came, firing=before.firing)

    async def plan_weekly(self, window: Window, by: Actor) -> Window | Repeated:
        """Every week from now on; its next occurrence is planned at once."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            made = await silences.insert_window(tx, window)
            await audit.write(tx, Entry(by, "maintenance.planned", on=made.key, result=made.reason[:500]))
            await settle.plan(tx, self.desk)
            return made

    async def end_weekly(self, number: int, by: Actor) -> Window | Repeated:
        """No further occurrence; one that is in force goes on to its end. Raises UserError when there is none."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            ended = await silences.end_window(tx, number, by.id)
            if ended is None:
                raise UserError(
                    Phrase(
                        "There is no weekly maintenance {id} of Slack. See them: `/ecotrajet maintenance list`.",
                        {"id": number},
                    )
                )
            await audit.write(tx, Entry(by, "maintenance.ended", on=ended.key))
            await settle.plan(tx, self.desk)
            return ended

    async def planned(self) -> Planned:
        async with self.db.transaction() as tx:
            found = await silences.open_ones(tx)
            windows = (*self.desk.windows, *await silences.windows(tx))
            return Planned(tuple(found), windows, await incidents.now(tx))

    async def round(self) -> None:
        """The worker's: begin, end, and open what still fires; one silence a transaction."""
        async with self.db.transaction() as tx:
            await settle.plan(tx, self.desk)
            await settle.tell_beginnings(tx, self.desk)
            await settle.tell_criticals(tx, self.desk)
        while await self._one(silences.close_one):
            pass
        while await self._one(lambda tx: settle.settle_one(tx, self.desk)):
            pass

    async def _one(self, step: Callable[[Tx], Awaitable[bool]]) -> bool:
        async with self.db.transaction() as tx:
            return await step(tx)
