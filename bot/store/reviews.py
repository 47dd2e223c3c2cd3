"""What happened in a week or a month, read for looking back; and what people said of their pages."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.audit import Door
from bot.incident import Priority
from bot.review import Happened, Moment, Rows
from bot.store.database import Tx

HUMAN = [door.value for door in (Door.BUTTON, Door.COMMAND, Door.SMS, Door.VOICE, Door.EMAIL, Door.CLI)]
LEISURE = ["page.judged", "subscription.made", "subscription.ended"]
"""What people do when the incident itself needs nothing of them."""


async def rows(tx: Tx, start: datetime, end: datetime, people: Collection[str]) -> Rows:
    """Incidents that opened, pages that left, acts and verdicts from `start` up to `end`; acts of `people` only."""
    return Rows(
        await _incidents(tx, start, end),
        [*await _pages(tx, start, end), *await _acts(tx, start, end, people)],
        await _verdicts(tx, start, end),
    )


async def _incidents(tx: Tx, start: datetime, end: datetime) -> list[Happened]:
    found = await tx.fetch(
        "SELECT i.number, i.priority, i.opened_at, i.environment, i.service, i.resolved_at, i.alert_count,"
        " CASE WHEN i.confidential THEN '' ELSE coalesce((SELECT min(a.labels ->> 'alertname') FROM alert a"
        "  WHERE a.incident = i.number"
        "  HAVING count(*) = count(a.labels ->> 'alertname') AND count(DISTINCT a.labels ->> 'alertname') = 1), '') END"
        " AS signal, d.taken_at, d.acted,"
        " (SELECT count(DISTINCT (m.round, m.level, m.person)) FROM message m WHERE m.incident = i.number"
        "  AND m.about = 'page' AND m.state IN ('sent', 'delivered')) AS pages"
        " FROM incident i CROSS JOIN LATERAL (SELECT min(a.at) FILTER (WHERE a.did = 'incident.acknowledged')"
        "  AS taken_at, coalesce(bool_or(a.did = 'incident.acknowledged' OR (a.door = ANY($3::text[])"
        "  AND a.did <> ALL($4::text[]))), false) AS acted FROM audit a WHERE a.incident = i.number) d"
        " WHERE i.opened_at >= $1 AND i.opened_at < $2 ORDER BY i.number",
        start, end, HUMAN, LEISURE,
    )  # fmt: skip
    return [
        Happened(
            row["number"], Priority(row["priority"]), row["opened_at"], row["environment"], row["service"],
            row["signal"], row["taken_at"], row["resolved_at"], max(row["alert_count"], 1), row["pages"], row["acted"],
        )
        for row in found
    ]  # fmt: skip


async def _pages(tx: Tx, start: datetime, end: datetime) -> list[Moment]:
    """One for each level and person, by however many channels it went."""
    found = await tx.fetch(
        "SELECT person, min(sent_at) AS at FROM message WHERE about = 'page' AND state IN ('sent', 'delivered')"
        " AND person IS NOT NULL GROUP BY incident, round, level, person"
        " HAVING min(sent_at) >= $1 AND min(sent_at) < $2",
        start, end,
    )  # fmt: skip
    return [Moment(row["person"], row["at"]) for row in found]


async def _acts(tx: Tx, start: datetime, end: datetime, people: Collection[str]) -> list[Moment]:
    found = await tx.fetch(
        "SELECT actor, at FROM audit WHERE at >= $1 AND at < $2 AND incident IS NOT NULL AND door = ANY($3::text[])"
        " AND did <> ALL($4::text[]) AND actor = ANY($5::text[])",
        start, end, HUMAN, LEISURE, list(people),
    )  # fmt: skip
    return [Moment(row["actor"], row["at"], page=False) for row in found]


async def _verdicts(tx: Tx, start: datetime, end: datetime) -> Mapping[str, int]:
    found = await tx.fetch(
        "SELECT verdict, count(*) AS n FROM page_verdict WHERE at >= $1 AND at < $2 GROUP BY verdict", start, end
    )
    return {row["verdict"]: row["n"] for row in found}
