"""What people said of their pages: once for each person and incident."""

from collections.abc import Mapping, Sequence

import asyncpg

from bot.store.database import Tx


async def say(tx: Tx, incident: int, person: str, verdict: str) -> bool:
    """False: they have said it already."""
    done = await tx.execute(
        "INSERT INTO page_verdict (incident, person, verdict) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        incident, person, verdict,
    )  # fmt: skip
    return done == "INSERT 0 1"


async def of_incident(tx: Tx, incident: int) -> Mapping[str, str]:
    rows = await tx.fetch("SELECT person, verdict FROM page_verdict WHERE incident = $1", incident)
    return {row["person"]: row["verdict"] for row in rows}


async def not_asked(tx: Tx, incident: int) -> list[str]:
    """Whom a page reached, but none in Slack that could ask them by its buttons, and whom nothing has asked yet."""
    rows = await tx.fetch(
        "SELECT person FROM message m WHERE incident = $1 AND about = 'page' AND person IS NOT NULL"
        " AND state IN ('sent', 'delivered') AND NOT EXISTS (SELECT FROM message o WHERE o.incident = $1"
        "  AND o.person = m.person AND o.body ? 'verdict')"
        " GROUP BY person HAVING NOT bool_or(kind = 'slack') ORDER BY person",
        incident,
    )
    return [row["person"] for row in rows]


async def was_paged(tx: Tx, incident: int, person: str) -> bool:
    found: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM message WHERE incident = $1 AND about = 'page' AND person = $2"
        " AND state IN ('sending', 'sent', 'delivered'))",
        incident, person,
    )  # fmt: skip
    return found


async def questions(tx: Tx, incident: int, person: str) -> Sequence[asyncpg.Record]:
    """(recipient, person, provider_id): where they were asked by a message of its own."""
    return await tx.fetch(
        "SELECT recipient, person, provider_id FROM message WHERE incident = $1 AND person = $2 AND about = 'ask'"
        " AND body ? 'verdict' AND state IN ('sent', 'delivered')",
        incident, person,
    )  # fmt: skip
