"""Follow what the engine does with an update, to its end."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from bot.phrase import Phrase
from bot.runbook import Journal
from runbooks.docker_engine import hands, swarm
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.swarm import GOING, SwarmService
from runbooks.redact import by_pattern

EVERY: Final = 0.3
LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class End:
    """`well`: what was sent is in place and all its tasks run. `back`: the engine took it back; `why`: if not well."""

    well: bool
    back: bool = False
    why: Phrase | None = None
    seen: SwarmService | None = None


async def update(engine: Engine, service_id: str, before: str, limit: float, journal: Journal) -> End:
    """Until the update that came after the moment `before` (of the service as it was) has ended.

    Raises Unreachable when the engine does not come back.
    """
    deadline, told = time.monotonic() + limit, ""
    while True:
        there = await hands.patiently(lambda: swarm.service(engine, service_id))
        if there is None:
            return End(False, why=Phrase("the service was removed by hand"))
        told = await _tell(there, told, journal)
        state = there.update if _moved(there, before) else "updating"
        if state == "completed" and there.well:
            return End(True, seen=there)
        if state == "rollback_completed":
            return End(False, back=True, why=why(there), seen=there)
        if state in ("paused", "rollback_paused"):
            return End(False, why=why(there), seen=there)
        if time.monotonic() > deadline:
            return End(False, why=_late(limit, there), seen=there)
        await asyncio.sleep(EVERY)


async def scale(engine: Engine, service_id: str, limit: float, journal: Journal) -> End:
    """Until as many run as are wanted: scaling is no update that the engine tells of."""
    deadline, told = time.monotonic() + limit, ""
    while True:
        there = await hands.patiently(lambda: swarm.service(engine, service_id))
        if there is None:
            return End(False, why=Phrase("the service was removed by hand"))
        told = await _tell(there, told, journal)
        if len(there.running) == there.wanted and not _leaving(there):
            return End(True, seen=there)
        if time.monotonic() > deadline:
            return End(False, why=_late(limit, there), seen=there)
        await asyncio.sleep(EVERY)


async def _tell(there: SwarmService, told: str, journal: Journal) -> str:
    """How many tasks run, and what the last of them is at, once for each change; returned to be compared with."""
    newest = there.tasks[0].state if there.tasks else ""
    said = Phrase(
        "{running} of {wanted} tasks run; the newest is: {state}",
        {"running": len(there.running), "wanted": there.wanted, "state": newest or "—"},
    )
    if str(said) != told:
        await journal.said(said)
    return str(said)


def why(there: SwarmService) -> Phrase:
    """What the engine says of the task that failed."""
    said = by_pattern(swarm.last_error(there))[:LONGEST_REASON]
    return Phrase("{why}", {"why": said}) if said else Phrase("its tasks did not stay up")


def _late(limit: float, there: SwarmService) -> Phrase:
    values = {"seconds": round(limit), "running": len(there.running), "wanted": there.wanted}
    return Phrase("{running} of {wanted} run after {seconds} s", values)


def _moved(there: SwarmService, before: str) -> bool:
    """Is what the engine tells about this update, not about the last one?"""
    return str((there.raw.get("UpdateStatus") or {}).get("StartedAt") or "") > before or there.update in GOING


def _leaving(there: SwarmService) -> bool:
    return any(not task.wanted and task.state == "running" for task in there.tasks)
