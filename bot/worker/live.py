"""What a run says, gathered and written at most once a second: a container may print a thousand lines in that time."""

import asyncio
import contextlib
import time
from typing import Final

import structlog

from bot.phrase import Phrase
from bot.run import Line, Run
from bot.runs import Execution
from bot.store.database import Unavailable

log = structlog.get_logger("run")

EVERY: Final = 1.0  # seconds
MOST_LINES: Final = 5000  # of one run; what comes after is not kept
LONGEST_LINE: Final = 2000  # characters


class Live:
    """It is there for people who watch: what cannot be written never delays a step, let alone ends a run."""

    def __init__(self, execution: Execution, run: Run) -> None:
        self.execution, self.run = execution, run
        self.step = ""
        self.number = 0
        self.before: int | None = None  # lines of another worker, which died
        self.counting = False  # the last line is one that may be replaced
        self.unwritten: dict[int, Line] = {}
        self.written_at = -EVERY
        self.writing: asyncio.Task[None] | None = None

    def said(self, what: str | Phrase, *, instead: bool = False) -> None:
        """`instead`: in the place of the last line, if that was such a one of the same step."""
        if not (instead and self.counting):
            self.number += 1
        self.counting = instead
        if self.number > MOST_LINES:
            return
        kept = what[:LONGEST_LINE].replace("\x00", "") if isinstance(what, str) else what
        self.unwritten[self.number] = Line(self.number, self.step, kept)
        if self.writing is None or self.writing.done():
            self.writing = asyncio.create_task(self._soon(), name=f"output of run {self.run.id}")

    async def close(self) -> None:
        """The rest of it, once."""
        if self.writing is not None:
            self.writing.cancel()
            await asyncio.gather(self.writing, return_exceptions=True)
        if self.unwritten:
            await self._write()

    async def _soon(self) -> None:
        while self.unwritten:
            await asyncio.sleep(max(0.0, self.written_at + EVERY - time.monotonic()))
            await self._write()

    async def _write(self) -> None:
        lines, self.unwritten = self.unwritten, {}
        self.written_at = time.monotonic()
        try:
            with contextlib.suppress(Unavailable):
                if self.before is None:
                    self.before = await self.execution.lines_so_far(self.run)
                numbered = [Line(self.before + each.number, each.step, each.said) for each in lines.values()]
                await self.execution.keep_output(self.run, numbered)
                return
        except asyncio.CancelledError:
            self.unwritten = lines | self.unwritten
            raise
        except Exception:
            log.exception("what the run says cannot be written")
            return
        self.unwritten = lines | self.unwritten
