"""Product's word about one image of one service in one environment."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class Validation:
    """`by` and `at` are None until somebody has given it; `image` is what people call it."""

    id: int
    environment: str
    service: str
    image_id: str
    image: str
    asked_by: str
    asked_at: datetime
    by: str | None
    at: datetime | None


def from_row(row: asyncpg.Record) -> Validation:
    return Validation(
        row["id"], row["environment"], row["service"], row["image_id"], row["image"], row["asked_by"], row["asked_at"],
        row["by"], row["at"],
    )  # fmt: skip


async def get(tx: Tx, number: int) -> Validation | None:
    """Held until the transaction ends."""
    row = await tx.fetchrow("SELECT * FROM validation WHERE id = $1 FOR UPDATE", number)
    return from_row(row) if row else None


async def asked(tx: Tx, environment: str, service: str, image_id: str, image: str, by: str) -> Validation:
    """The row of this image, made if there is none; whoever asks last is told."""
    row = await tx.fetchrow(
        "INSERT INTO validation (environment, service, image_id, image, asked_by) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (environment, service, image_id) DO UPDATE"
        " SET asked_by = CASE WHEN validation.by IS NULL THEN EXCLUDED.asked_by ELSE validation.asked_by END"
        " RETURNING *",
        environment, service, image_id, image, by,
    )  # fmt: skip
    assert row is not None  # INSERT … RETURNING always returns
    return from_row(row)


async def give(tx: Tx, number: int, by: str) -> Validation:
    row = await tx.fetchrow("UPDATE validation SET by = $2, at = app_now() WHERE id = $1 RETURNING *", number, by)
    assert row is not None  # held by `get` before
    return from_row(row)


async def question(tx: Tx, number: int) -> list[asyncpg.Record]:
    """(recipient, provider_id) of the messages in Slack that ask for it."""
    rows: list[asyncpg.Record] = await tx.fetch(
        "SELECT recipient, provider_id FROM message WHERE about = 'ask' AND body->>'validation' = $1::text"
        " AND provider_id IS NOT NULL AND NOT body ? 'at'",
        str(number),
    )
    return rows
