"""What was changed on purpose: images that our own look found replaced, and what other tools told us."""

from datetime import datetime, timedelta
from typing import Final

import asyncpg

from bot.store.database import Tx

BEFORE: Final = timedelta(hours=6)
SHOWN: Final = 2


async def around(tx: Tx, environment: str, service: str, began: datetime) -> list[asyncpg.Record]:
    """(at, version, reference, image_id, summary, by, url, action): from some hours before an incident on, the newest
    first.

    The first image ever seen is no change. Of an incident without a service only what other tools said counts. Of what
    was stopped, started, restarted and scaled only what was before the incident: afterwards its thread tells.
    """
    rows: list[asyncpg.Record] = await tx.fetch(
        "SELECT first_seen AS at, version, reference, image_id, '' AS summary, actor AS by, '' AS url, '' AS action"
        " FROM deployment d"
        " WHERE environment = $1 AND service = $2 AND first_seen >= $3 AND EXISTS (SELECT FROM deployment b"
        "  WHERE b.environment = $1 AND b.service = $2 AND b.first_seen < d.first_seen AND b.image_id <> d.image_id)"
        " UNION ALL SELECT changed_at, '', '', '', summary, origin, url, '' FROM change_event"
        " WHERE environment IN ($1, '') AND service IN ($2, '') AND changed_at >= $3 AND $1 <> ''"
        " UNION ALL SELECT finished_at, '', '', '', '', requested_by, '', action FROM run WHERE environment = $1"
        " AND service = $2 AND status = 'succeeded' AND action IN ('stop', 'start', 'restart', 'scale')"
        " AND finished_at BETWEEN $3 AND $5"
        " ORDER BY at DESC LIMIT $4",
        environment, service, began - BEFORE, SHOWN, began,
    )  # fmt: skip
    return rows
