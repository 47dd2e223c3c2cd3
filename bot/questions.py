"""What may be asked of the desk without changing anything."""

import asyncpg

from bot.desk import Desk
from bot.incident import Incident
from bot.phrase import Phrase
from bot.store import alerts, audit, escalations, incidents, messages
from bot.store.database import Database, Tx
from bot.view import AlertRow, IncidentView, LevelRow, TimelineRow

OURSELVES = "desk"


class Questions:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db = db
        self.desk = desk

    async def incident(self, number: int) -> IncidentView | None:
        """The incident with its alerts, the levels of its present round and its story; None: no such number."""
        async with self.db.transaction() as tx:
            incident = await incidents.get(tx, number)
            return await view(tx, self.desk, incident) if incident else None

    async def open_incidents(self) -> list[Incident]:
        """Worst first, then oldest first; 200 at most."""
        async with self.db.transaction() as tx:
            return await incidents.open_ones(tx)

    async def latest_page_of(self, person: str) -> int | None:
        """The number of the incident whose page reached this person last and which still needs somebody."""
        async with self.db.transaction() as tx:
            return await messages.latest_open_page(tx, person)


async def view(tx: Tx, desk: Desk, incident: Incident) -> IncidentView:
    return IncidentView(
        incident=incident,
        alerts=tuple(alert_row(row) for row in await alerts.of_incident(tx, incident.number)),
        levels=tuple(level_row(row) for row in await escalations.of_incident(tx, incident.number, incident.round)),
        timeline=tuple(timeline_row(row) for row in await audit.of_incident(tx, incident.number)),
    )


def alert_row(row: asyncpg.Record) -> AlertRow:
    return AlertRow(
        title=row["title"], status=row["status"], source=row["source"], severity=row["severity"], count=row["count"],
        first_seen=row["first_seen"], last_seen=row["last_seen"], url=row["url"],
    )  # fmt: skip


def level_row(row: asyncpg.Record) -> LevelRow:
    return LevelRow(
        position=row["position"], name=row["name"], due_at=row["due_at"], state=row["state"], fired_at=row["fired_at"],
        why=Phrase.from_json(row["why"]) if row["why"] else None,
    )  # fmt: skip


def timeline_row(row: asyncpg.Record) -> TimelineRow:
    return TimelineRow(
        at=row["at"], did=row["did"], by=row["actor_name"], door=row["door"],
        why=Phrase.from_json(row["why"]) if row["why"] else None, result=row["result"],
    )  # fmt: skip
