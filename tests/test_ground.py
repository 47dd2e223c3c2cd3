"""What runs in the background ends with its block, whatever it makes of being cancelled."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from bot import ground
from bot.ground import in_background
from bot.worker.watch import Watch


async def test_work_that_takes_the_first_cancel_for_its_own_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ground, "CANCELLED_WITHIN", 0.01)
    cancelled = 0

    async def stubborn() -> None:
        nonlocal cancelled
        for _ in range(2):
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            cancelled += 1
        await asyncio.Event().wait()

    async with asyncio.timeout(5), in_background("stubborn", stubborn):
        await asyncio.sleep(0)
    assert cancelled == 2


async def test_what_broke_in_the_background_is_told_at_the_end() -> None:
    async def breaks() -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        async with in_background("breaks", breaks):
            await asyncio.sleep(0)


async def test_the_watch_ends_also_when_it_is_cancelled_as_somebody_wakes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(_: Watch) -> None:
        """A round in which nothing is due."""

    monkeypatch.setattr(Watch, "round", nothing)
    absent: Any = None
    watch = Watch(absent, absent, absent, absent, ())
    running = asyncio.create_task(watch.run())
    await watch.looked.wait()
    await asyncio.sleep(0)  # it waits now
    watch.woken.set()
    await asyncio.sleep(0)
    running.cancel()
    ended, _ = await asyncio.wait({running}, timeout=5)
    running.cancel()
    assert ended, "the cancel was lost: the desk would never stop"
