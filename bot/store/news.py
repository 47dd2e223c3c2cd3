"""What was told of incidents to everybody, and the questions for more."""

from collections.abc import Sequence

import asyncpg

from bot.news import News
from bot.store.database import Tx


def from_row(row: asyncpg.Record) -> News:
    return News(row["at"], row["by"], row["text"], row["public"])


async def insert(tx: Tx, incident: int, by: str, text: str, public: bool) -> News:
    row = await tx.fetchrow(
        "INSERT INTO status_update (incident, by, text, public) VALUES ($1, $2, $3, $4) RETURNING *",
        incident, by, text, public,
    )  # fmt: skip
    assert row is not None  # INSERT … RETURNING always returns
    return from_row(row)


async def latest(tx: Tx, incidents: Sequence[int]) -> dict[int, News]:
    """Of each incident that has any, by its number."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (incident) * FROM status_update WHERE incident = ANY($1::bigint[])"
        " ORDER BY incident, id DESC",
        list(incidents),
    )
    return {row["incident"]: from_row(row) for row in rows}


async def public(tx: Tx, incidents: Sequence[int], most: int) -> dict[int, list[News]]:
    """For the status page: the newest first, `most` of each incident."""
    rows = await tx.fetch(
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY incident ORDER BY id DESC) AS n FROM status_update"
        " WHERE public AND incident = ANY($1::bigint[])) u WHERE n <= $2 ORDER BY id DESC",
        list(incidents), most,
    )  # fmt: skip
    found: dict[int, list[News]] = {}
    for row in rows:
        found.setdefault(row["incident"], []).append(from_row(row))
    return found


async def questions(tx: Tx, incident: int) -> Sequence[asyncpg.Record]:
    """(recipient, person, provider_id) of the questions for news that still have their buttons; they lose them."""
    return await tx.fetch(
        "UPDATE message SET body = body - 'button' - 'more' WHERE incident = $1 AND about = 'ask' AND body ? 'more'"
        " AND state IN ('sent', 'delivered') RETURNING recipient, person, provider_id",
        incident,
    )
