"""Runs, their steps, their evidence. Every change of status goes through `move`, which knows only the table of moves.

A worker holds a lease on the run it executes, in real time; the lease is what keeps two workers off one container.
"""

from datetime import datetime, timedelta

import asyncpg

from bot.run import ACTIVE, LEASE, STARTS_WITHIN, Run, RunEnd, RunStatus, may_come_from
from bot.runbook import Evidence, Plan
from bot.store import watches
from bot.store.database import Tx
from bot.view import RunView, StepRow


def from_row(row: asyncpg.Record) -> Run:
    return Run(
        id=row["id"], status=RunStatus(row["status"]), plan=Plan.from_json(row["plan"]),
        fingerprint=row["fingerprint"], requested_by=row["requested_by"], requested_at=row["requested_at"],
        expires_at=row["expires_at"], approved_by=row["approved_by"], approved_at=row["approved_at"],
        break_glass=row["break_glass"], incident=row["incident"], cancel_asked=row["cancel_asked"],
        starts=row["starts"], started_at=row["started_at"], finished_at=row["finished_at"],
        end=RunEnd.from_json(row["outcome"]) if row["outcome"] else None,
    )  # fmt: skip


async def take_turns(tx: Tx, environment: str, service: str) -> None:
    """Until this transaction ends, nobody else requests, approves or starts anything on this target."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('run:' || $1 || '/' || $2, 0))", environment, service
    )


async def sign_of_life(tx: Tx) -> None:
    """The transaction goes on, and its locks with it."""
    await tx.execute("SELECT 1")


async def insert(
    tx: Tx, plan: Plan, by: str, incident: int | None, expires_after: timedelta, *, step: int | None = None
) -> Run:
    """`step`: of the runbook that asks for it."""
    row = await tx.fetchrow(
        "INSERT INTO run"
        " (action, environment, service, incident, plan, fingerprint, requested_by, expires_at, engine_id,"
        "  procedure_step)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, app_now() + $8::interval, $9, $10) RETURNING *",
        plan.action, plan.environment, plan.service, incident, plan.to_json(), plan.fingerprint(), by,
        expires_after, plan.engine_id, step,
    )  # fmt: skip
    assert row is not None  # INSERT … RETURNING always returns
    return from_row(row)


async def get(tx: Tx, run: int) -> Run | None:
    row = await tx.fetchrow("SELECT * FROM run WHERE id = $1", run)
    return from_row(row) if row else None


async def active(tx: Tx, environment: str, service: str) -> Run | None:
    """The one approved, running or interrupted run of this target."""
    row = await tx.fetchrow(
        "SELECT * FROM run WHERE environment = $1 AND service = $2 AND status = ANY($3::text[])",
        environment, service, [status.value for status in ACTIVE],
    )  # fmt: skip
    return from_row(row) if row else None


async def waiting(tx: Tx, environment: str, service: str) -> Run | None:
    """The latest request on this target that may still be approved."""
    row = await tx.fetchrow(
        "SELECT * FROM run WHERE environment = $1 AND service = $2 AND status = 'requested' AND expires_at > app_now()"
        " ORDER BY id DESC LIMIT 1",
        environment, service,
    )  # fmt: skip
    return from_row(row) if row else None


async def recent(tx: Tx, limit: int = 10) -> list[Run]:
    """The unfinished ones, then the newest."""
    rows = await tx.fetch("SELECT * FROM run ORDER BY (finished_at IS NULL) DESC, id DESC LIMIT $1", limit)
    return [from_row(row) for row in rows]


async def move(
    tx: Tx, run: int, to: RunStatus, *, by: str | None = None, end: RunEnd | None = None, owner: str | None = None,
    break_glass: str | None = None,
) -> Run | None:  # fmt: skip
    """None means: not in a status from which this move is allowed, or `owner` lost its lease.

    `by` is who approved. A run that is over holds no lease and is finished.
    """
    row = await tx.fetchrow(
        "UPDATE run SET status = $2, outcome = coalesce($4, outcome),"
        " approved_by = CASE $2 WHEN 'approved' THEN $3 ELSE approved_by END,"
        " approved_at = CASE $2 WHEN 'approved' THEN app_now() ELSE approved_at END,"
        " break_glass = coalesce($5, break_glass),"
        " finished_at = CASE WHEN $6 THEN app_now() ELSE finished_at END,"
        " lease_owner = CASE WHEN $6 THEN NULL ELSE lease_owner END,"
        " lease_until = CASE WHEN $6 THEN NULL ELSE lease_until END"
        " WHERE id = $1 AND status = ANY($7::text[]) AND ($8::text IS NULL OR lease_owner = $8) RETURNING *",
        run, to.value, by, end.to_json() if end else None, break_glass, to.is_over,
        [status.value for status in may_come_from(to)], owner,
    )  # fmt: skip
    return from_row(row) if row else None


async def open_p1(tx: Tx, environment: str) -> int | None:
    """The newest open P1 incident of this environment."""
    number: int | None = await tx.fetchval(
        "SELECT max(number) FROM incident WHERE status <> 'resolved' AND priority = 'P1' AND environment = $1",
        environment,
    )
    return number


async def open_incident(tx: Tx, environment: str, service: str) -> int | None:
    """The open incident that a run on this target most likely answers: the worst, then the newest."""
    number: int | None = await tx.fetchval(
        "SELECT number FROM incident WHERE status <> 'resolved' AND environment = $1 AND service = $2"
        " ORDER BY priority, number DESC LIMIT 1",
        environment, service,
    )  # fmt: skip
    return number


async def belongs_to(tx: Tx, run: int, incident: int) -> None:
    """Unless it answers another incident already."""
    await tx.execute("UPDATE run SET incident = $2 WHERE id = $1 AND incident IS NULL", run, incident)


# What the worker does ---------------------------------------------------------------------------------------------


async def claim(tx: Tx, run: int, owner: str) -> Run | None:
    """Start an approved run, holding it; None when somebody else did or it is no longer to be started."""
    row = await tx.fetchrow(
        "UPDATE run SET status = 'running', lease_owner = $2, lease_until = clock_timestamp() + $3,"
        " starts = starts + 1, started_at = app_now() WHERE id = $1 AND status = 'approved' RETURNING *",
        run, owner, LEASE,
    )  # fmt: skip
    return from_row(row) if row else None


async def take_over(tx: Tx, run: int, owner: str) -> Run | None:
    """Hold a run whose worker gave no sign of life: it is interrupted from now on."""
    row = await tx.fetchrow(
        "UPDATE run SET status = 'interrupted', lease_owner = $2, lease_until = clock_timestamp() + $3,"
        " starts = starts + 1 WHERE id = $1 AND status IN ('running', 'interrupted')"
        " AND (lease_until IS NULL OR lease_until < clock_timestamp()) RETURNING *",
        run, owner, LEASE,
    )  # fmt: skip
    return from_row(row) if row else None


async def hold(tx: Tx, run: int, owner: str) -> bool:
    """A sign of life; False when the lease was lost: stop touching anything."""
    done = await tx.execute(
        "UPDATE run SET lease_until = clock_timestamp() + $3 WHERE id = $1 AND lease_owner = $2"
        " AND status IN ('running', 'interrupted')",
        run, owner, LEASE,
    )  # fmt: skip
    return done == "UPDATE 1"


async def let_go(tx: Tx, run: int, owner: str) -> None:
    """Somebody else may take it over at once."""
    await tx.execute(
        "UPDATE run SET lease_until = NULL, lease_owner = NULL WHERE id = $1 AND lease_owner = $2", run, owner
    )


async def ask_to_stop(tx: Tx, run: int) -> Run | None:
    row = await tx.fetchrow("UPDATE run SET cancel_asked = true WHERE id = $1 AND status = 'running' RETURNING *", run)
    return from_row(row) if row else None


async def asked_to_stop(tx: Tx, run: int) -> bool:
    return bool(await tx.fetchval("SELECT cancel_asked FROM run WHERE id = $1", run))


async def to_start(tx: Tx) -> list[Run]:
    """Approved and not yet claimed."""
    return [from_row(row) for row in await tx.fetch("SELECT * FROM run WHERE status = 'approved' ORDER BY id")]


async def too_old_to_start(tx: Tx) -> list[Run]:
    """Approved so long ago that nobody is watching any more."""
    rows = await tx.fetch(
        "SELECT * FROM run WHERE status = 'approved' AND approved_at < app_now() - $1::interval ORDER BY id",
        STARTS_WITHIN,
    )
    return [from_row(row) for row in rows]


async def expired(tx: Tx) -> list[Run]:
    """Requests nobody decided about in time."""
    rows = await tx.fetch("SELECT * FROM run WHERE status = 'requested' AND expires_at <= app_now() ORDER BY id")
    return [from_row(row) for row in rows]


async def abandoned(tx: Tx) -> list[Run]:
    """Begun, and no longer held by any living worker."""
    rows = await tx.fetch(
        "SELECT * FROM run WHERE status IN ('running', 'interrupted')"
        " AND (lease_until IS NULL OR lease_until < clock_timestamp()) ORDER BY id"
    )
    return [from_row(row) for row in rows]


async def busy(tx: Tx) -> set[tuple[str, str]]:
    """(environment, service) of every run begun and not ended: only its own worker or repair touches these."""
    rows = await tx.fetch("SELECT environment, service FROM run WHERE status IN ('running', 'interrupted')")
    return {(row["environment"], row["service"]) for row in rows}


async def at_work_since(tx: Tx, environment: str, service: str, moment: datetime) -> bool:
    """Is a run at work on this target, or was one at or after `moment`?"""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM run WHERE environment = $1 AND service = $2 AND started_at IS NOT NULL"
            " AND (status IN ('running', 'interrupted') OR finished_at >= $3))",
            environment, service, moment,
        )
    )  # fmt: skip


# Steps and evidence -----------------------------------------------------------------------------------------------


async def stopped_at(tx: Tx, environment: str, service: str) -> datetime | None:
    """When people stopped it, if that is the last thing they had done there."""
    found: datetime | None = await tx.fetchval(
        "SELECT CASE WHEN action = 'stop' THEN finished_at END FROM run WHERE environment = $1 AND service = $2"
        " AND status = 'succeeded' AND action <> 'prune' ORDER BY finished_at DESC LIMIT 1",
        environment, service,
    )  # fmt: skip
    return found


async def begin_step(tx: Tx, run: int, name: str) -> None:
    await tx.execute("INSERT INTO run_step (run, name) VALUES ($1, $2)", run, name)


async def end_step(tx: Tx, run: int, name: str, detail: str) -> None:
    await tx.execute(
        "UPDATE run_step SET finished_at = app_now(), detail = $3 WHERE id ="
        " (SELECT max(id) FROM run_step WHERE run = $1 AND name = $2 AND finished_at IS NULL)",
        run, name, {"said": detail},
    )  # fmt: skip


async def keep_evidence(tx: Tx, run: Run, evidence: Evidence) -> None:
    await tx.execute(
        "INSERT INTO evidence (run, incident, content) VALUES ($1, $2, $3)", run.id, run.incident, evidence.to_json()
    )


async def of_incident(tx: Tx, incident: int, limit: int = 20) -> list[int]:
    """Those that answer it, the oldest first."""
    rows = await tx.fetch("SELECT id FROM run WHERE incident = $1 ORDER BY id LIMIT $2", incident, limit)
    return [row["id"] for row in rows]


async def view(tx: Tx, run: int) -> RunView | None:
    """The run with its steps and evidence, oldest first."""
    found = await get(tx, run)
    if found is None:
        return None
    steps = await tx.fetch("SELECT name, detail, started_at, finished_at FROM run_step WHERE run = $1 ORDER BY id", run)
    kept = await tx.fetch("SELECT content FROM evidence WHERE run = $1 ORDER BY id", run)
    return RunView(
        found,
        tuple(
            StepRow(step["name"], step["started_at"], step["finished_at"], (step["detail"] or {}).get("said", ""))
            for step in steps
        ),
        tuple(Evidence.from_json(each["content"]) for each in kept),
        await watches.of_run(tx, run),
        await tx.fetchval(
            "SELECT s.procedure FROM run r JOIN procedure_step s ON s.id = r.procedure_step WHERE r.id = $1", run
        ),
    )
