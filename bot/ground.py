"""What the desk stands on: its database, its HTTP doors, its background work. Each lasts as long as its block."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog
from aiohttp import web

from bot.config import Settings
from bot.store.database import Unavailable
from bot.store.embedded import EmbeddedPostgres

log = structlog.get_logger("app")

DATABASE_WITHIN: Final = 60.0  # seconds; compose may start us before PostgreSQL answers
CANCELLED_WITHIN: Final = 1.0  # seconds
LARGEST_BODY: Final = 17 * 2**20  # each door has a limit of its own below this


@asynccontextmanager
async def listening(settings: Settings, routes: list[web.RouteDef]) -> AsyncIterator[None]:
    """Our HTTP doors. The first to close at a stop: what was accepted is answered, nothing new comes in."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def database_url(settings: Settings) -> AsyncIterator[str]:
    """The configured PostgreSQL, or the embedded one under the data folder."""
    if settings.database_url is not None:
        yield settings.database_url.reveal()
        return
    async with EmbeddedPostgres(settings.data) as url:
        yield url


async def wait_for(attempt: Callable[[str], Awaitable[object]], url: str) -> None:
    """Until the database answers; raises Unavailable after DATABASE_WITHIN."""
    deadline = asyncio.get_running_loop().time() + DATABASE_WITHIN
    while True:
        try:
            await attempt(url)
        except (OSError, Unavailable) as away:
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(type(away).__name__) from away
            log.warning("waiting for the database", error=type(away).__name__)
            await asyncio.sleep(1)
        else:
            return


@asynccontextmanager
async def in_background(name: str, work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Cancelled, and waited for, at the end of the block."""

    async def named() -> None:
        await work()

    task = asyncio.create_task(named(), name=name)
    try:
        yield
    finally:
        while not task.done():  # a library may take the first cancel for its own, as `wait_for` of Python 3.11 does
            task.cancel()
            await asyncio.wait({task}, timeout=CANCELLED_WITHIN)
        if not task.cancelled():
            task.result()
