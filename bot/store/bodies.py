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


async def understood(tx: Tx, body: int) -> None:
    await tx.execute("UPDATE intake_body SET state = 'understood', why = NULL WHERE id = $1", body)


async def not_understood(tx: Tx, body: int, why: Phrase) -> None:
    await tx.execute("UPDATE intake_body SET state = 'not_understood', why = $2 WHERE id = $1", body, why.to_json())


async def unread(tx: Tx, older_than: timedelta, limit: int = 20) -> Sequence[asyncpg.Record]:
    """(id, source, headers, body) of bodies stored longer ago than that and never read; oldest first."""
    return await tx.fetch(
        "SELECT id, source, headers, body FROM intake_body"
        " WHERE state = 'stored' AND received_at <= app_now() - $1::interval ORDER BY id LIMIT $2", older_than, limit,
    )  # fmt: skip
