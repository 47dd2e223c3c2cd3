"""Reads the logs that somebody follows, every two seconds, for as long as they do."""

import asyncio
import functools
from typing import Final

import structlog

from bot import access
from bot.desk import Desk
from bot.errors import Permanent, Retryable, UserError
from bot.phrase import Phrase
from bot.runbook import ActionClass, Engines
from bot.runs.tails import Tails
from bot.store.database import Unavailable
from bot.tail import LINES, Tail
from bot.target import Target

log = structlog.get_logger("tail")

BYTES: Final = 12_000  # a card shows less
AWAY: Final = Phrase("The engine does not answer.")


class Tailer:
    """`round` is a chore of the watch: it returns at once. A desk that was restarted, or another replica, goes on."""

    def __init__(self, tails: Tails, desk: Desk, engines: Engines) -> None:
        self.tails, self.desk, self.engines = tails, desk, engines
        self.reading: dict[int, asyncio.Task[None]] = {}

    async def round(self) -> None:
        for tail, is_past in await self.tails.due():
            if tail.id not in self.reading:
                task = asyncio.create_task(self._carefully(tail, last=is_past), name=f"tail {tail.id}")
                self.reading[tail.id] = task
                task.add_done_callback(functools.partial(self._done, tail.id))

    def _done(self, number: int, _task: "asyncio.Task[None]") -> None:
        self.reading.pop(number, None)

    async def stop(self) -> None:
        for task in self.reading.values():
            task.cancel()
        await asyncio.gather(*self.reading.values(), return_exceptions=True)

    async def look(self, tail: Tail, *, last: bool) -> None:
        target = self._target(tail)
        if target is None:
            gone = Phrase("This log is no longer there, or no longer yours to read.")
            await self.tails.saw(tail, "", gone, last=True)
            return
        try:
            text = await self.engines.logs(target, tail=LINES, grep=tail.word, max_bytes=BYTES)
        except UserError as refused:
            await self.tails.saw(tail, tail.shown, refused.phrase, last=last)
        except (Retryable, Permanent):
            await self.tails.saw(tail, tail.shown, AWAY, last=last)
        else:
            await self.tails.saw(tail, text, None, last=last)

    def _target(self, tail: Tail) -> Target | None:
        """None: it is gone, or no longer theirs to read."""
        environment, service = self.desk.environments.get(tail.environment), self.desk.services.get(tail.service)
        if environment is None or service is None or environment.name not in service.containers:
            return None
        if not access.may(self.desk.people, self.desk.teams, tail.person, ActionClass.READ, environment.name):
            return None
        return Target(environment, service, environment.engine, service.containers[environment.name])

    async def _carefully(self, tail: Tail, *, last: bool) -> None:
        try:
            await self.look(tail, last=last)
        except Unavailable:
            log.info("not now: the database is away")
        except Exception:
            log.exception("a log cannot be followed", tail=tail.id)
