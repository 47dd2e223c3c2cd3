"""What people said when they declared an incident, or found it declared already."""

from collections.abc import Sequence

import asyncpg

from bot.report import Report
from bot.store.database import Tx


async def insert(tx: Tx, incident: int, by: str, report: Report) -> None:
    await tx.execute(
        "INSERT INTO report (incident, by, what, since, who, place, link) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        incident, by, report.what, report.since, report.who, report.where, report.link,
    )  # fmt: skip


async def of_incident(tx: Tx, incident: int, limit: int = 5) -> Sequence[asyncpg.Record]:
    """(what, since, who, place, link, by, at) of the first ones, in the order they were said."""
    return await tx.fetch(
        "SELECT what, since, who, place, link, by, at FROM report WHERE incident = $1 ORDER BY id LIMIT $2",
        incident, limit,
    )  # fmt: skip
