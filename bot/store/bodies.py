"""What came in at the doors, word for word, before anybody tried to understand it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import asyncpg

from bot.phrase import Phrase
from bot.store.database import Tx


async def keep(tx: Tx, source: str, headers: Mapping[str, str], body: bytes, *, understood: bool = False) -> int:
    """Store one body; its id. `headers` must hold no credentials: the door takes them out."""
    row: int = await tx.fetchval(
        "INSERT INTO intake_body (source, headers, body, state) VALUES ($1, $2, $3, $4) RETURNING id",
        source,
        dict(headers),
        body,
        "understood" if understood else "stored",
    )
    return row


async def understood(tx: Tx, body: int) -> bool:
    """False: another process has acted upon it already. Whoever is at it just now is waited for."""
    done: int | None = await tx.fetchval(
        "UPDATE intake_body SET state = 'understood', why = NULL WHERE id = $1 AND state <> 'understood' RETURNING id",
        body,
    )
    return done is not None


async def not_understood(tx: Tx, body: int, why: Phrase) -> None:
    await tx.execute("UPDATE intake_body SET state = 'not_understood', why = $2 WHERE id = $1", body, why.to_json())


async def unread(tx: Tx, older_than: timedelta, limit: int = 20) -> Sequence[asyncpg.Record]:
    """(id, source, headers, body) of bodies stored longer ago than that and never read; oldest first."""
    return await tx.fetch(
        "SELECT id, source, headers, body FROM intake_body"
        " WHERE state = 'stored' AND received_at <= app_now() - $1::interval ORDER BY id LIMIT $2", older_than, limit,
    )  # fmt: skip


async def put_by(tx: Tx, given: Sequence[tuple[str, str, bytes]]) -> None:
    """(source, headers as JSON, body) of each, to be acted upon afterwards: `waiting`. One statement."""
    sources, headers, raw = zip(*given, strict=True)
    await tx.execute(
        "INSERT INTO intake_body (source, headers, body, state) SELECT source, headers::jsonb, body, 'waiting'"
        " FROM unnest($1::text[], $2::text[], $3::bytea[]) AS g (source, headers, body)",
        sources, headers, raw,
    )  # fmt: skip


async def behind(tx: Tx) -> bool:
    found: bool = await tx.fetchval("SELECT EXISTS (SELECT FROM intake_body WHERE state = 'waiting')")
    return found


async def wait(tx: Tx, source: str, headers: Mapping[str, str], body: bytes) -> int:
    """This one behind those that wait already; its id."""
    row: int = await tx.fetchval(
        "INSERT INTO intake_body (source, headers, body, state) VALUES ($1, $2, $3, 'waiting') RETURNING id",
        source, dict(headers), body,
    )  # fmt: skip
    return row


async def next_waiting(tx: Tx, limit: int) -> Sequence[asyncpg.Record] | None:
    """(id, source, headers, body), oldest first; one process at a time, so that they stay in order.

    None: another process is at it. The turn lasts as long as the transaction.
    """
    if not await tx.fetchval("SELECT pg_try_advisory_xact_lock(hashtext('intake_body.waiting'))"):
        return None
    return await tx.fetch(
        "SELECT id, source, headers, body FROM intake_body WHERE state = 'waiting' ORDER BY id LIMIT $1", limit
    )
