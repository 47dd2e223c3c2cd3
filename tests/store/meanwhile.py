"""Two transactions at once: the second is begun, and goes on when the first is over."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.alert import Alert, AlertStatus
from bot.answers import Declared
from bot.audit import Actor, Door
from bot.config import load
from bot.desk import Desk
from bot.incident import Priority
from bot.lifecycle import Lifecycle, settle
from bot.message import About, Kind
from bot.sandbox.record import PATIENCE
from bot.store import messages
from bot.store.database import Database, Tx

ROOT = Path(__file__).parent.parent.parent
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


async def an_incident(db: Database, desk: Desk, priority: Priority = Priority.P1) -> int:
    """One that somebody declares."""
    declared = await Lifecycle(db, desk).declare(
        title="No payments", priority=priority, environment="prod", service="ecotrajet", text="",
        by=replace(AMINA, delivery="d1"),
    )  # fmt: skip
    assert isinstance(declared, Declared)
    return declared.incident.number


async def a_page(db: Database, incident: int) -> int:
    """To Bruno by Slack, about to leave."""
    async with db.transaction() as tx:
        page = await messages.queue(
            tx, kind=Kind.SLACK, about=About.PAGE, to="U2", incident=incident, round=1, level_name="Détection",
            person="bruno",
        )  # fmt: skip
    assert page is not None
    return page


async def settled(db: Database, desk: Desk) -> bool:
    """Whether a silence that has ended was settled."""
    async with db.transaction() as tx:
        return await settle.settle_one(tx, desk)
