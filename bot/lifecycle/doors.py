"""What the drop-in doors need besides `Lifecycle.receive`: changes, requests that are asked for later, single alerts.

Clients of other tools name an alert by an id, a number or an alias. The id is a UUID made of the alert's row, so that
any replica can read it back; the number is the row's; the alias is its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from bot.alert import Alert
from bot.audit import Actor, Entry
from bot.classification import classify
from bot.desk import Desk
from bot.incident import Status
from bot.lifecycle import gather, moves, receive, speaking
from bot.phrase import Phrase
from bot.store import audit, doors, incidents
from bot.store.database import Database, Tx

IdentifiedBy = Literal["id", "alias", "tiny"]
OURS = 0x0EC07A00_0000_8000 << 64 | 0x8000 << 48
LARGEST_ROW = 2**48


@dataclass(frozen=True, slots=True)
class KnownAlert:
    """One alert as other tools' clients ask for it. `open`: it is firing; `taken_by`: who acknowledged its incident."""

    row: int
    alias: str
    title: str
    text: str
    open: bool
    incident: int | None
    taken_by: str | None
    severity: str
    count: int
    labels: dict[str, str]
    first_seen: datetime
    last_seen: datetime

    @property
    def id(self) -> UUID:
        return alert_id(self.row)


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """What became of a request. `alert` None: there was no such alert."""

    id: UUID
    action: str
    alias: str
    alert: UUID | None
    success: bool
    status: str
    at: datetime


def alert_id(row: int) -> UUID:
    return UUID(int=OURS | row)


def row_of(id: str) -> int | None:
    """The row that this id is made of; None when it is none of ours."""
    try:
        number = UUID(id).int
    except ValueError:
        return None
    return number - OURS if 0 < number - OURS < LARGEST_ROW else None


class Doors:
    """Every method is one transaction; raises `store.database.Unavailable`."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db = db
        self.desk = desk

    async def changed(self, alert: Alert, origin: str) -> int:
        """Something was changed on purpose. Kept with the environment and service that it is about."""
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
            place = classify(alert, self.desk.rules, self.desk.environments, self.desk.services, now)
            return await doors.insert_change(
                tx, source=alert.source, summary=alert.title, origin=origin, environment=place.environment,
                service=place.service, details=alert.labels, url=alert.url, changed_at=alert.starts_at,
            )  # fmt: skip

    async def find(self, source: str, identifier: str, by: IdentifiedBy = "id") -> KnownAlert | None:
        """A client that was given an alias where it expected an id may use it as one."""
        async with self.db.transaction() as tx:
            row = await self._row(tx, source, identifier, by)
        return _known(row) if row else None

    async def _row(self, tx: Tx, source: str, identifier: str, by: IdentifiedBy) -> asyncpg.Record | None:
        number = row_of(identifier) if by == "id" else None
        if by == "tiny" and identifier.isdecimal() and int(identifier) < LARGEST_ROW:
            number = int(identifier)
        if number is not None and (row := await doors.alert_by_row(tx, source, number)):
            return row
        return None if by == "tiny" else await doors.alert_by_key(tx, source, identifier)

    async def listed(self, source: str, *, open: bool | None, limit: int, offset: int) -> list[KnownAlert]:
        async with self.db.transaction() as tx:
            rows = await doors.alerts_of(tx, source, open=open, limit=limit, offset=offset)
        return [_known(row) for row in rows]

    async def counted(self, source: str, *, open: bool | None) -> int:
        async with self.db.transaction() as tx:
            return await doors.count_of(tx, source, open=open)

    async def remember(
        self, id: UUID, source: str, action: str, alias: str, *, success: bool, status: str
    ) -> None:  # fmt: skip
        async with self.db.transaction() as tx:
            row = await doors.alert_by_key(tx, source, alias)
            await doors.remember(
                tx, id=id, source=source, action=action, alias=alias, alert=row["id"] if row else None,
                success=success, status=status,
            )  # fmt: skip

    async def request(self, source: str, id: UUID) -> RequestAnswer | None:
        async with self.db.transaction() as tx:
            row = await doors.request(tx, source, id)
        if row is None:
            return None
        alert = alert_id(row["alert"]) if row["alert"] else None
        return RequestAnswer(
            row["id"], row["action"], row["alias"], alert, row["success"], row["status"], row["at"]
        )  # fmt: skip

    async def note(self, alert: KnownAlert, by: Actor, said: Phrase) -> None:
        """A sentence in the thread of the alert's incident, and in its story."""
        if alert.incident is None:
            return
        async with self.db.transaction() as tx:
            incident = await incidents.get(tx, alert.incident)
            if incident is not None:
                await audit.write(tx, Entry(by, "incident.noted", incident.number, on=alert.alias, why=said))
                await speaking.note(tx, self.desk, incident, said)

    async def rewrite(self, alert: KnownAlert, *, title: str | None = None, text: str | None = None) -> None:
        """The alert's words have changed; its incident keeps the title under which people know it."""
        async with self.db.transaction() as tx:
            # The incident first, as everywhere: two that take rows in different orders wait for each other for ever.
            incident = await incidents.lock(tx, alert.incident) if alert.incident is not None else None
            await doors.rewrite(tx, alert.row, title=title[:500] if title else None, text=text)
            if incident is not None:
                await speaking.card(tx, incident, self.desk.incidents_channel)

    async def worsen(self, alert: KnownAlert, known_as: Alert) -> bool:
        """Its severity is another one now. An incident is raised by it, never lowered: a person does that."""
        if alert.incident is None or not alert.open:
            return False
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
            judged = classify(known_as, self.desk.rules, self.desk.environments, self.desk.services, now)
            row = await gather.firing(tx, known_as.source, known_as.dedup_key)  # it may be another incident's by now
            incident = await gather.held_open(tx, row["incident"]) if row is not None and row["incident"] else None
            if incident is None:
                return False
            return await receive.worse(tx, self.desk, incident, judged) is not None

    async def give_back(self, alert: KnownAlert, by: Actor) -> bool:
        """Whoever had taken it has not any more: a new round of the ladder. False: nobody had."""
        if alert.incident is None:
            return False
        async with self.db.transaction() as tx:
            incident = await incidents.lock(tx, alert.incident)
            if incident is None or incident.status is not Status.ACKNOWLEDGED:
                return False
            said = Phrase("{name} gave it back", {"name": by.name})
            return await moves.back_to_triggered(tx, self.desk, incident, by, said) is not None

    async def changes(self, environment: str, service: str, since: datetime) -> Sequence[asyncpg.Record]:
        """What was changed there on purpose since then; newest first."""
        async with self.db.transaction() as tx:
            return await doors.changes(tx, environment, service, since)


def _known(row: asyncpg.Record) -> KnownAlert:
    taken = row["acknowledged_by"] if row["incident_status"] == Status.ACKNOWLEDGED else None
    return KnownAlert(
        row=row["id"], alias=row["dedup_key"], title=row["title"], text=row["text"], open=row["status"] == "firing",
        incident=row["incident"], taken_by=taken, severity=row["severity"], count=row["count"], labels=row["labels"],
        first_seen=row["first_seen"], last_seen=row["last_seen"],
    )  # fmt: skip
