"""The minutes after a deployment: a row says what is watched, until when, and when to look again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from bot.deployment import WATCHED_FOR, WatchState
from bot.heartbeat import SOURCE as HEARTBEAT
from bot.phrase import Phrase
from bot.run import Run
from bot.store.database import Tx
from bot.view import WatchRow

EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Watched:
    """`is_past`: this is the last look."""

    run: int
    environment: str
    service: str
    image_id: str
    container_id: str
    restarts: int
    until: datetime
    is_past: bool
    now: datetime


async def begin(tx: Tx, run: Run, image_id: str, container_id: str) -> None:
    await tx.execute(
        "INSERT INTO deployment_watch (run, environment, service, image_id, container_id, until)"
        " VALUES ($1, $2, $3, $4, $5, app_now() + $6::interval) ON CONFLICT DO NOTHING",
        run.id, run.environment, run.service, image_id, container_id, WATCHED_FOR,
    )  # fmt: skip


async def take_due(tx: Tx) -> list[Watched]:
    """Those to look at now, which no other replica looks at; not while a run is at work on them."""
    rows = await tx.fetch(
        "UPDATE deployment_watch w SET look_at = app_now() + $1::interval WHERE run IN"
        " (SELECT run FROM deployment_watch WHERE state = 'watching' AND look_at <= app_now() FOR UPDATE SKIP LOCKED)"
        " AND NOT EXISTS (SELECT FROM run r WHERE r.environment = w.environment AND r.service = w.service"
        "  AND r.status IN ('running', 'interrupted'))"
        " RETURNING *, until <= app_now() AS is_past, app_now() AS now",
        EVERY,
    )
    return [
        Watched(
            row["run"], row["environment"], row["service"], row["image_id"], row["container_id"], row["restarts"],
            row["until"], row["is_past"], row["now"],
        )
        for row in rows
    ]  # fmt: skip


async def trouble(tx: Tx, watched: Watched, began: datetime) -> int | None:
    """The first serious incident about this very service that was opened since, and is not over.

    One about a missing sign of life (a backup's, a job's) says nothing about the deployment.
    """
    number: int | None = await tx.fetchval(
        "SELECT number FROM incident i WHERE environment = $1 AND service = $2 AND status <> 'resolved'"
        " AND priority IN ('P1', 'P2') AND opened_at > $3"
        " AND NOT EXISTS (SELECT FROM alert a WHERE a.incident = i.number AND a.source = $4)"
        " ORDER BY number LIMIT 1",
        watched.environment, watched.service, began, HEARTBEAT,
    )  # fmt: skip
    return number


async def follow(tx: Tx, run: int, container_id: str, restarts: int) -> None:
    """The same image in another container: somebody recreated it."""
    await tx.execute(
        "UPDATE deployment_watch SET container_id = $2, restarts = $3 WHERE run = $1", run, container_id, restarts
    )


async def end(tx: Tx, run: int, state: WatchState, why: Phrase | None = None) -> bool:
    """False: it was over already."""
    done = await tx.execute(
        "UPDATE deployment_watch SET state = $2, why = $3 WHERE run = $1 AND state = 'watching'",
        run, state.value, why.to_json() if why else None,
    )  # fmt: skip
    return done == "UPDATE 1"


async def over(tx: Tx, environment: str, service: str) -> list[int]:
    """Something else was put in place: nothing is watched there any more. Runs whose card says otherwise."""
    rows = await tx.fetch(
        "UPDATE deployment_watch SET state = 'over' WHERE environment = $1 AND service = $2"
        " AND state IN ('watching', 'ill') RETURNING run",
        environment, service,
    )  # fmt: skip
    return [row["run"] for row in rows]


async def of_run(tx: Tx, run: int) -> WatchRow | None:
    row: asyncpg.Record | None = await tx.fetchrow("SELECT * FROM deployment_watch WHERE run = $1", run)
    if row is None:
        return None
    return WatchRow(WatchState(row["state"]), row["until"], Phrase.from_json(row["why"]) if row["why"] else None)
