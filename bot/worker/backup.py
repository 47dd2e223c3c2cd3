"""Carries out queued backups, one of each database at a time, and throws away those kept long enough."""

import asyncio
from functools import partial
from typing import Final

import structlog

from bot.audit import DESK, Entry
from bot.backup import Backup, BackupEntry, Kind
from bot.backups import Copier, Dumped, DumpFailed
from bot.desk import Desk
from bot.heartbeat import Signal
from bot.lifecycle.heartbeats import Heartbeats
from bot.phrase import Phrase
from bot.store import audit, backups
from bot.store.backups import LEASE
from bot.store.database import Database, Unavailable

log = structlog.get_logger("backup")

SIGN_OF_LIFE: Final = LEASE.total_seconds() / 5  # seconds
MOST_STARTS: Final = 3  # a dump that keeps killing its worker is given to a person
ABORTED_WITHIN: Final = 3.0  # seconds, when the process is told to stop


class BackupWorker:
    """One per process. `round` is a chore of the watch; `stop` at the end: others begin again what was under way."""

    def __init__(self, db: Database, desk: Desk, beats: Heartbeats, copier: Copier, owner: str) -> None:
        self.db, self.desk, self.beats, self.copier, self.owner = db, desk, beats, copier, owner
        self.under_way: dict[int, asyncio.Task[None]] = {}
        self.stopping = False

    async def round(self) -> None:
        """Returns at once: a dump outlives the round that found it."""
        while self.desk.backups and not self.stopping:
            async with self.db.transaction() as tx:
                backup = await backups.claim(tx, list(self.desk.backups), self.owner)
            if backup is None:
                return
            task = asyncio.create_task(self._logged(backup), name=f"backup {backup.id}")
            self.under_way[backup.id] = task
            task.add_done_callback(partial(self._ended, backup.id))

    def _ended(self, id: int, _task: asyncio.Task[None]) -> None:
        self.under_way.pop(id, None)

    async def stop(self) -> None:
        self.stopping = True
        tasks = list(self.under_way.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=ABORTED_WITHIN)

    async def _logged(self, backup: Backup) -> None:
        with structlog.contextvars.bound_contextvars(backup=backup.id, name=backup.name):
            try:
                await self._carry_out(backup)
            except asyncio.CancelledError:
                await asyncio.shield(self._let_go(backup))
                raise
            except Unavailable:
                log.warning("the desk's database is away: begun again when the lease is over")
            except Exception:
                log.exception("a backup broke: begun again when the lease is over")

    async def _carry_out(self, backup: Backup) -> None:
        entry = self.desk.backups[backup.name]
        if backup.starts > MOST_STARTS:
            await self._failed(
                entry, backup, Phrase("its worker died {count} times in the middle", {"count": backup.starts - 1})
            )
            return
        await self._beat(entry, backup, Signal.START)
        try:
            dumped = await self._held(entry, backup)
        except DumpFailed as failed:
            await self._failed(entry, backup, failed.phrase)
            return
        if dumped is not None:
            await self._succeeded(entry, backup, dumped)

    async def _held(self, entry: BackupEntry, backup: Backup) -> Dumped | None:
        """The dump, giving signs of life meanwhile; None: another worker has it now."""
        work = asyncio.create_task(self._doing(entry, backup))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=SIGN_OF_LIFE)
                if not work.done() and not await self._hold(backup):
                    log.warning("lease lost: left to the worker that has it")
                    return None
            return work.result()
        finally:
            if not work.done():
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)

    async def _doing(self, entry: BackupEntry, backup: Backup) -> Dumped:
        if backup.kind.dumps:
            return await self.copier.dump(entry, backup)
        if backup.kind is Kind.CUTOVER:
            return await self._cutover(entry, backup)
        if backup.kind is Kind.RESTORE:
            return await self._restore(entry, backup)
        async with self.db.transaction() as tx:
            good = await backups.last_good(tx, entry.name)
        if good is None or entry.scratch is None:
            raise DumpFailed(Phrase("there is no good backup to bring back, or no `restore_test` any more"))
        tables = await self.copier.test(entry, good)
        log.info("the dump brings everything back", object=good.object, tables=tables)
        return Dumped(good.object, good.bytes, good.sha256)

    async def _restore(self, entry: BackupEntry, backup: Backup) -> Dumped:
        """Of the dump that was chosen when it was asked for: one made since then holds the damage."""
        async with self.db.transaction() as tx:
            good = await backups.good(tx, backup.source) if backup.source else None
        if good is None or entry.admin is None:
            raise DumpFailed(Phrase("there is no good backup to bring back, or no `restore_with` any more"))
        beside = await self.copier.restore(entry, good, backup)
        return Dumped(beside, good.bytes, good.sha256, good.facts)

    async def _cutover(self, entry: BackupEntry, backup: Backup) -> Dumped:
        async with self.db.transaction() as tx:
            restored = await backups.last_restored(tx, entry.name, procedure_of(backup.slot))
        if restored is None or entry.admin is None:
            raise DumpFailed(Phrase("nothing was restored beside it, or there is no `restore_with` any more"))
        return Dumped(await self.copier.cutover(entry, restored.object), restored.bytes, restored.sha256)

    async def _beat(self, entry: BackupEntry, backup: Backup, signal: Signal, why: str = "") -> None:
        """A restore has no sign of life of its own: whoever asked for it looks at its card."""
        if backup.kind.dumps or backup.kind is Kind.TEST:
            await self.beats.ping(beat_of(entry, backup), signal, why)

    async def _hold(self, backup: Backup) -> bool:
        async with self.db.transaction() as tx:
            return await backups.hold(tx, backup.id, self.owner)

    async def _let_go(self, backup: Backup) -> None:
        try:
            async with self.db.transaction() as tx:
                await backups.let_go(tx, backup.id, self.owner)
        except Unavailable:
            return  # the lease runs out

    async def _succeeded(self, entry: BackupEntry, backup: Backup, dumped: Dumped) -> None:
        async with self.db.transaction() as tx:
            if not await backups.succeeded(
                tx, backup.id, self.owner, dumped.object, dumped.bytes, dumped.sha256, dumped.facts
            ):
                return
            done = f"{dumped.bytes} bytes, sha256 {dumped.sha256}"
            await audit.write(tx, Entry(DESK, "backup.succeeded", on=dumped.object, result=done))
        await self._beat(entry, backup, Signal.SUCCESS)
        await self._sweep(entry)

    async def _failed(self, entry: BackupEntry, backup: Backup, phrase: Phrase) -> None:
        """The incident first: a crash in between tells it again rather than not at all."""
        log.warning("backup failed", reason=str(phrase))
        why = self.beats.tell(phrase)
        await self._beat(entry, backup, Signal.FAIL, why)
        async with self.db.transaction() as tx:
            if await backups.failed(tx, backup.id, self.owner, why):
                await audit.write(tx, Entry(DESK, "backup.failed", on=f"{entry.name} {backup.slot}", result=why))

    async def _sweep(self, entry: BackupEntry) -> None:
        """The object first, then the row: deleting twice does no harm."""
        async with self.db.transaction() as tx:
            old = await backups.outlived(tx, entry.name, entry.keep)
        for backup in old:
            try:
                await self.copier.delete(entry, backup.object)
            except DumpFailed as refused:
                log.warning("an old backup stays until the next one", object=backup.object, reason=str(refused.phrase))
                return
            async with self.db.transaction() as tx:
                await backups.deleted(tx, backup.id)
                await audit.write(tx, Entry(DESK, "backup.deleted", on=backup.object))


def beat_of(entry: BackupEntry, backup: Backup) -> str:
    return entry.test_heartbeat if backup.kind is Kind.TEST else entry.heartbeat


def procedure_of(slot: str) -> str:
    """`restore:7:` of `cutover:7:12`: the restores of the same runbook."""
    return f"{Kind.RESTORE}:{slot.split(':')[1]}:"
