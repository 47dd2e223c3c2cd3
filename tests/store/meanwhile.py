"""Two transactions at once: the second is begun, and goes on when the first is over."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.alert import Alert, AlertStatus
from bot.audit import Actor, Door
from bot.config import load
from bot.desk import Desk
from bot.store.database import Database, Tx

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 20.0
AMINA = Actor("amina", "Amina Diallo", Door.CLI)


@asynccontextmanager
async def a_desk(database_url: str) -> AsyncIterator[tuple[Database, Desk]]:
    desk = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "DATABASE_URL": database_url}).desk
    async with Database.open(database_url) as db:
        yield db, desk


async def meanwhile(tx: Tx, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """Begin `work`, and come back when it waits for what `tx` holds (or is done, which a test finds out)."""
    task = asyncio.create_task(work)
    deadline = time.monotonic() + PATIENCE
    held_up = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    while not task.done() and not await tx.fetchval(held_up):
        assert time.monotonic() < deadline, "it neither waits nor ends"
        await asyncio.sleep(0.01)
    return task


def an_alert(key: str, status: AlertStatus = AlertStatus.FIRING, severity: str = "warning") -> Alert:
    return Alert(
        source="alertmanager", dedup_key=key, status=status, title=f"Payments fail: {key}", severity=severity,
        environment="prod", service="ecotrajet", group_key="payments",
    )  # fmt: skip
