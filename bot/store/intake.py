"""The short way in: fresh alerts that only add to what is known, many bodies in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg
import msgspec

from bot.alert import Alert
from bot.classification import Classification
from bot.gathering import STORM_WITHIN, Gathering
from bot.incident import Incident
from bot.phrase import Phrase
from bot.store import incidents
from bot.store.database import Tx

CARD_WAITS: Final = timedelta(seconds=2)
"""So much later is a card brought up to date on which only the count of alerts has changed."""


@dataclass(frozen=True, slots=True)
class Given:
    """A firing alert and its body; `kept` is the body's row when it has one already, else the body is stored too."""

    alert: Alert
    judged: Classification
    source: str
    headers: Mapping[str, str]
    body: bytes
    kept: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of `given[position]`: `incident` None: only recorded; `fresh` False: it was firing already."""

    position: int
    incident: Incident | None
    fresh: bool


# A member joins without further thought when its service and environment have exactly one open incident, which had an
# alert recently, is as grave, waits for nobody's answer to news, does not flap, and no silence is in force. With none
# open there and a storm raging, it joins the storm's, unless it is critical. All else is left to `lifecycle.receive`.
# The incident's lock is taken first, here as there.
SETTLE: Final = """
WITH given AS MATERIALIZED (
    SELECT g.*, coalesce(g.kept, nextval('intake_body_id_seq')) AS body_id FROM unnest(
        $1::int[], $2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[]
    ) AS g (position, kept, source, headers, raw, dedup_key, group_key, title, text, severity, labels, url,
            at, priority, storm) /* late */
), clock AS MATERIALIZED (
    SELECT app_now() AS now
), home AS MATERIALIZED (
    SELECT i.number, i.environment || '/' || i.service AS at, i.priority,
        i.last_alert_at > c.now - $16::interval AND i.flapping_until IS NULL
        AND (i.status = 'triggered' OR i.news_held_until > c.now) AND (i.service <> '' OR $22 <= (
            SELECT count(*) FROM incident o WHERE o.opened_at > c.now - $23::interval)) AS takes
    FROM incident i, clock c
    WHERE i.status <> 'resolved' AND (i.environment, i.service) IN (SELECT * FROM unnest($18::text[], $19::text[]))
    AND (i.service <> '' OR i.rule = $24)
    AND NOT EXISTS (SELECT FROM silence s WHERE s.closed_at IS NULL AND s.starts_at <= c.now)
    ORDER BY i.number FOR UPDATE OF i
), one_home AS MATERIALIZED (
    SELECT at, min(number) AS number, min(priority) AS priority FROM home GROUP BY at
    HAVING count(*) = 1 AND bool_and(takes)
), settled AS (
    INSERT INTO alert AS a (incident, source, dedup_key, group_key, status, title, text, severity, labels, url, body,
        first_seen, last_seen, joined)
    SELECT h.number, g.source, g.dedup_key, g.group_key, CASE WHEN h.number IS NULL THEN 'recorded' ELSE 'firing' END,
        g.title, g.text, g.severity, g.labels::jsonb, g.url, g.body_id, c.now, c.now,
        CASE WHEN h.number IS NOT NULL THEN $17::jsonb END
    FROM given g CROSS JOIN clock c LEFT JOIN one_home h ON g.priority <> '' AND h.at = CASE
        WHEN g.priority = 'P1' OR EXISTS (SELECT FROM home o WHERE o.at = g.at) THEN g.at ELSE g.storm END
    WHERE h.priority <= g.priority OR (g.priority = '' AND NOT EXISTS (SELECT FROM alert k
        WHERE k.source = g.source AND k.dedup_key = g.dedup_key AND k.status = 'firing'))
    ON CONFLICT (source, dedup_key) WHERE status = 'firing' DO UPDATE
        SET count = a.count + 1, last_seen = excluded.last_seen, body = greatest(a.body, excluded.body)
        WHERE a.incident = excluded.incident
    RETURNING a.source, a.dedup_key, a.incident, a.count = 1 AS fresh
), counted AS (
    UPDATE incident i SET alert_count = i.alert_count + s.n, card_version = i.card_version + 1, changed_at = c.now,
        last_alert_at = c.now
    FROM (SELECT incident, count(*) AS n FROM settled WHERE incident IS NOT NULL GROUP BY incident) s, clock c
    WHERE i.number = s.incident RETURNING i.*
), stored AS (
    INSERT INTO intake_body (id, source, received_at, headers, body, state) OVERRIDING SYSTEM VALUE
    SELECT g.body_id, g.source, c.now, g.headers::jsonb, g.raw, 'understood'
    FROM settled s JOIN given g USING (source, dedup_key), clock c WHERE g.kept IS NULL
), read AS (
    UPDATE intake_body b SET state = 'understood', why = NULL FROM settled s JOIN given g USING (source, dedup_key)
    WHERE b.id = g.kept AND b.state <> 'understood'
), card AS (
    INSERT INTO message (kind, about, recipient, incident, due_at, queued_at)
    SELECT 'slack', 'card', $20::text, i.number, c.now + $21::interval, c.now FROM counted i, clock c
    ON CONFLICT DO NOTHING
)
SELECT t.positions, t.fresh, i.number, i.status, i.priority, i.title, i.summary, i.environment, i.service, i.rule,
    i.why, i.round, i.alert_count, i.opened_at, i.changed_at, i.acknowledged_by, i.acknowledged_at, i.resolved_by,
    i.resolved_at, i.card_version, i.flapping_until, i.takers, i.takers_wanted, i.confidential
