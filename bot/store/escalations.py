"""Levels of open incidents: rows with absolute due times. A crash means "later", never "lost"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from bot.escalation import DueLevel
from bot.incident import Incident
from bot.oncall import Booked
from bot.phrase import Phrase
from bot.store import incidents, oncall
from bot.store.database import Tx


@dataclass(frozen=True, slots=True, order=True)
class Rung:
    """Which level of which incident: the key of its row."""

    incident: int
    round: int
    position: int


@dataclass(frozen=True, slots=True)
class FiredLevel:
    """A level that has just been taken by this transaction, and how late (never negative)."""

    incident: int
    round: int
    position: int
    name: str
    targets: tuple[str, ...]
    due_at: datetime
    late: timedelta
    acknowledgements: int = 1

    @property
    def rung(self) -> Rung:
        return Rung(self.incident, self.round, self.position)


async def insert(tx: Tx, incident: int, round: int, levels: Sequence[DueLevel]) -> None:
    await tx.executemany(
        "INSERT INTO escalation_level (incident, round, position, name, targets, due_at, why, acknowledgements)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (
                incident, round, level.position, level.name, list(level.targets), level.due_at,
                Phrase("put off to business hours").to_json() if level.waits else None, level.acknowledgements,
            )
            for level in levels
        ],
    )  # fmt: skip


async def fire(tx: Tx, incident: int, round: int, position: int) -> FiredLevel | None:
    """Take a level that is due; None when it was taken, stopped, or is not due yet."""
    row = await tx.fetchrow(
        "UPDATE escalation_level l SET state = 'fired', fired_at = app_now() FROM incident i"
        " WHERE l.incident = $1 AND l.round = $2 AND l.position = $3 AND l.state = 'pending' AND l.due_at <= app_now()"
        " AND i.number = l.incident AND i.status = 'triggered' AND i.round = l.round"
        " RETURNING l.*, greatest(interval '0', app_now() - l.due_at) AS late",
        incident, round, position,
    )  # fmt: skip
    return fired(row) if row else None


async def hold_due(tx: Tx, limit: int) -> dict[Rung, Incident]:
    """Levels that are due, one of each incident, most overdue first; their incidents are held.

    Incidents that others hold are passed over: nobody waits for anybody here, and two replicas take turns.
    """
    rows = await tx.fetch(
        "SELECT i.*, l.round AS rung_round, l.position AS rung FROM escalation_level l JOIN incident i"
        " ON i.number = l.incident AND i.round = l.round AND i.status = 'triggered'"
        " WHERE l.state = 'pending' AND l.due_at <= app_now() ORDER BY l.due_at, l.position LIMIT $1"
        " FOR UPDATE OF i SKIP LOCKED",
        limit,
    )
    held: dict[int, tuple[Rung, Incident]] = {}
    for row in rows:
        held.setdefault(row["number"], (Rung(row["number"], row["rung_round"], row["rung"]), incidents.from_row(row)))
    return dict(held.values())


async def fire_held(tx: Tx, rungs: Sequence[Rung]) -> list[FiredLevel]:
    """Take these levels of incidents that this transaction holds, those that are still due, in their order."""
    rows = await tx.fetch(
        "UPDATE escalation_level l SET state = 'fired', fired_at = app_now()"
        " FROM unnest($1::bigint[], $2::int[], $3::int[]) WITH ORDINALITY AS r (incident, round, position, place)"
        " WHERE l.incident = r.incident AND l.round = r.round AND l.position = r.position"
        " AND l.state = 'pending' AND l.due_at <= app_now()"
        " RETURNING l.*, greatest(interval '0', app_now() - l.due_at) AS late, r.place",
        [rung.incident for rung in rungs], [rung.round for rung in rungs], [rung.position for rung in rungs],
    )  # fmt: skip
    return [fired(row) for row in sorted(rows, key=lambda row: row["place"])]


async def still_due(tx: Tx, rungs: Sequence[Rung]) -> set[Rung]:
    """Those of them that are to be fired and have not been."""
    rows = await tx.fetch(
        "SELECT l.incident, l.round, l.position FROM escalation_level l JOIN incident i"
        " ON i.number = l.incident AND i.round = l.round AND i.status = 'triggered'"
        " WHERE (l.incident, l.round, l.position) IN (SELECT * FROM unnest($1::bigint[], $2::int[], $3::int[]))"
        " AND l.state = 'pending' AND l.due_at <= app_now()",
        [rung.incident for rung in rungs], [rung.round for rung in rungs], [rung.position for rung in rungs],
    )  # fmt: skip
    return {Rung(*row) for row in rows}


def fired(row: asyncpg.Record) -> FiredLevel:
    return FiredLevel(
        row["incident"], row["round"], row["position"], row["name"], tuple(row["targets"]), row["due_at"], row["late"],
        row["acknowledgements"],
    )  # fmt: skip


async def skipped(tx: Tx, level: FiredLevel, why: Phrase) -> None:
    await tx.execute(
        "UPDATE escalation_level SET state = 'skipped', why = $4 WHERE incident = $1 AND round = $2 AND position = $3",
        level.incident, level.round, level.position, why.to_json(),
    )  # fmt: skip


async def explained(tx: Tx, level: FiredLevel, why: Phrase) -> None:
    await tx.execute(
        "UPDATE escalation_level SET why = $4 WHERE incident = $1 AND round = $2 AND position = $3",
        level.incident, level.round, level.position, why.to_json(),
    )  # fmt: skip


async def bring_forward(tx: Tx, incident: int, round: int, after_position: int) -> tuple[int, str] | None:
    """The next pending level becomes due now: (position, name); None when the ladder has no further one.

    A first level that is due is called anyhow: whoever asks in that very moment means the one after it.
    """
    row = await tx.fetchrow(
        "UPDATE escalation_level SET due_at = least(due_at, app_now()) WHERE incident = $1 AND round = $2"
        " AND position = (SELECT position FROM escalation_level WHERE incident = $1 AND round = $2"
        "  AND state = 'pending' AND position > $3"
        "  ORDER BY position = 0 AND due_at <= app_now(), position LIMIT 1) RETURNING position, name",
        incident, round, after_position,
    )  # fmt: skip
    return (row["position"], row["name"]) if row else None


async def stop(tx: Tx, incident: int) -> None:
    """Nobody further is to be told: it is taken, or over, or a new round begins."""
    await tx.execute(
        "UPDATE escalation_level SET state = 'stopped' WHERE incident = $1 AND state = 'pending'", incident
    )


async def stop_beyond(tx: Tx, incident: int, kept: Sequence[int], why: Phrase) -> None:
    """Pending levels of other positions are not to be told any more."""
    await tx.execute(
        "UPDATE escalation_level SET state = 'stopped', why = $3"
        " WHERE incident = $1 AND state = 'pending' AND position <> ALL($2::int[])",
        incident, list(kept), why.to_json(),
    )  # fmt: skip


async def drop_pending(tx: Tx, incident: int, round: int) -> None:
    """Others take the place of those that are ahead."""
    await tx.execute(
        "DELETE FROM escalation_level WHERE incident = $1 AND round = $2 AND state IN ('pending', 'stopped')",
        incident, round,
    )  # fmt: skip


async def put_off(tx: Tx, incident: int, levels: Sequence[DueLevel]) -> None:
    """Pending levels come no earlier than these times; the watch finds them then."""
    await tx.executemany(
        "UPDATE escalation_level SET due_at = greatest(due_at, $3)"
        " WHERE incident = $1 AND position = $2 AND state = 'pending'",
        [(incident, level.position, level.due_at) for level in levels],
    )


async def waiting_for_people(tx: Tx, incident: int, round: int) -> Sequence[asyncpg.Record]:
    """(name, targets, acknowledgements, at) of the levels that were told in this round, else of the first to come."""
    return await tx.fetch(
        "SELECT name, targets, acknowledgements, coalesce(fired_at, app_now()) AS at FROM escalation_level"
        " WHERE incident = $1 AND round = $2 AND (state = 'fired' OR position = (SELECT min(position)"
        "  FROM escalation_level WHERE incident = $1 AND round = $2 AND state = 'pending'"
        "  HAVING NOT EXISTS (SELECT FROM escalation_level WHERE incident = $1 AND round = $2 AND state = 'fired')))"
        " ORDER BY position",
        incident, round,
    )  # fmt: skip


async def last_fired(tx: Tx, incident: int, round: int) -> asyncpg.Record | None:
    """(position, name, fired_at, acknowledgements) of the highest level that was reached in this round."""
    return await tx.fetchrow(
        "SELECT position, name, fired_at, acknowledgements FROM escalation_level WHERE incident = $1"
        " AND round = $2 AND state IN ('fired', 'skipped') ORDER BY position DESC LIMIT 1", incident, round,
    )  # fmt: skip


async def highest_reached(tx: Tx, incident: int) -> tuple[int, str]:
    """Position and name of the highest level that was reached in any round; -1 when none."""
    row = await tx.fetchrow(
        "SELECT position, name FROM escalation_level WHERE incident = $1 AND state IN ('fired', 'skipped')"
        " ORDER BY position DESC, round DESC LIMIT 1",
        incident,
    )
    return (row["position"], row["name"]) if row else (-1, "")


async def being_told(tx: Tx, incident: int, round: int, lately: timedelta) -> str | None:
    """The name of the level that is due at this moment, or was told so lately."""
    name: str | None = await tx.fetchval(
        "SELECT name FROM escalation_level WHERE incident = $1 AND round = $2"
        " AND (state = 'pending' AND due_at <= app_now() OR state = 'fired' AND fired_at > app_now() - $3::interval)"
        " ORDER BY position DESC LIMIT 1",
        incident, round, lately,
    )  # fmt: skip
    return name


async def take_stopped(tx: Tx, incident: int, round: int) -> FiredLevel | None:
    """The next level above the highest reached, which an acknowledgement had stopped, is told all the same."""
    row = await tx.fetchrow(
        "UPDATE escalation_level SET state = 'fired', fired_at = app_now() WHERE incident = $1 AND round = $2"
        " AND position = (SELECT min(position) FROM escalation_level WHERE incident = $1 AND round = $2"
        "  AND state = 'stopped' AND position > (SELECT coalesce(max(position), -1) FROM escalation_level"
        "   WHERE incident = $1 AND state IN ('fired', 'skipped'))) RETURNING *",
        incident, round,
    )  # fmt: skip
    if row is None:
        return None
    return FiredLevel(incident, round, row["position"], row["name"], tuple(row["targets"]), row["due_at"], timedelta(0))


async def of_incident(tx: Tx, incident: int, round: int) -> Sequence[asyncpg.Record]:
    return await tx.fetch(
        "SELECT * FROM escalation_level WHERE incident = $1 AND round = $2 ORDER BY position", incident, round
    )


async def overdue(tx: Tx, grace: timedelta, limit: int = 200) -> Sequence[asyncpg.Record]:
    """(incident, round, position) of pending levels that should have fired `grace` ago, most overdue first."""
    return await tx.fetch(
        "SELECT incident, round, position FROM escalation_level WHERE state = 'pending'"
        " AND due_at <= app_now() - $1::interval ORDER BY due_at, position LIMIT $2",
        grace, limit,
    )  # fmt: skip


async def overrides(tx: Tx, now: datetime) -> list[Booked]:
    """What changes who is on call at `now`: overrides and imported calendars."""
    return await oncall.in_force(tx, now)
