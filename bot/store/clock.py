"""The domain's clock: read by the doors, moved only by tests and the demo (the role of `serve` may not)."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from bot.store.database import Database

SETTLES_WITHIN: Final = 15.0
MOVED: Final = "desk_clock_moved"
"""Whoever looks once a second listens here, and looks at once."""
INSTANT: Final = timedelta(milliseconds=1)


class DeskClock:
    """The desk's own time for the doors; how far it is shifted is read again each round (only demo and tests shift)."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.shift = timedelta(0)

    async def refresh(self) -> None:
        async with self.db.transaction() as tx:
            self.shift = await tx.fetchval("SELECT shift FROM desk_clock")

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


NEXT_DUE = """
    SELECT min(due) FROM (
        SELECT l.due_at FROM escalation_level l JOIN incident i ON i.number = l.incident AND i.round = l.round
         WHERE l.state = 'pending' AND i.status = 'triggered'
        UNION ALL SELECT due_at FROM incident_due WHERE state = 'pending'
        UNION ALL SELECT due_at FROM message WHERE state = 'waiting'
        UNION ALL SELECT expires_at FROM run WHERE status = 'requested'
        UNION ALL SELECT flapping_until FROM incident WHERE flapping_until IS NOT NULL
        UNION ALL SELECT starts_at FROM silence WHERE NOT begun AND closed_at IS NULL
        UNION ALL SELECT ends_at FROM silence WHERE closed_at IS NULL
        UNION ALL SELECT due_at FROM heartbeat WHERE due_at IS NOT NULL
        UNION ALL SELECT look_at FROM oncall_watch
        UNION ALL SELECT look_at FROM incident_channel
        UNION ALL SELECT chase_at FROM task WHERE done_at IS NULL
    ) AS dues (due) WHERE due > app_now() AND due <= $1
"""
STILL_DUE = """
    SELECT (SELECT count(*) FROM escalation_level l JOIN incident i ON i.number = l.incident AND i.round = l.round
             WHERE l.state = 'pending' AND i.status = 'triggered' AND l.due_at <= app_now())
         + (SELECT count(*) FROM incident_due WHERE state = 'pending' AND due_at <= app_now())
         + (SELECT count(*) FROM message WHERE (state = 'waiting' AND due_at <= app_now()) OR state = 'sending')
         + (SELECT count(*) FROM incident WHERE flapping_until <= app_now())
         + (SELECT count(*) FROM silence WHERE settled_at IS NULL AND (closed_at IS NOT NULL OR ends_at <= app_now()
             OR (NOT begun AND starts_at <= app_now())))
         + (SELECT count(*) FROM heartbeat WHERE due_at <= app_now())
         + (SELECT count(*) FROM probe WHERE due_at <= app_now() OR lease_until > clock_timestamp())
         + (SELECT count(*) FROM oncall_watch WHERE look_at <= app_now())
         + (SELECT count(*) FROM task WHERE done_at IS NULL AND chase_at <= app_now())
         + (SELECT count(*) FROM incident_channel WHERE look_at <= app_now() OR lease_until > clock_timestamp())
"""


WAKE: Final = """
    SELECT pg_notify($1, ''), pg_notify('ch_pgqueuer', json_build_object(
        'channel', 'ch_pgqueuer', 'operation', 'update', 'sent_at', clock_timestamp(), 'table', 'pgqueuer',
        'type', 'table_changed_event')::text)
"""
"""The job engine's own trigger says nothing of an alarm that is moved."""


async def fast_forward(url: str, by: timedelta) -> datetime:
    """Let `by` pass, stopping at each due time until what was due is done; the desk's new now.

    `url` must be the owner's. A message that cannot be sent does not hold time up for longer than SETTLES_WITHIN.
    """
    connection = await asyncpg.connect(url)
    try:
        goal: datetime = await connection.fetchval("SELECT app_now() + $1::interval", by)
        while (due := await connection.fetchval(NEXT_DUE, goal)) is not None:
            await shift_to(connection, due + INSTANT)
            await settle(connection)
        await shift_to(connection, goal)
        await settle(connection)
        now: datetime = await connection.fetchval("SELECT app_now()")
        return now
    finally:
        await connection.close()


async def shift_to(connection: asyncpg.Connection, moment: datetime) -> None:
    """Also the alarms move: pgqueuer reads the real clock."""
    async with connection.transaction():
        step = await connection.fetchval("SELECT greatest(interval '0', $1::timestamptz - app_now())", moment)
        await connection.execute("UPDATE desk_clock SET shift = shift + $1::interval", step)
        await connection.execute(
            "UPDATE pgqueuer SET execute_after = execute_after - $1::interval WHERE status = 'queued'", step
        )
        await connection.execute(WAKE, MOVED)


async def settle(connection: asyncpg.Connection) -> None:
    deadline = time.monotonic() + SETTLES_WITHIN
    while await connection.fetchval(STILL_DUE) and time.monotonic() < deadline:  # noqa: ASYNC110 - others work on it
        await asyncio.sleep(0.05)