FROM (SELECT s.incident, array_agg(g.position) AS positions, array_agg(s.fresh) AS fresh
      FROM settled s JOIN given g USING (source, dedup_key) GROUP BY s.incident) t
LEFT JOIN counted i ON i.number = t.incident
"""

# The same for bodies that have waited: locked before all else, so that no two processes act upon one; and an alert that
# was ended since is not settled here. Apart, since it costs the others a tenth.
SETTLE_LATE: Final = SETTLE.replace(
    "/* late */",
    """
    LEFT JOIN LATERAL (SELECT b.state FROM intake_body b WHERE b.id = g.kept FOR UPDATE) AS was ON true
    WHERE was.state IS DISTINCT FROM 'understood' AND (g.kept IS NULL OR NOT EXISTS (SELECT FROM alert k
        WHERE k.source = g.source AND k.dedup_key = g.dedup_key AND k.status = 'resolved' AND k.body >= g.kept))
""",
)


@dataclass(frozen=True, slots=True)
class How:
    """`why`: what a member is told to have joined for. `channel` has the cards."""

    gathering: Gathering
    why: Phrase
    channel: str


async def settle(tx: Tx, given: Sequence[Given], how: How) -> list[Settled]:
    """Store what can be settled at once, with its bodies; the others are left for the long way.

    `tx` may also be a connection without a transaction: it is one statement. No two of `given` may have the same key.
    A card's edit gets no job: `worker/watch` finds it when it is due, which is soon enough for a count.
    """
    places = {(g.judged.environment, g.judged.service) for g in given if g.judged.service and g.judged.priority}
    places |= {(g.judged.environment, "") for g in given if g.judged.priority}
    columns = zip(*(row(position, each) for position, each in enumerate(given)), strict=True)
    statement = SETTLE_LATE if any(each.kept is not None for each in given) else SETTLE
    rows = await tx.fetch(
        statement, *map(list, columns), how.gathering.within, how.why.to_json(), [place[0] for place in places],
        [place[1] for place in places], how.channel, CARD_WAITS, how.gathering.storm_after, STORM_WITHIN,
        incidents.STORM_RULE,
    )  # fmt: skip
    return [one for found in rows for one in settled(found)]


def row(position: int, given: Given) -> tuple[object, ...]:
    alert, judged = given.alert, given.judged
    return (
        position, given.kept, alert.source, json(given.headers), given.body, alert.dedup_key, alert.group_key,
        alert.title[:500], alert.text[:10_000], alert.severity[:100], json(alert.labels), alert.url[:2000],
        f"{judged.environment}/{judged.service}", judged.priority or "", f"{judged.environment}/",
    )  # fmt: skip


def json(value: Mapping[str, str]) -> str:
    return msgspec.json.encode(value).decode()


def settled(found: asyncpg.Record) -> list[Settled]:
    incident = incidents.from_row(found) if found["number"] is not None else None
    pairs = zip(found["positions"], found["fresh"], strict=True)
    return [Settled(position, incident, fresh) for position, fresh in pairs]
