"""What engines tell by themselves. Only a hint to look again: events carry no image id and their buffer is short."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from docker import APIClient

from bot.target import Target
from runbooks.docker_engine import raw
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid, Unreachable
from runbooks.docker_engine.look import base_name

log = logging.getLogger(__name__)
TOLD: Final = ["create", "start", "die", "destroy", "rename", "health_status"]
SOONEST: Final = 0.5
LATEST: Final = 30.0


class Listener:
    """One engine's events into `heard`. Reconnects for ever; after each connection all targets are to be looked at."""

    def __init__(self, engine: Engine, targets: Sequence[Target], heard: "asyncio.Queue[Target]") -> None:
        self._engine = engine
        self._targets = targets
        self._heard = heard
        self._stream: Any = None
        self._ended = False

    async def listen(self) -> None:
        """Until cancelled."""
        wait = SOONEST
        try:
            while True:
                began = time.monotonic()
                try:
                    self._stream = await self._engine.call(_stream)
                    for target in self._targets:
                        self._heard.put_nowait(target)
                    await self._read()
                except (Unreachable, EngineSaid):
                    pass  # away: the engine's own status line says so, here we only try again
                wait = SOONEST if time.monotonic() - began > LATEST else min(wait * 2, LATEST)
                await asyncio.sleep(wait)
        finally:
            self._ended = True
            _close(self._stream)

    async def _read(self) -> None:
        """Events until the stream ends. Its thread is its own: it may be silent for days."""
        loop = asyncio.get_running_loop()
        over = asyncio.Event()
        stream = self._stream

        def read() -> None:
            try:
                for event in stream:
                    loop.call_soon_threadsafe(self._hear, event)
            except Exception as error:  # noqa: BLE001 - however it ended, we connect again
                log.debug("events of %s ended: %s", self._engine.name, type(error).__name__)
            finally:
                raw.finish(stream)
                if not self._ended:
                    with contextlib.suppress(RuntimeError):  # the loop is closed
                        loop.call_soon_threadsafe(over.set)

        threading.Thread(target=read, name=f"events-{self._engine.name}", daemon=True).start()
        try:
            await over.wait()
        finally:
            _close(stream)

    def _hear(self, event: dict[str, Any]) -> None:
        about = (event.get("Actor") or {}).get("Attributes") or {}
        for target in self._targets:
            if is_about(about, target):
                self._heard.put_nowait(target)


def is_about(attributes: dict[str, str], target: Target) -> bool:
    """Do an event's attributes (name and labels of the container) mean `target`?"""
    if target.swarm:
        return attributes.get("com.docker.swarm.service.name") == target.swarm
    project, slash, service = target.container.partition("/")
    if not slash:
        return base_name(attributes.get("name", "")) == target.container
    there = (attributes.get("com.docker.compose.project"), attributes.get("com.docker.compose.service"))
    return there == (project, service)


def _stream(api: APIClient) -> Any:
    return api.events(decode=True, filters={"type": ["container"], "event": TOLD})


def _close(stream: Any) -> None:
    if stream is not None:
        try:
            stream.close()
        except Exception:  # noqa: BLE001 - closing twice, or a transport the SDK cannot close
            return
