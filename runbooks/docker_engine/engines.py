"""All engines of the configuration behind the `Engines` protocol of `bot.runbook`."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import timedelta

from bot.clock import Clock, SystemClock
from bot.deployment import Observation
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Evidence, Journal, Repaired, ServiceStatus
from bot.target import EngineAddress, Target
from runbooks.docker_engine import logs, look, page, pins, status, swarm
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.events import Listener
from runbooks.docker_engine.failures import Unreachable
from runbooks.docker_engine.looks import DockerLooks
from runbooks.docker_engine.repair import repair


class Quiet:
    """A journal that keeps nothing: for repairs nobody asked for by name."""

    async def before(self, step: str) -> None: ...

    async def after(self, step: str, detail: str) -> None: ...

    async def evidence(self, evidence: Evidence) -> None: ...

    async def said(self, what: str | Phrase, *, instead: bool = False) -> None: ...

    async def cancelled(self) -> bool:
        return False


class DockerEngines:
    """Clients are made at the first call, so building this talks to nobody. `limit`: seconds for an ordinary call."""

    def __init__(self, addresses: Iterable[EngineAddress], *, limit: float = 10.0, clock: Clock | None = None) -> None:
        self._engines = {address.name: Engine(address, limit=limit) for address in addresses}
        self._locks: dict[str, asyncio.Lock] = {}
        self.clock = clock or SystemClock()
        self.looks = DockerLooks(self.engine)

    def engine(self, name: str) -> Engine:
        """Raises UserError when the configuration has no such engine."""
        if name not in self._engines:
            known = ", ".join(self._engines)
            raise UserError(Phrase("There is no engine “{name}”. Known: {known}.", {"name": name, "known": known}))
        return self._engines[name]

    def lock(self, target: Target) -> asyncio.Lock:
        """Held by whoever acts on a target in this process: a run and a repair must never meet."""
        return self._locks.setdefault(target.key, asyncio.Lock())

    async def identity(self, engine: str) -> str:
        return await self.engine(engine).identity()

    async def has(self, engine: str, image: str) -> bool:
        """Does it hold an image of this name? Raises UserError when it does not answer."""
        return await look.image(self.engine(engine), image) is not None

    async def status(self, targets: Sequence[Target]) -> list[ServiceStatus]:
        now = self.clock.now()
        return list(await asyncio.gather(*(status.of(self.engine(each.engine), each, now) for each in targets)))

    async def logs(
        self, target: Target, *, tail: int = 50, since: timedelta | None = None, grep: str = "", max_bytes: int = 60_000
    ) -> str:
        engine = self.engine(target.engine)
        if target.swarm:
            return await swarm.logs_of(engine, target, tail=tail, since=since, grep=grep, max_bytes=max_bytes)
        seen = await look.find(engine, target)
        return await logs.tail_of(engine, seen, tail=tail, since=since, grep=grep, max_bytes=max_bytes)

    async def running(self, target: Target) -> Observation:
        observe = swarm.observation if target.swarm else look.observation
        return await observe(self.engine(target.engine), target, self.clock.now())

    async def observe(self, targets: Sequence[Target]) -> list[Observation]:
        found = await asyncio.gather(*(self.running(target) for target in targets), return_exceptions=True)
        for each in found:
            if isinstance(each, BaseException) and not isinstance(each, UserError):
                raise each
        return [each for each in found if isinstance(each, Observation)]

    async def keep(self, target: Target, image_ids: Sequence[str]) -> None:
        await pins.keep(self.engine(target.engine), target, image_ids)

    async def repair(self, targets: Sequence[Target], journal: Journal | None = None) -> list[Repaired]:
        found = await asyncio.gather(*(self._repair(target, journal or Quiet()) for target in targets))
        return [repaired for each in found for repaired in each]

    async def _repair(self, target: Target, journal: Journal) -> list[Repaired]:
        lock = self.lock(target)
        if lock.locked():
            return []  # a run of this very process is at it
        async with lock:
            try:
                done = await self.repair_locked(target, journal)
                return [*done, *await self._pages(target)]
            except Unreachable:
                return []

    async def repair_locked(self, target: Target, journal: Journal) -> list[Repaired]:
        """For who holds `lock(target)`. Raises Unreachable."""
        if target.swarm:
            return []  # the swarm leaves nothing half done
        engine = self.engine(target.engine)
        done = [await repair(engine, target, name, journal) for name in await look.names(engine, target)]
        return [each for each in done if each is not None]

    async def _pages(self, target: Target) -> list[Repaired]:
        """Maintenance pages that are not as their service is."""
        if target.swarm:
            return []
        engine = self.engine(target.engine)
        done = [await page.repaired(engine, target, name) for name in await look.names(engine, target)]
        return [each for each in done if each is not None]

    async def watch(self, targets: Sequence[Target]) -> AsyncGenerator[Target, None]:
        """Never ends by itself: cancel the task, or wrap it in `contextlib.aclosing`."""
        heard: asyncio.Queue[Target] = asyncio.Queue()
        by_engine: dict[str, list[Target]] = {}
        for target in targets:
            by_engine.setdefault(target.engine, []).append(target)
        listening = [
            asyncio.create_task(Listener(self.engine(name), there, heard).listen()) for name, there in by_engine.items()
        ]
        try:
            while True:
                yield await heard.get()
        finally:
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)

    async def close(self) -> None:
        await asyncio.gather(*(engine.close() for engine in self._engines.values()))
