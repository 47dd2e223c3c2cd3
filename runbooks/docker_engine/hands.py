"""What is done to a container, each safe to do twice: an answer may be lost while the engine goes on."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from runbooks.docker_engine import look, raw
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import Conflict, EngineSaid, Gone, Unreachable
from runbooks.docker_engine.look import Seen

T = TypeVar("T")
AWAY_AT_MOST: Final = 30.0  # seconds an engine may be gone in the middle of an action before we give up on it
STOP_MARGIN: Final = 30.0
AGAIN_AFTER: Final = 0.3
BETWEEN_FALLS: Final = 10.0  # seconds; a container that crashes again and again cannot be updated while it falls
UP: Final = frozenset({"running", "restarting", "paused"})


async def patiently(act: Callable[[], Awaitable[T]]) -> T:
    """`act` again while the engine does not answer, for a while. Raises Unreachable after that."""
    deadline = time.monotonic() + AWAY_AT_MOST
    while True:
        try:
            return await act()
        except Unreachable:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(AGAIN_AFTER)


async def rename(engine: Engine, container_id: str, name: str) -> None:
    """Raises Gone, or Conflict when another container has the name."""
    seen = await look.container(engine, container_id)
    if seen is None:
        raise Gone(f"{container_id[:12]} was removed")
    if seen.name != name:
        await engine.call(lambda api: api.rename(container_id, name))


async def set_policy(engine: Engine, container_id: str, policy: Mapping[str, Any]) -> None:
    """The restart policy; the retry count is only allowed with `on-failure`. Raises Gone or EngineSaid.

    The engine also updates the running process; between two falls of a crashing container there is none, and it says
    "cannot update a stopped container" or "container … not found" (a 404 although the container is there) and keeps
    the old policy. A moment later it can.
    """
    wanted = {"Name": policy["Name"], "MaximumRetryCount": 0}
    if policy["Name"] == "on-failure":
        wanted["MaximumRetryCount"] = policy["MaximumRetryCount"]
    deadline = time.monotonic() + BETWEEN_FALLS
    while True:
        try:
            return await engine.call(lambda api: raw.set_policy(api, container_id, wanted))
        except EngineSaid:
            if time.monotonic() > deadline or await look.container(engine, container_id) is None:
                raise
        await asyncio.sleep(AGAIN_AFTER)


async def may_write(engine: Engine, seen: Seen) -> None:
    """Raises EngineSaid when the engine's disk is full: what is stopped then does not start again.

    The engine writes a container's settings anew even when they are what they were; that it may not for another
    reason (it falls just now, we are not allowed to) says nothing about its disk.
    """
    try:
        await engine.call(lambda api: raw.set_policy(api, seen.id, seen.policy))
    except EngineSaid as said:
        if "no space left" in said.reason:
            raise


async def stop(engine: Engine, container_id: str) -> None:
    """Politely, then by force after the container's own stop timeout; a lost answer is no failure: it is watched."""
    seen = await look.container(engine, container_id)
    if seen is None or seen.state not in UP:
        return
    deadline = time.monotonic() + seen.stop_timeout + STOP_MARGIN
    timeout = seen.stop_timeout
    try:
        await engine.call(lambda api: api.stop(container_id, timeout=timeout), limit=timeout + STOP_MARGIN)
    except Unreachable:
        while (seen := await look.container(engine, container_id)) is not None and seen.state in UP:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(AGAIN_AFTER)


async def start(engine: Engine, container_id: str) -> None:
    """Raises EngineSaid (its port or address is taken, its mount is gone) or Gone."""
    await engine.call(lambda api: api.start(container_id), limit=60.0)


async def wake(engine: Engine, container_id: str) -> None:
    """A paused one goes on where it was. Raises EngineSaid or Gone."""
    await engine.call(lambda api: api.unpause(container_id), limit=60.0)


async def remove(engine: Engine, seen: Seen, *, with_volumes: bool = False) -> None:
    """The container; `with_volumes`: and the anonymous volumes that were made for it alone. Already gone is fine."""
    try:
        await engine.call(lambda api: api.remove_container(seen.id, v=False, force=True), limit=60.0)
    except Gone:
        pass
    except Conflict:  # "removal of container is already in progress"
        await _until_removed(engine, seen.id)
    for name in own_volumes(seen) if with_volumes else []:
        await _remove_volume(engine, name)


def own_volumes(seen: Seen) -> list[str]:
    """Volumes it has without having asked for them by name: made from its image's VOLUME."""
    host = seen.raw["HostConfig"]
    asked = {bind.partition(":")[0] for bind in host.get("Binds") or []}
    asked |= {str(mount.get("Source") or "") for mount in host.get("Mounts") or []}
    named = [str(mount["Name"]) for mount in seen.mounts if mount.get("Type") == "volume"]
    return [name for name in named if name not in asked and len(name) == 64]


async def _remove_volume(engine: Engine, name: str) -> None:
    try:
        await engine.call(lambda api: api.remove_volume(name))
    except EngineSaid:  # in use by another, or gone: not ours to insist
        return


async def _until_removed(engine: Engine, container_id: str) -> None:
    deadline = time.monotonic() + STOP_MARGIN
    while await look.container(engine, container_id) is not None:
        if time.monotonic() > deadline:
            raise Conflict(f"{container_id[:12]} is still being removed")
        await asyncio.sleep(AGAIN_AFTER)
