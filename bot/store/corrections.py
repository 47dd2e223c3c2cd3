"""What people changed a priority to, for the rules that follow from it."""

from dataclasses import dataclass

from bot.proposal import Corrected
from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class Like:
    """What like corrections have in common."""

    rule: str
    source: str
    service: str
    was: str
    became: str


async def note(tx: Tx, incident: int, became: str, by: str, *, rule: str, was: str, service: str) -> Like | None:
    """One for each incident: a later one replaces it, back to what it was ends it. None: nothing to learn."""
    before = await tx.fetchrow("DELETE FROM correction WHERE incident = $1 RETURNING *", incident)
    if before is not None:
        rule, was = before["rule"], before["was"]
    source = await tx.fetchval("SELECT source FROM alert WHERE incident = $1 ORDER BY id LIMIT 1", incident)
    if source is None or was == became:
        return None
    await tx.execute(
        "INSERT INTO correction (incident, rule, source, service, was, became, by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        incident, rule, source, service, was, became, by,
    )  # fmt: skip
    return Like(rule, source, service, was, became)


async def corrected(tx: Tx, like: Like) -> list[Corrected]:
    """The first alert of each incident that was corrected alike and is not confidential, the newest
    first; 20 at most.
    """
    rows = await tx.fetch(
        "SELECT a.title, i.environment, a.labels FROM correction c JOIN incident i ON i.number = c.incident"
        " JOIN LATERAL (SELECT title, labels FROM alert WHERE incident = c.incident ORDER BY id LIMIT 1) a ON true"
        " WHERE c.rule = $1 AND c.source = $2 AND c.service = $3 AND c.was = $4 AND c.became = $5"
        "  AND NOT i.confidential"
        " ORDER BY c.id DESC LIMIT 20",
        like.rule, like.source, like.service, like.was, like.became,
    )  # fmt: skip
    return [Corrected(row["title"], row["environment"], row["labels"]) for row in rows]


async def first_proposal(tx: Tx, like: Like) -> bool:
    """True once."""
    done = await tx.execute(
        "INSERT INTO rule_proposal (rule, source, service, was, became) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING",
        like.rule, like.source, like.service, like.was, like.became,
    )  # fmt: skip
    return done == "INSERT 0 1"
