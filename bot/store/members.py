"""Alerts that change their incident."""

from collections.abc import Sequence

from bot.phrase import Phrase
from bot.store.database import Tx


async def move(tx: Tx, number: int, into: int, why: Phrase, only: Sequence[int] | None = None) -> int:
    """All alerts of `number`, or only those ids, belong to `into` now; the counts follow. How many rows."""
    row = await tx.fetchrow(
        "WITH moved AS (UPDATE alert SET incident = $2, joined = $3 WHERE incident = $1"
        "  AND ($4::bigint[] IS NULL OR id = ANY($4)) RETURNING count),"
        " less AS (UPDATE incident SET alert_count = greatest(0, alert_count"
        "  - (SELECT coalesce(sum(count), 0) FROM moved)), card_version = card_version + 1 WHERE number = $1),"
        " more AS (UPDATE incident SET alert_count = alert_count + (SELECT coalesce(sum(count), 0) FROM moved),"
        "  card_version = card_version + 1, last_alert_at = app_now() WHERE number = $2)"
        " SELECT count(*) AS n FROM moved",
        number, into, why.to_json(), None if only is None else list(only),
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def shares(tx: Tx, number: int, alerts: Sequence[int]) -> tuple[int, int]:
    """How many firing alerts would stay in the incident, and how many are among `alerts`."""
    row = await tx.fetchrow(
        "SELECT count(*) FILTER (WHERE id <> ALL($2::bigint[])) AS kept, count(*) FILTER (WHERE id = ANY($2)) AS going"
        " FROM alert WHERE incident = $1 AND status = 'firing'",
        number, list(alerts),
    )  # fmt: skip
    return (row["kept"], row["going"]) if row else (0, 0)


async def title(tx: Tx, alerts: Sequence[int]) -> str | None:
    found: str | None = await tx.fetchval(
        "SELECT title FROM alert WHERE id = ANY($1) ORDER BY id LIMIT 1", list(alerts)
    )
    return found


async def fitting(tx: Tx, number: int, words: str) -> list[int]:
    """Firing alerts whose title says these words; without words, those that were gathered and not sent as a group."""
    rows = await tx.fetch(
        "SELECT id FROM alert WHERE incident = $1 AND status = 'firing'"
        " AND CASE WHEN $2 = '' THEN joined IS NOT NULL ELSE strpos(lower(title), lower($2)) > 0 END ORDER BY id",
        number, words,
    )  # fmt: skip
    return [row["id"] for row in rows]
