"""Is the container well? Waits for the engine's own healthcheck, for as long as that check may take at most."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.phrase import Phrase
from runbooks.docker_engine import look
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.evidence import health_log
from runbooks.docker_engine.failures import Unreachable
from runbooks.docker_engine.look import Seen
from runbooks.redact import Redactor

NANO: Final = 1_000_000_000
EVERY: Final = 0.2
SETTLE: Final = 3.0  # seconds without a healthcheck: alive that long is all that can be said
MARGIN: Final = 5.0
AWAY_AT_MOST: Final = 30.0
FALLS_WITHIN: Final = 1.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """`weak`: there is no healthcheck, it only stayed up. `why` is set when it is not well."""

    well: bool
    weak: bool = False
    why: Phrase | None = None
    seen: Seen | None = None


def limit_of(seen: Seen) -> float:
    """Seconds after which a healthcheck has spoken in any case: start period, then every retry at its slowest."""
    return limit_of_check(seen.raw["Config"].get("Healthcheck") or {}) if checked(seen) else SETTLE


def limit_of_check(check: Mapping[str, Any]) -> float:
    """The same for a healthcheck that no container has yet; absent fields are Docker's 30 s, 30 s and 3."""
    interval, timeout = (check.get(key) or 30 * NANO for key in ("Interval", "Timeout"))
    slowest = (interval + timeout) * ((check.get("Retries") or 3) + 1)
    return float((check.get("StartPeriod") or 0) + slowest) / NANO + MARGIN


def checked(seen: Seen) -> bool:
    """Does it have a healthcheck? (`Retries` without `Test`, or `NONE`, is none.)"""
    test = (seen.raw["Config"].get("Healthcheck") or {}).get("Test") or []
    return bool(test) and test != ["NONE"]


async def wait(engine: Engine, container_id: str, *, restarts: int | None = 0, asleep: bool = False) -> Verdict:
    """Until it is well or certainly not. `restarts`: how many are behind it (None: as many as the first look shows).
    `asleep`: it was paused, and its healthcheck has failed meanwhile: that counts once it had time to speak again.

    With a restart policy a crashing container looks `running` between two falls: only the counter tells.
    """
    began = time.monotonic()
    while True:
        seen = await _look(engine, container_id)
        if seen is None:
            return Verdict(False, why=Phrase("the container was removed by hand"))
        restarts = seen.restarts if restarts is None else restarts
        if seen.restarts > restarts:
            seen = await _between_falls(engine, seen)
        if why := _fallen(seen, restarts) or (None if asleep else ill(seen)):
            return Verdict(False, why=why, seen=seen)
        waited = time.monotonic() - began
        if seen.health == "healthy" or (not checked(seen) and waited >= SETTLE):
            return Verdict(True, weak=not checked(seen), seen=seen)
        if waited > limit_of(seen):
            limit = round(waited)
            return Verdict(False, why=Phrase("not healthy after {seconds} s", {"seconds": limit}), seen=seen)
        await asyncio.sleep(EVERY)


def _fallen(seen: Seen, restarts: int) -> Phrase | None:
    if seen.restarts > restarts and seen.state == "running":  # up again: its exit code shows as 0
        return Phrase("it crashes again and again")
    if seen.state == "restarting" or seen.restarts > restarts:
        if seen.out_of_memory:
            return Phrase(
                "it is killed again and again, for want of memory (exit code {code})", {"code": seen.exit_code}
            )
        return Phrase("it crashes again and again (exit code {code})", {"code": seen.exit_code})
    if not seen.running:
        if seen.state == "paused":
            return Phrase("somebody paused it")
        if seen.out_of_memory:
            return Phrase("it was killed for want of memory (exit code {code})", {"code": seen.exit_code})
        return Phrase("it stopped (exit code {code})", {"code": seen.exit_code})
    return None


def ill(seen: Seen) -> Phrase | None:
    """What its healthcheck said, when it failed."""
    if seen.health != "unhealthy":
        return None
    said = health_log(seen)[-1:] or [""]
    if not said[0].removeprefix("exit").strip(" -1234567890:"):
        return Phrase("its healthcheck fails")
    return Phrase("unhealthy: {said}", {"said": Redactor(seen.env).clean(said[0])[:200]})


async def _between_falls(engine: Engine, seen: Seen) -> Seen:
    """The same one while it is down: only then does the engine show the exit code of its last fall."""
    deadline = time.monotonic() + FALLS_WITHIN
    while seen.state == "running" and time.monotonic() < deadline:
        await asyncio.sleep(EVERY / 4)
        seen = await _look(engine, seen.id) or seen
    return seen


async def _look(engine: Engine, container_id: str) -> Seen | None:
    """One look; an engine away for a moment is no verdict on the container."""
    deadline = time.monotonic() + AWAY_AT_MOST
    while True:
        try:
            return await look.container(engine, container_id)
        except Unreachable:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(EVERY)
