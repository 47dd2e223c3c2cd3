"""What a container says while it is judged, line by line, secrets hidden: told to the journal as it comes."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, Final, TypeVar

from docker import APIClient

from bot.errors import Permanent, Retryable
from bot.runbook import Journal
from runbooks.docker_engine import logs, look, raw, stream
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.look import Seen, moment
from runbooks.redact import Redactor

EVERY: Final = 1.0  # seconds
AT_ONCE: Final = 300  # lines of one look; of more, the latest
LONGEST: Final = 2.0  # seconds for one look
KEPT: Final = 2 * logs.LONGEST_KEY
T = TypeVar("T")


async def during(engine: Engine, container_id: str, journal: Journal, judging: Awaitable[T]) -> tuple[T, float]:
    """The answer of `judging`, and when it came (monotonic); meanwhile, and once more after it, the journal hears what
    the container says."""
    ears = Ears(engine, container_id, journal)
    hearing = asyncio.create_task(ears.keep_hearing(), name=f"hear {container_id[:12]}")
    try:
        judged = await judging
        at = time.monotonic()
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
    await ears.hear()
    return judged, at


class Ears:
    """Asks each second for what came since: a stream that stays open would hold a thread and break with every stop."""

    def __init__(self, engine: Engine, container_id: str, journal: Journal) -> None:
        self.engine, self.container_id, self.journal = engine, container_id, journal
        self.seen: Seen | None = None
        self.last = ""  # moment of the last line heard, by the engine's clock
        self.kept: list[str] = []  # lines of before, for a key that is printed over many of them

    async def keep_hearing(self) -> None:
        while True:
            await self.hear()
            await asyncio.sleep(EVERY)

    async def hear(self) -> None:
        """Never raises: that one cannot listen is no verdict."""
        with contextlib.suppress(Permanent, Retryable):
            if self.seen is None:
                self.seen = await look.container(self.engine, self.container_id)
            if self.seen is None:
                return
            self.last = self.last or _beginning(self.seen)
            seen, since = self.seen, self.last
            for line in self._new(await self.engine.call(lambda api: _read(api, seen, since), limit=LONGEST + 2)):
                await self.journal.said(line)

    def _new(self, read: list[str]) -> list[str]:
        """What was not told yet, as people may see it."""
        fresh = []
        for each in read:
            at, _, text = each.partition(" ")
            if at > self.last and at[:1].isdigit():
                self.last = at
                fresh.append(logs.plain(text.encode()))
        before = len(list(logs.without_keys(self.kept)))
        whole = [*self.kept, *fresh]
        shown = list(logs.without_keys(whole))[before:]
        self.kept = whole[-KEPT:]
        clean = Redactor(self.seen.env if self.seen else ()).clean
        return [clean(text)[: logs.LONGEST_LINE] for text in shown]


def _read(api: APIClient, seen: Seen, since: str) -> list[str]:
    """`moment line` of each line since then, that moment's included."""
    answer: Any = raw.container_logs(api, seen.id, tail=AT_ONCE, since=_seconds(since), timestamps=True)
    try:
        read = logs.lines(stream.output(answer, tty=seen.tty), LONGEST)
        return [line.decode(errors="replace").rstrip("\r\n") for line in read][-AT_ONCE:]
    finally:
        answer.close()


def _beginning(seen: Seen) -> str:
    """The end of its last life, or a second before this one began: the first lines may come before the engine notes it.

    In the engine's own form, with nine digits, so that moments sort as text.
    """
    state = seen.raw["State"]
    started, finished = moment(str(state.get("StartedAt") or "")), moment(str(state.get("FinishedAt") or ""))
    if started is None:
        return "0"
    began = finished if finished and finished < started else started - timedelta(seconds=1)
    return f"{began:%Y-%m-%dT%H:%M:%S.%f}000Z"


def _seconds(at: str) -> str:
    """RFC 3339 with nanoseconds as the engine reads them back: `1700000000.000000001`."""
    found = moment(at) if at != "0" else None
    if found is None:
        return "0"
    _, dot, fraction = at.rstrip("Z").partition(".")
    return f"{int(found.timestamp())}.{(fraction if dot else '').ljust(9, '0')[:9]}"
