"""Runbooks under way and their steps. A worker holds a lease on the one it walks through, in real time."""

from collections.abc import Mapping
from datetime import timedelta

import asyncpg

from bot.phrase import Phrase
from bot.procedure import Procedure, ProcedureRun, ProcedureState, StepState, Taken, may_come_from
from bot.procedure.run import LEASE
from bot.store.database import Tx


def from_row(row: asyncpg.Record, taken: tuple[Taken, ...] = ()) -> ProcedureRun:
    return ProcedureRun(
        id=row["id"], procedure=Procedure.from_json(row["procedure"]), state=ProcedureState(row["state"]),
        environment=row["environment"], service=row["service"], begun_by=row["begun_by"], begun_at=row["begun_at"],
        given=row["given"], incident=row["incident"], confirm=row["confirm"], finished_at=row["finished_at"],
        said=Phrase.from_json(row["said"]) if row["said"] else None, taken=taken,
    )  # fmt: skip


def taken_of(row: asyncpg.Record) -> Taken:
    return Taken(
        row["id"], row["position"], row["visit"], StepState(row["state"]), row["started_at"], row["finished_at"],
        row["by"], Phrase.from_json(row["said"]) if row["said"] else None, row["output"], row["run"],
    )  # fmt: skip


async def begin(
    tx: Tx, procedure: Procedure, environment: str, service: str, by: str, *,
    given: Mapping[str, str], incident: int | None, confirm: str | None,
) -> int | None:  # fmt: skip
    """The new one's number; None: the same runbook is under way there."""
    number: int | None = await tx.fetchval(
        "INSERT INTO procedure_run (name, procedure, environment, service, begun_by, given, incident, confirm)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
        procedure.name, procedure.to_json(), environment, service, by, dict(given), incident, confirm,
    )  # fmt: skip
    return number


