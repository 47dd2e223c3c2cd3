"""The audit trail: written in the act's transaction, sealed into a hash chain by the worker, never rewritten."""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import msgspec

from bot.audit import Entry
from bot.store.database import Tx

SEAL_LOCK = 0x0EC5EA1
SEAL_BATCH = 500


async def write(tx: Tx, entry: Entry) -> None:
    await tx.execute(
        "INSERT INTO audit (actor, actor_name, door, did, incident, run, subject, why, result)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        entry.by.id, entry.by.name, entry.by.door, entry.did, entry.incident, entry.run, entry.on,
        entry.why.to_json() if entry.why else None, entry.result,
    )  # fmt: skip


async def write_all(tx: Tx, entries: Sequence[Entry]) -> None:
    """As `write` for each, in their order, by one statement."""
    if not entries:
        return
    rows = [
        (
            entry.by.id, entry.by.name, entry.by.door, entry.did, entry.incident, entry.run, entry.on,
            msgspec.json.encode(entry.why.to_json()).decode() if entry.why else None, entry.result,
        )
        for entry in entries
    ]  # fmt: skip
    await tx.execute(
        "INSERT INTO audit (actor, actor_name, door, did, incident, run, subject, why, result)"
        " SELECT actor, actor_name, door, did, incident, run, subject, why::jsonb, result FROM unnest($1::text[],"
        "  $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[])"
        " WITH ORDINALITY AS e (actor, actor_name, door, did, incident, run, subject, why, result, place)"
        " ORDER BY place",
        *map(list, zip(*rows, strict=True)),
    )


async def of_incident(tx: Tx, number: int) -> list[asyncpg.Record]:
    """The incident's story, oldest first."""
    return await tx.fetch("SELECT * FROM audit WHERE incident = $1 ORDER BY id", number)


async def latest(
    tx: Tx, number: int, did: Sequence[str], *, on: str | None = None, result: str | None = None
) -> str | None:
    """Which of these was done last in the incident's story, on this subject or with this result; None: none of them."""
    found: str | None = await tx.fetchval(
        "SELECT did FROM audit WHERE incident = $1 AND did = ANY($2::text[])"
        " AND ($3::text IS NULL OR subject = $3) AND ($4::text IS NULL OR result = $4) ORDER BY id DESC LIMIT 1",
        number, list(did), on, result,
    )  # fmt: skip
    return found


async def who_did(tx: Tx, number: int, did: str, lately: timedelta) -> list[str]:
    """Ids of those who did this to the incident not longer ago than that."""
    rows = await tx.fetch(
        "SELECT DISTINCT actor FROM audit WHERE incident = $1 AND did = $2 AND at > app_now() - $3::interval",
        number, did, lately,
    )  # fmt: skip
    return [row["actor"] for row in rows]


async def seal(tx: Tx) -> int:
    """Chain the rows not yet sealed, in order; how many. Nothing when another replica is at it.

    A row that was written earlier but committed later is sealed later: the chain is the order of sealing.
    """
    if not await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", SEAL_LOCK):
        return 0
    last = await tx.fetchrow("SELECT position, hash FROM audit_seal ORDER BY position DESC LIMIT 1")
    position, previous = (last["position"], last["hash"]) if last else (0, "")
    rows = await tx.fetch(
        "SELECT a.* FROM audit a LEFT JOIN audit_seal s ON s.audit = a.id WHERE s.audit IS NULL ORDER BY a.id LIMIT $1",
        SEAL_BATCH,
    )
    seals = []
    for row in rows:
        position, previous = position + 1, link(previous, row)
        seals.append((position, row["id"], previous))
    await tx.executemany("INSERT INTO audit_seal (position, audit, hash) VALUES ($1, $2, $3)", seals)
    return len(seals)


async def verify(tx: Tx) -> int | None:
    """The id of the first audit row that does not fit the chain; None when all do."""
    previous = ""
    async for row in tx.cursor(
        "SELECT a.*, s.hash FROM audit_seal s JOIN audit a ON a.id = s.audit ORDER BY s.position"
    ):
        previous = link(previous, row)
        if previous != row["hash"]:
            return int(row["id"])
    return None


def link(previous: str, row: asyncpg.Record) -> str:
    """sha256 over the previous hash and the row's content, as lower-case hex."""
    content = {
        key: str(row[key]) for key in ("id", "at", "actor", "door", "did", "incident", "run", "subject", "result")
    }
    content["why"] = json.dumps(row["why"], sort_keys=True)
    return hashlib.sha256((previous + json.dumps(content, sort_keys=True)).encode()).hexdigest()
