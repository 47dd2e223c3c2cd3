"""Freezes that begin or end by themselves are told in the incidents channel: once, by whichever replica is first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.freeze import FreezeWindow
from bot.phrase import Phrase, Value
from bot.runs import wording
from bot.runs.freezes import in_force
from bot.store import audit, freezes, incidents
from bot.store.database import Database, Tx
from bot.store.freezes import Told

STALE: Final = timedelta(days=1)
"""What ended longer ago, while no desk ran, is no news any more."""


class FreezeNews:
    """`round` is a chore of the watch. A row is written in the transaction that tells: nothing is said twice."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def round(self) -> None:
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
            for window in self.desk.freezes:
                if (span := window.present(now)) is not None:
                    await self._begins(tx, window, span)
            for told in await freezes.going(tx):
                if not self._holds(told, now) and await freezes.is_over(tx, told):
                    await self._ends(tx, told, now)
            for ended in await freezes.run_out(tx):
                if ended.until > now - STALE and await in_force(tx, self.desk, ended.environment) is None:
                    await self._over(tx, [ended.environment], ended.reason)

    async def _begins(self, tx: Tx, window: FreezeWindow, span: tuple[datetime, datetime]) -> None:
        told = Told(window.key, *span, window.environments, window.why)
        if not await freezes.begun(tx, told):
            return
        values: dict[str, Value | Phrase] = {
            "environments": self._labels(told.environments), "until": told.until, "reason": told.why,
            "place": told.environments[0],
        }  # fmt: skip
        said = Phrase(
            "🧊 Planned freeze of {environments} until {until}: {reason}. No deployment, no restart; rolling back "
            "stays possible. To end it before: `/ecotrajet unfreeze {place}`.",
            values,
        )
        await audit.write(tx, Entry(DESK, "freeze.begun", on=" ".join(told.environments), why=said))
        await wording.announce(tx, self.desk, said)

    async def _ends(self, tx: Tx, told: Told, now: datetime) -> None:
        """Nothing is said of what somebody ended before its time: that was told; nor where another freeze holds."""
        if told.until <= now - STALE:
            return
        free = [
            each
            for each in told.environments
            if not await freezes.lifted(tx, each, told.key, told.until) and await in_force(tx, self.desk, each) is None
        ]
        if free:
            await self._over(tx, free, told.why)

    async def _over(self, tx: Tx, environments: Sequence[str], why: str) -> None:
        values: dict[str, Value | Phrase] = {"environments": self._labels(environments), "reason": why}
        said = Phrase("The freeze of {environments} is over.", values)
        if why:
            said = Phrase("The freeze of {environments} is over ({reason}).", values)
        await audit.write(tx, Entry(DESK, "freeze.ended", on=" ".join(environments), why=said))
        await wording.announce(tx, self.desk, said)

    def _holds(self, told: Told, now: datetime) -> bool:
        """Whether the configuration still plans it: the file may have been changed in the middle."""
        window = next((each for each in self.desk.freezes if each.key == told.key), None)
        span = window.present(now) if window is not None else None
        return span is not None and span[0] == told.since

    def _labels(self, environments: Sequence[str]) -> str:
        known = self.desk.environments
        return ", ".join(known[each].label if each in known else each for each in environments)
