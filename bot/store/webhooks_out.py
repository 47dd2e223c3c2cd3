"""What others are still to be told. A trigger on `audit` writes the rows, in the transaction of the event itself."""

from collections.abc import Iterable
from datetime import timedelta

import asyncpg

from bot.hook import Hook
from bot.store.database import Tx


async def subscribe(tx: Tx, hooks: Iterable[Hook]) -> None:
    """From now on events are written for exactly these; what waits for others is dropped."""
    wanted = list(hooks)
    names = [hook.name for hook in wanted]
    await tx.execute("DELETE FROM webhook_subscription WHERE name <> ALL($1::text[])", names)
    for hook in wanted:
        await tx.execute(
            "INSERT INTO webhook_subscription (name, events) VALUES ($1, $2)"
            " ON CONFLICT (name) DO UPDATE SET events = excluded.events",
            hook.name, hook.patterns(),
        )  # fmt: skip
    await tx.execute("SELECT webhooks_listen($1)", bool(wanted))
    await tx.execute(
        "UPDATE webhook_out SET state = 'dropped', why = 'no longer configured', done_at = app_now()"
        " WHERE state IN ('waiting', 'sending') AND hook <> ALL($1::text[])",
        names,
    )


async def claim(tx: Tx, hook: str, owner: str, lease: timedelta, limit: int) -> list[asyncpg.Record]:
    """What is due for it, or whose sender went away, the oldest first."""
    return await tx.fetch(
        "UPDATE webhook_out SET state = 'sending', starts = starts + 1, lease_owner = $2,"
        " lease_until = clock_timestamp() + $3::interval WHERE id IN (SELECT id FROM webhook_out WHERE hook = $1"
        "  AND ((state = 'waiting' AND due_at <= app_now()) OR (state = 'sending' AND lease_until < clock_timestamp()))"
        "  ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING id, event, body, created_at, starts,"
        " EXISTS (SELECT FROM incident i WHERE i.number = (body -> 'incident' ->> 'number')::bigint AND i.confidential)"
        "  AS confidential",
        hook, owner, lease, limit,
    )  # fmt: skip


async def sent(tx: Tx, row: int, owner: str) -> None:
    await tx.execute(
        "UPDATE webhook_out SET state = 'sent', why = '', done_at = app_now(), lease_owner = NULL, lease_until = NULL"
        " WHERE id = $1 AND state = 'sending' AND lease_owner = $2",
        row, owner,
    )  # fmt: skip


async def failed(tx: Tx, row: int, owner: str, why: str, after: timedelta | None) -> bool:
    """Tried again `after`; None: given up. False: it had gone to another."""
    moved = await tx.execute(
        "UPDATE webhook_out SET state = CASE WHEN $4::interval IS NULL THEN 'failed' ELSE 'waiting' END, why = $3,"
        " due_at = app_now() + coalesce($4::interval, interval '0'), lease_owner = NULL, lease_until = NULL,"
        " done_at = CASE WHEN $4::interval IS NULL THEN app_now() END"
        " WHERE id = $1 AND state = 'sending' AND lease_owner = $2",
        row, owner, why, after,
    )  # fmt: skip
    return moved == "UPDATE 1"


async def prune(tx: Tx) -> None:
    """What was done with a month ago."""
    await tx.execute("DELETE FROM webhook_out WHERE done_at < app_now() - interval '30 days'")
