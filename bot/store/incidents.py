"""Incident rows. Every change of status goes through `move`, which knows only the table of moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from bot.escalation import Policy, kept, policy_of
from bot.incident import Incident, Priority, Status, may_come_from
from bot.phrase import Phrase
from bot.store.database import Tx
from bot.taking import Taker

STORM_RULE: Final = "storm"


def from_row(row: asyncpg.Record) -> Incident:
    return Incident(
        number=row["number"], status=Status(row["status"]), priority=Priority(row["priority"]), title=row["title"],
        environment=row["environment"], service=row["service"], rule=row["rule"], why=Phrase.from_json(row["why"]),
        opened_at=row["opened_at"], changed_at=row["changed_at"], alert_count=row["alert_count"], round=row["round"],
        summary=row["summary"], acknowledged_by=row["acknowledged_by"], acknowledged_at=row["acknowledged_at"],
        resolved_by=row["resolved_by"], resolved_at=row["resolved_at"], card_version=row["card_version"],
        flapping_until=row["flapping_until"], takers=tuple(Taker.from_json(each) for each in row["takers"]),
        takers_wanted=row["takers_wanted"], confidential=row["confidential"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new incident is made of. Its policy, and those of the other priorities, are copied into it."""

    priority: Priority
    title: str
    summary: str
    environment: str
    service: str
    rule: str
    why: Phrase
    policies: Mapping[Priority, Policy]
    opened_by: str
    confidential: bool = False


async def insert(tx: Tx, new: Opening) -> Incident:
    row = await tx.fetchrow(
        "INSERT INTO incident (priority, title, summary, environment, service, rule, why, policy, ladder, opened_by,"
        " confidential) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING *",
        new.priority, new.title, new.summary, new.environment, new.service, new.rule, new.why.to_json(),
        new.policies[new.priority].name, kept(new.policies, new.priority), new.opened_by, new.confidential,
    )  # fmt: skip
    assert row is not None  # INSERT … RETURNING always returns
    return from_row(row)


async def get(tx: Tx, number: int) -> Incident | None:
    row = await tx.fetchrow("SELECT * FROM incident WHERE number = $1", number)
    return from_row(row) if row else None


async def insiders(tx: Tx, number: int) -> frozenset[str]:
    """Those who opened it, have or had it, were asked or paged, or hold a role."""
    rows = await tx.fetch(
        "SELECT unnest(ARRAY[opened_by, acknowledged_by, resolved_by]) AS person FROM incident WHERE number = $1"
        " UNION SELECT person FROM responder WHERE incident = $1"
        " UNION SELECT person FROM incident_role WHERE incident = $1"
        " UNION SELECT person FROM message WHERE incident = $1 AND about = 'page' AND state <> 'dropped'"
        " UNION SELECT actor FROM audit WHERE incident = $1 AND did = 'incident.acknowledged'",
        number,
    )
    return frozenset(row["person"] for row in rows if row["person"])


async def hands(tx: Tx, number: int) -> list[str]:
    """Those who have it or ever had it, and who ended it; in the order in which they came."""
    rows = await tx.fetch(
        "SELECT actor FROM audit WHERE incident = $1 AND did IN ('incident.acknowledged', 'incident.resolved')"
        " GROUP BY actor ORDER BY min(id)",
        number,
    )
    return [row["actor"] for row in rows]


async def lock(tx: Tx, number: int) -> Incident | None:
    """The incident, held until the transaction ends: moves, levels and joins of one incident take turns."""
    row = await tx.fetchrow("SELECT * FROM incident WHERE number = $1 FOR UPDATE", number)
    return from_row(row) if row else None


async def policy(tx: Tx, number: int) -> Policy:
    """The policy of the incident's priority, as it was when it opened."""
    row = await tx.fetchrow("SELECT ladder, priority FROM incident WHERE number = $1", number)
    assert row is not None  # the caller has seen it
    return policy_of(row["ladder"], Priority(row["priority"]))


async def policies(tx: Tx, number: int) -> Mapping[Priority, Policy]:
    """Those of all priorities, as they were when the incident opened."""
    ladder = await tx.fetchval("SELECT ladder FROM incident WHERE number = $1", number)
    return {priority: policy_of(ladder, priority) for priority in Priority}


async def not_looked_at(tx: Tx, length: timedelta, limit: int) -> list[Incident]:
    """Those that opened not longer ago than this, are not over, and for which no runbook began by itself: the worst
    first, then the oldest."""
    rows = await tx.fetch(
        "SELECT * FROM incident i WHERE status <> 'resolved' AND opened_at > app_now() - $1::interval"
        " AND NOT EXISTS (SELECT FROM procedure_run p WHERE p.incident = i.number AND p.begun_by = 'desk')"
        " ORDER BY priority, number LIMIT $2",
        length, limit,
    )  # fmt: skip
    return [from_row(row) for row in rows]