async def left_to_begin(tx: Tx, most: int, within: timedelta) -> int:
    """How many more may begin by themselves now: so many in that time. Replicas ask one after the other."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('runbooks by themselves', 0))")
    begun: int = await tx.fetchval(
        "SELECT count(*) FROM procedure_run WHERE begun_by = 'desk' AND begun_at > app_now() - $1::interval", within
    )
    return max(0, most - begun)


async def under_way(tx: Tx, name: str, environment: str, service: str) -> ProcedureRun | None:
    row = await tx.fetchrow(
        "SELECT * FROM procedure_run WHERE name = $1 AND environment = $2 AND service = $3 AND state = 'running'",
        name, environment, service,
    )  # fmt: skip
    return from_row(row) if row else None


async def get(tx: Tx, number: int) -> ProcedureRun | None:
    """With the steps taken, in their order."""
    row = await tx.fetchrow("SELECT * FROM procedure_run WHERE id = $1", number)
    if row is None:
        return None
    steps = await tx.fetch(
        "SELECT s.*, r.id AS run FROM procedure_step s LEFT JOIN run r ON r.procedure_step = s.id"
        " WHERE s.procedure = $1 ORDER BY s.id",
        number,
    )
    return from_row(row, tuple(taken_of(each) for each in steps))


async def held(tx: Tx, number: int) -> bool:
    """Locked until the transaction ends; False: there is none."""
    return bool(await tx.fetchval("SELECT true FROM procedure_run WHERE id = $1 FOR UPDATE", number))


async def recent(tx: Tx, limit: int) -> list[ProcedureRun]:
    """The unfinished ones, then the newest, without their steps."""
    rows = await tx.fetch("SELECT * FROM procedure_run ORDER BY (finished_at IS NULL) DESC, id DESC LIMIT $1", limit)
    return [from_row(row) for row in rows]


async def begun_for(tx: Tx, incident: int) -> list[str]:
    """The names of the runbooks that were begun for an incident, each once."""
    rows = await tx.fetch("SELECT DISTINCT name FROM procedure_run WHERE incident = $1", incident)
    return [row["name"] for row in rows]


async def move(tx: Tx, number: int, to: ProcedureState, said: Phrase | None, owner: str | None = None) -> bool:
    """False: not in a state from which this is allowed, or `owner` lost its lease."""
    moved = await tx.execute(
        "UPDATE procedure_run SET state = $2, said = $3, finished_at = CASE WHEN $4 THEN app_now() END,"
        " lease_owner = NULL, lease_until = NULL"
        " WHERE id = $1 AND state = ANY($5::text[]) AND ($6::text IS NULL OR lease_owner = $6)",
        number, to.value, said.to_json() if said else None, to.is_over,
        [state.value for state in may_come_from(to)], owner,
    )  # fmt: skip
    return moved == "UPDATE 1"


# What the worker does ---------------------------------------------------------------------------------------------


async def to_walk(tx: Tx) -> list[int]:
    """Those that may go on: nobody holds them, no person is asked, and no run of theirs is under way."""
    rows = await tx.fetch(
        "SELECT p.id FROM procedure_run p WHERE p.state = 'running'"
        " AND (p.lease_until IS NULL OR p.lease_until < clock_timestamp())"
        " AND NOT EXISTS (SELECT FROM procedure_step s LEFT JOIN run r ON r.procedure_step = s.id"
        "  WHERE s.procedure = p.id AND (s.state = 'waiting'"
        "   OR (s.state = 'running' AND r.id IS NOT NULL AND r.finished_at IS NULL)))"
        " ORDER BY p.id LIMIT 50"
    )
    return [row["id"] for row in rows]


async def claim(tx: Tx, number: int, owner: str) -> bool:
    """False: another has it, or it is over."""
    done = await tx.execute(
        "UPDATE procedure_run SET lease_owner = $2, lease_until = clock_timestamp() + $3 WHERE id = $1"
        " AND state = 'running' AND (lease_until IS NULL OR lease_until < clock_timestamp())",
        number, owner, LEASE,
    )  # fmt: skip
    return done == "UPDATE 1"


async def hold(tx: Tx, number: int, owner: str) -> bool:
    """A sign of life; False: the lease is lost."""
    done = await tx.execute(
        "UPDATE procedure_run SET lease_until = clock_timestamp() + $3 WHERE id = $1 AND lease_owner = $2",
        number, owner, LEASE,
    )  # fmt: skip
    return done == "UPDATE 1"


async def let_go(tx: Tx, number: int, owner: str) -> None:
    await tx.execute(
        "UPDATE procedure_run SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2",
        number, owner,
    )  # fmt: skip


# Steps ------------------------------------------------------------------------------------------------------------


async def take(tx: Tx, number: int, position: int, visit: int, state: StepState) -> int:
    """The step's row: running, waiting for a person, or skipped."""
    id_: int = await tx.fetchval(
        "INSERT INTO procedure_step (procedure, position, visit, state, finished_at)"
        " VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN app_now() END) RETURNING id",
        number, position, visit, state.value, state.is_over,
    )  # fmt: skip
    return id_


async def end_step(
    tx: Tx, id_: int, came_from: StepState, to: StepState, *, by: str | None = None, said: Phrase | None = None,
    output: str = "",
) -> bool:  # fmt: skip
    """False: somebody was first."""
    done = await tx.execute(
        "UPDATE procedure_step SET state = $3, by = $4, said = $5, output = $6, finished_at = app_now()"
        " WHERE id = $1 AND state = $2",
        id_, came_from.value, to.value, by, said.to_json() if said else None, output,
    )  # fmt: skip
    return done == "UPDATE 1"


async def unanswered(tx: Tx, first: timedelta, then: timedelta) -> list[int]:
    """Those whose question waits for so long without an answer; each is answered here once, and again `then` later."""
    rows = await tx.fetch(
        "UPDATE procedure_step s SET reminded_at = app_now() FROM procedure_run p"
        " WHERE p.id = s.procedure AND p.state = 'running' AND s.state = 'waiting'"
        " AND coalesce(s.reminded_at + $2::interval, s.started_at + $1::interval) <= app_now() RETURNING p.id",
        first, then,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def of_step(tx: Tx, id_: int) -> int | None:
    """The number of the runbook that a step belongs to."""
    number: int | None = await tx.fetchval("SELECT procedure FROM procedure_step WHERE id = $1", id_)
    return number


async def run_of(tx: Tx, id_: int) -> int | None:
    """The run that a step asked for."""
    run: int | None = await tx.fetchval("SELECT id FROM run WHERE procedure_step = $1", id_)
    return run
