"""Rows of probes: how each stands, when it is due and who looks; and what was seen, for a week."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import asyncpg

from bot.phrase import Phrase
from bot.probe import Certificate, Pace, ProbeEntry, ProbeRow, Seen, Standing, State
from bot.store.database import Tx

MARGIN = timedelta(seconds=10)  # beyond a probe's own time limit, before another may look


async def watch(tx: Tx, wanted: Iterable[ProbeEntry]) -> list[str]:
    """A row for each, due at once when it is new or looks at something else than before. Names of those that the
    configuration dropped, or changed, while something was wrong.
    """
    each = list(wanted)
    names, keys = [one.name for one in each], [digest(one) for one in each]
    gone = await tx.fetch(
        "UPDATE probe p SET due_at = CASE WHEN w.name IS NOT NULL THEN p.due_at END, standing = 'unknown',"
        " since = NULL, failures = 0, slows = 0, certificate = 'unknown', certificate_until = NULL,"
        " took = NULL, why = NULL, told_at = NULL"
        " FROM probe o LEFT JOIN unnest($1::text[], $2::text[]) w (name, key) ON w.name = o.name"
        " WHERE o.name = p.name AND p.due_at IS NOT NULL AND (w.name IS NULL OR w.key <> p.key)"
        " RETURNING p.name, o.told_at IS NOT NULL AS told",
        names, keys,
    )  # fmt: skip
    await tx.execute(
        "INSERT INTO probe AS p (name, key, lease, due_at) SELECT name, key, lease, app_now()"
        "  FROM unnest($1::text[], $2::text[], $3::interval[]) w (name, key, lease)"
        " ON CONFLICT (name) DO UPDATE SET key = excluded.key, lease = excluded.lease,"
        "  due_at = CASE WHEN p.key = excluded.key THEN coalesce(p.due_at, app_now()) ELSE app_now() END"
        " WHERE (p.key, p.lease) <> (excluded.key, excluded.lease) OR p.due_at IS NULL",
        names, keys, [one.timeout + MARGIN for one in each],
    )  # fmt: skip
    return [row["name"] for row in gone if row["told"]]


def digest(entry: ProbeEntry) -> str:
    return hashlib.sha256(entry.key().encode()).hexdigest()[:16]


async def claim(tx: Tx, owner: str, limit: int) -> list[str]:
    """Names of those that are due and that nobody looks at, who waits longest first; `owner` looks now."""
    rows = await tx.fetch(
        "UPDATE probe SET lease_owner = $1, lease_until = clock_timestamp() + lease WHERE name IN"
        " (SELECT name FROM probe WHERE due_at <= app_now()"
        "  AND (lease_until IS NULL OR lease_until < clock_timestamp())"
        "  ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING name",
        owner, limit,
    )  # fmt: skip
    return [row["name"] for row in rows]


async def claim_now(tx: Tx, owner: str, name: str) -> bool:
    """Due or not; False: somebody looks at this moment, or there is no such row yet."""
    done = await tx.execute(
        "UPDATE probe SET lease_owner = $1, lease_until = clock_timestamp() + lease WHERE name = $2"
        " AND due_at IS NOT NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())",
        owner, name,
    )  # fmt: skip
    return done == "UPDATE 1"


async def release(tx: Tx, owner: str) -> None:
    """This process looks no longer: whoever comes next need not wait for its leases."""
    await tx.execute("UPDATE probe SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = $1", owner)


async def held(tx: Tx, owner: str, name: str) -> asyncpg.Record | None:
    """The row, locked, with `now`; None: it has gone to another meanwhile."""
    row: asyncpg.Record | None = await tx.fetchrow(
        "SELECT *, app_now() AS now FROM probe WHERE name = $1 AND lease_owner = $2 FOR UPDATE", name, owner
    )
    return row


async def seen(tx: Tx, name: str, state: State, look: Seen, after: timedelta, told_at: datetime | None) -> None:
    """The look is over: written down, and the next one is due."""
    await tx.execute(
        "UPDATE probe SET standing = $2, since = $3, failures = $4, slows = $5, certificate = $6,"
        " certificate_until = $7, checked_at = app_now(), took = $8, why = $9, told_at = $10,"
        " due_at = CASE WHEN due_at IS NOT NULL THEN app_now() + $11::interval END,"
        " lease_owner = NULL, lease_until = NULL WHERE name = $1",
        name, state.standing.value, state.since, state.failures, state.slows, state.certificate.value,
        state.certificate_until, look.took, look.wrong.to_json() if look.wrong else None, told_at, after,
    )  # fmt: skip
    await tx.execute(
        "INSERT INTO probe_result (probe, took, well) VALUES ($1, $2, $3)", name, look.took, look.wrong is None
    )


async def standings(tx: Tx, entries: Sequence[ProbeEntry]) -> list[ProbeRow]:
    """How these stand, in their order; without a row yet: unknown."""
    if not entries:
        return []
    rows = await tx.fetch("SELECT * FROM probe WHERE due_at IS NOT NULL AND name = ANY($1::text[])", names_of(entries))
    late = await tx.fetch(
        "SELECT probe, percentile_cont(0.95) WITHIN GROUP (ORDER BY took) AS p95 FROM probe_result"
        " WHERE probe = ANY($1::text[]) AND at > app_now() - interval '1 hour' AND took IS NOT NULL GROUP BY probe",
        names_of(entries),
    )
    found, p95 = {row["name"]: row for row in rows}, {row["probe"]: row["p95"] for row in late}
    return [
        row_of(entry, found[entry.name], p95.get(entry.name)) if entry.name in found else ProbeRow(entry, State())
        for entry in entries
    ]


def names_of(entries: Iterable[ProbeEntry]) -> list[str]:
    return [entry.name for entry in entries]


def row_of(entry: ProbeEntry, row: asyncpg.Record, p95: timedelta | None = None) -> ProbeRow:
    why = Phrase.from_json(row["why"]) if row["why"] else None
    return ProbeRow(entry, state_of(row), row["checked_at"], row["took"], why, p95)


def state_of(row: asyncpg.Record) -> State:
    return State(
        Standing(row["standing"]), row["since"], row["failures"], row["slows"], Certificate(row["certificate"]),
        row["certificate_until"],
    )  # fmt: skip


async def paces(tx: Tx, entries: Sequence[ProbeEntry], began: datetime) -> list[Pace]:
    """How long the answers took in the hour before `began`, and since."""
    rows = await tx.fetch(
        "SELECT probe, percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FILTER (WHERE at < $2) AS before,"
        " percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FILTER (WHERE at >= $2) AS after,"
        " count(*) FILTER (WHERE at < $2) AS count_before, count(*) FILTER (WHERE at >= $2) AS count_after"
        " FROM probe_result WHERE probe = ANY($1::text[]) AND at > $2 - interval '1 hour' AND took IS NOT NULL"
        " GROUP BY probe ORDER BY probe",
        names_of(entries), began,
    )  # fmt: skip
    return [Pace(row["probe"], row["before"], row["count_before"], row["after"], row["count_after"]) for row in rows]


async def prune(tx: Tx) -> None:
    """Results of more than a week ago, and probes that were dropped."""
    await tx.execute("DELETE FROM probe_result WHERE at < app_now() - interval '7 days'")
    await tx.execute("DELETE FROM probe WHERE due_at IS NULL")
