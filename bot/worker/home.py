"""Publishes Home tabs: at once when somebody opens theirs, and again when what stands there has changed."""

import asyncio
import hashlib
import json
import time
from typing import Final

import structlog

from bot.desk import Desk
from bot.errors import Permanent, Retryable
from bot.home import Board
from bot.lifecycle.homes import Homes
from bot.notify.blocks import Reader
from bot.notify.blocks.home import as_view, home_blocks, seen_at
from bot.notify.workspace import SlackWorkspace
from bot.runbook import Engines, ServiceStatus
from bot.store.database import Unavailable
from bot.worker.tidy import targets

log = structlog.get_logger("home")

EVERY: Final = 1.0  # seconds between two looks for what is due
LIGHTS_LAST: Final = 20.0  # seconds; somebody who wants to know it now asks with /ecotrajet status
LIGHTS_WITHIN: Final = 2.0  # seconds; an engine that is slow holds up nobody's tab


class HomeTabs:
    """`run` for ever. Safe in several replicas: the row says who looks."""

    def __init__(self, homes: Homes, desk: Desk, engines: Engines, workspace: SlackWorkspace) -> None:
        self.homes, self.desk, self.engines, self.workspace = homes, desk, engines, workspace
        self.lights: tuple[ServiceStatus, ...] = ()
        self.lit_at = float("-inf")

    async def run(self) -> None:
        while True:
            try:
                for user in await self.homes.due():
                    await self.look(user)
            except Unavailable:
                log.info("not now: the database is away")
            except Exception:
                log.exception("a Home tab broke")
            await asyncio.sleep(EVERY)

    async def look(self, user: str) -> None:
        """Publish what stands on this person's tab, if it is not what is shown. Raises Unavailable."""
        shown = await self.homes.take(user)
        if shown is None:
            return
        home = await self.homes.of(user, await self._board())
        language = home.language or (home.person.language if home.person else self.desk.language)
        reader = Reader.of(self.desk, language, home.board.now)
        blocks = home_blocks(home, self.desk, reader)
        digest = hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()
        if digest == shown:
            return
        try:
            await self.workspace.publish(user, as_view([*blocks, seen_at(reader)]))
        except Retryable as later:
            log.info("a Home tab waits", reason=later.reason)
        except Permanent as never:
            log.warning("a Home tab is refused", user=user, reason=never.reason)
            await self.homes.forget(user)
        else:
            await self.homes.shown(user, digest)

    async def _board(self) -> Board:
        if time.monotonic() - self.lit_at > LIGHTS_LAST:
            try:
                async with asyncio.timeout(LIGHTS_WITHIN):
                    self.lights = tuple(await self.engines.status(targets(self.desk)))
                self.lit_at = time.monotonic()
            except TimeoutError:
                log.info("the engines are slow: their lights are those seen last")
        return await self.homes.board(self.lights)
