"""What was seen of a container, kept with the incident that it belongs to."""

from bot.postgres import Remembered, newest
from bot.runbook import Evidence
from bot.store.database import Tx


async def keep(tx: Tx, incident: int, evidence: Evidence) -> None:
    """Of a look; a run keeps its own (`store.runs.keep_evidence`)."""
    await tx.execute("INSERT INTO evidence (incident, content) VALUES ($1, $2)", incident, evidence.to_json())


async def latest(tx: Tx, incident: int) -> Evidence | None:
    """The last that was kept, by a look or by a run."""
    content = await tx.fetchval(
        "SELECT content FROM evidence WHERE incident = $1 AND kind = 'container' ORDER BY id DESC LIMIT 1", incident
    )
    return Evidence.from_json(content) if content else None


async def keep_of_database(tx: Tx, incident: int, seen: Remembered) -> None:
    await tx.execute(
        "INSERT INTO evidence (incident, kind, content) VALUES ($1, 'database', $2)", incident, seen.to_json()
    )


async def latest_of_database(tx: Tx, incident: int) -> Remembered | None:
    """Of each part what was seen last: whoever looked at the locks alone hides nothing of the rest."""
    rows = await tx.fetch(
        "SELECT content FROM evidence WHERE incident = $1 AND kind = 'database' ORDER BY id DESC LIMIT 20", incident
    )
    kept = [Remembered.from_json(row["content"]) for row in rows]
    return newest(kept) if kept else None
