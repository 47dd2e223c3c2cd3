"""What was seen of a container, kept with the incident that it belongs to."""

from bot.runbook import Evidence
from bot.store.database import Tx


async def keep(tx: Tx, incident: int, evidence: Evidence) -> None:
    """Of a look; a run keeps its own (`store.runs.keep_evidence`)."""
    await tx.execute("INSERT INTO evidence (incident, content) VALUES ($1, $2)", incident, evidence.to_json())


async def latest(tx: Tx, incident: int) -> Evidence | None:
    """The last that was kept, by a look or by a run."""
    content = await tx.fetchval("SELECT content FROM evidence WHERE incident = $1 ORDER BY id DESC LIMIT 1", incident)
    return Evidence.from_json(content) if content else None