async def open_ones(tx: Tx, limit: int = 200) -> list[Incident]:
    """Worst first, then oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM incident WHERE status <> 'resolved' ORDER BY priority, opened_at LIMIT $1", limit
    )
    return [from_row(row) for row in rows]


async def for_everybody(tx: Tx, environments: Sequence[str], back: timedelta) -> list[Incident]:
    """Those of these environments that are open, or were resolved within `back`; 500 at most, the newest first. What
    is confidential is not told to the public at all.
    """
    rows = await tx.fetch(
        "SELECT * FROM incident WHERE environment = ANY($1::text[]) AND NOT confidential"
        " AND (status <> 'resolved' OR resolved_at > app_now() - $2::interval) ORDER BY opened_at DESC LIMIT 500",
        list(environments), back,
    )  # fmt: skip
    return [from_row(row) for row in rows]


async def to_hear_of(tx: Tx, environment: str, service: str, part: str, *, away: bool) -> list[int]:
    """Open incidents of this service, or of none in its environment, to whom it is news that `part` is away, or back.

    The 50 newest of a day.
    """
    rows = await tx.fetch(
        "SELECT i.number FROM incident i WHERE i.status <> 'resolved' AND i.environment = $1 AND i.service IN ($2, '')"
        " AND i.opened_at > app_now() - interval '1 day' AND coalesce((SELECT a.did = 'part.away' FROM audit a"
        "  WHERE a.incident = i.number AND a.subject = $3 AND a.did IN ('part.away', 'part.back')"
        "  ORDER BY a.id DESC LIMIT 1), false) <> $4 ORDER BY i.number DESC LIMIT 50",
        environment, service, part, away,
    )  # fmt: skip
    return [row["number"] for row in rows]


async def counts(tx: Tx) -> Sequence[asyncpg.Record]:
    """(priority, status, n) of those open."""
    return await tx.fetch(
        "SELECT priority, status, count(*) AS n FROM incident WHERE status <> 'resolved' GROUP BY priority, status"
    )


async def move(tx: Tx, number: int, to: Status, by: str) -> Incident | None:
    """None means: not in a status from which this move is allowed. Back to triggered begins a new round."""
    row = await tx.fetchrow(
        "UPDATE incident SET status = $2, changed_at = app_now(), card_version = card_version + 1,"
        " round = round + CASE WHEN $2 = 'triggered' THEN 1 ELSE 0 END,"
        " acknowledged_by = CASE $2 WHEN 'acknowledged' THEN $3 WHEN 'triggered' THEN NULL ELSE acknowledged_by END,"
        " acknowledged_at = CASE $2 WHEN 'acknowledged' THEN app_now() WHEN 'triggered' THEN NULL"
        "  ELSE acknowledged_at END,"
        " takers = CASE $2 WHEN 'triggered' THEN '[]' ELSE takers END,"
        " takers_wanted = CASE $2 WHEN 'triggered' THEN 1 ELSE takers_wanted END,"
        " resolved_by = CASE $2 WHEN 'resolved' THEN $3 ELSE NULL END,"
        " resolved_at = CASE $2 WHEN 'resolved' THEN app_now() ELSE NULL END"
        " WHERE number = $1 AND status = ANY($4::text[]) RETURNING *",
        number, to.value, by, may_come_from(to),
    )  # fmt: skip
    return from_row(row) if row else None


async def taken_by(tx: Tx, number: int, takers: Sequence[Taker], wanted: int) -> Incident:
    """These are on it now, of the `wanted` whom a level asks for."""
    row = await tx.fetchrow(
        "UPDATE incident SET takers = $2, takers_wanted = $3, changed_at = app_now(), card_version = card_version + 1"
        " WHERE number = $1 RETURNING *",
        number, [each.to_json() for each in takers], wanted,
    )  # fmt: skip
    assert row is not None  # the caller holds its lock
    return from_row(row)


async def another_round(tx: Tx, number: int) -> Incident:
    """Still triggered: its levels begin anew, and the caller writes them."""
    row = await tx.fetchrow(
        "UPDATE incident SET round = round + 1, changed_at = app_now(), card_version = card_version + 1"
        " WHERE number = $1 AND status = 'triggered' RETURNING *",
        number,
    )
    assert row is not None  # the caller holds its lock and saw its status
    return from_row(row)


async def hand_over(tx: Tx, number: int, to: str) -> Incident:
    """Another person is on it from now on."""
    row = await tx.fetchrow(
        "UPDATE incident SET acknowledged_by = $2, acknowledged_at = app_now(), changed_at = app_now(),"
        " card_version = card_version + 1 WHERE number = $1 AND status = 'acknowledged' RETURNING *",
        number, to,
    )  # fmt: skip
    assert row is not None  # the caller holds its lock and saw its status
    return from_row(row)


async def counted(tx: Tx, number: int) -> Incident:
    """One more alert came in for it."""
    row = await tx.fetchrow(
        "UPDATE incident SET alert_count = alert_count + 1, card_version = card_version + 1, changed_at = app_now(),"
        " last_alert_at = app_now()"
        " WHERE number = $1 RETURNING *",
        number,
    )
    assert row is not None  # the caller holds its lock
    return from_row(row)


async def raise_priority(tx: Tx, number: int, priority: Priority, rule: str, why: Phrase) -> Incident:
    """Worse than it was: a new round, whose levels the caller writes."""
    row = await tx.fetchrow(
        "UPDATE incident SET priority = $2, rule = $3, why = $4, round = round + 1, card_version = card_version + 1,"
        " changed_at = app_now() WHERE number = $1 RETURNING *",
        number, priority, rule, why.to_json(),
    )  # fmt: skip
    assert row is not None  # the caller holds its lock
    return from_row(row)


async def set_priority(tx: Tx, number: int, priority: Priority, rule: str, why: Phrase) -> Incident:
    """In the same round: its levels stay as they are."""
    row = await tx.fetchrow(
        "UPDATE incident SET priority = $2, rule = $3, why = $4, card_version = card_version + 1,"
        " changed_at = app_now() WHERE number = $1 RETURNING *",
        number, priority, rule, why.to_json(),
    )  # fmt: skip
    assert row is not None  # the caller holds its lock
    return from_row(row)


async def now(tx: Tx) -> datetime:
    moment: datetime = await tx.fetchval("SELECT app_now()")
    return moment


async def at_place(tx: Tx, environment: str, service: str, within: timedelta) -> int | None:
    """The open incident of this service and environment whose last alert came so recently; the newest of several."""
    number: int | None = await tx.fetchval(
        "SELECT number FROM incident WHERE status <> 'resolved' AND environment = $1 AND service = $2"
        " AND last_alert_at > app_now() - $3::interval ORDER BY number DESC LIMIT 1",
        environment, service, within,
    )  # fmt: skip
    return number


async def opened_within(tx: Tx, within: timedelta) -> int:
    count: int = await tx.fetchval("SELECT count(*) FROM incident WHERE opened_at > app_now() - $1::interval", within)
    return count


async def of_storm(tx: Tx, environment: str, within: timedelta) -> int | None:
    """The open incident that gathers what the present storm brings to this environment."""
    number: int | None = await tx.fetchval(
        "SELECT number FROM incident WHERE status <> 'resolved' AND environment = $1 AND service = '' AND rule = $2"
        " AND last_alert_at > app_now() - $3::interval ORDER BY number DESC LIMIT 1",
        environment, STORM_RULE, within,
    )  # fmt: skip
    return number


async def hold_news(tx: Tx, number: int, length: timedelta) -> bool:
    """From now on new members do not page again for that long; False: that is so already."""
    done = await tx.execute(
        "UPDATE incident SET news_held_until = app_now() + $2::interval"
        " WHERE number = $1 AND (news_held_until IS NULL OR news_held_until <= app_now())",
        number, length,
    )  # fmt: skip
    return done == "UPDATE 1"


async def flaps(tx: Tx, number: int, calm: timedelta) -> bool:
    """It is held open until it was calm that long; True when it was not before."""
    held: bool = await tx.fetchval(
        "UPDATE incident i SET flapping_until = app_now() + $2::interval, card_version = i.card_version + 1"
        " FROM incident o WHERE i.number = $1 AND o.number = i.number RETURNING o.flapping_until IS NULL",
        number, calm,
    )  # fmt: skip
    return held


async def calm_ones(tx: Tx) -> list[int]:
    """Those that flapped and are calm now, or were closed; they flap no longer."""
    rows = await tx.fetch(
        "UPDATE incident SET flapping_until = NULL, card_version = card_version + 1"
        " WHERE flapping_until <= app_now() OR (flapping_until IS NOT NULL AND status = 'resolved') RETURNING number"
    )
    return [row["number"] for row in rows]
