"""Rows of signs of life: when the next one is missed. The configuration says which there are."""

from collections.abc import Iterable

import asyncpg

from bot.heartbeat import Heartbeat, Signal
from bot.store.database import Tx


async def watch(tx: Tx, wanted: Iterable[Heartbeat]) -> None:
    """A row for each; never seen yet, it counts from now. What the configuration dropped is not watched any more."""
    each = list(wanted)
    await tx.execute(
        "INSERT INTO heartbeat AS h (name, period, grace, run_within, due_at)"
        " SELECT name, period, grace, run_within, app_now() + period + grace"
        "  FROM unnest($1::text[], $2::interval[], $3::interval[], $4::interval[]) w (name, period, grace, run_within)"
        " ON CONFLICT (name) DO UPDATE SET period = excluded.period, grace = excluded.grace,"
        "  run_within = excluded.run_within, due_at = CASE WHEN h.due_at IS NULL THEN excluded.due_at"
        "   WHEN h.state = 'running' THEN h.started_at + excluded.run_within"
        "   ELSE greatest(app_now(), coalesce(h.last_ping, h.watched_since) + excluded.period + excluded.grace) END"
        " WHERE h.due_at IS NULL OR (h.period, h.grace, h.run_within)"
        "  <> (excluded.period, excluded.grace, excluded.run_within)",
        [one.name for one in each], [one.period for one in each], [one.grace for one in each],
        [one.run_within for one in each],
    )  # fmt: skip
    await tx.execute(
        "UPDATE heartbeat SET due_at = NULL WHERE due_at IS NOT NULL AND name <> ALL($1::text[])",
        [one.name for one in each],
    )


async def ping(tx: Tx, name: str, signal: Signal) -> bool:
    """Written down, and the next due time with it. False: it is not watched yet."""
    done = await tx.execute(
        "UPDATE heartbeat SET pings = pings + 1, last_ping = app_now(),"
        " state = CASE $2 WHEN 'success' THEN 'alive' WHEN 'start' THEN 'running' ELSE 'failed' END,"
        " last_seen = CASE $2 WHEN 'success' THEN app_now() ELSE last_seen END,"
        " started_at = CASE $2 WHEN 'start' THEN app_now() ELSE NULL END,"
        " due_at = app_now() + CASE $2 WHEN 'start' THEN run_within ELSE period + grace END WHERE name = $1",
        name, signal.value,
    )  # fmt: skip
    return done == "UPDATE 1"


async def next_missed(tx: Tx) -> asyncpg.Record | None:
    """(name, state, last_seen, watched_since, period, run_within) of one that is due, which is now 'missed' or
    'overrun'; it is due again after its period, should somebody have closed the incident all the same.
    """
    return await tx.fetchrow(
        "UPDATE heartbeat h SET state = CASE h.state WHEN 'running' THEN 'overrun' ELSE 'missed' END,"
        " due_at = app_now() + greatest(h.period, interval '1 minute')"
        " WHERE name = (SELECT name FROM heartbeat WHERE due_at <= app_now() ORDER BY due_at LIMIT 1"
        "  FOR UPDATE SKIP LOCKED) RETURNING *"
    )


async def all_of_them(tx: Tx) -> list[asyncpg.Record]:
    return await tx.fetch("SELECT * FROM heartbeat WHERE due_at IS NOT NULL ORDER BY name")
