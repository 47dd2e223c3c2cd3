"""The alarm clock (pgqueuer). A job only says "look at this row now"; losing one loses nothing but time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries

from bot.message import About, Kind
from bot.store.database import Tx

ESCALATE = "escalate"
RUN = "run"
HOME = "home"
ROOM = "room"


def deliver_lane(kind: Kind) -> str:
    """Each channel kind has its own entrypoint, hence its own limit: Slack's 429 never holds an SMS."""
    return f"deliver_{kind.value}"


@dataclass(frozen=True, slots=True)
class Job:
    """`name` is an entrypoint; `after` counts from now (zero: at once); `key` makes a second one superfluous.

    Of what is due the highest `priority` goes first: in a storm a thousand cards must not stand before a page.
    """

    name: str
    payload: object
    key: str
    after: timedelta = timedelta(0)
    priority: int = 0


async def enqueue(tx: Tx, jobs: Sequence[Job]) -> None:
    """In the caller's transaction: the job exists if and only if the state change does."""
    if not jobs:
        return
    queries = Queries(AsyncpgDriver(tx))  # type: ignore[arg-type]  # a pooled connection has all that the driver uses
    await queries.enqueue(
        [job.name for job in jobs],
        [msgspec.json.encode(job.payload) for job in jobs],
        [job.priority for job in jobs],
        [job.after for job in jobs],
        [job.key for job in jobs],
        on_conflict="skip",
    )


async def until(tx: Tx, due_at: datetime) -> timedelta:
    """How long from now to `due_at` on the domain's clock; zero when it is past."""
    wait: timedelta = await tx.fetchval("SELECT greatest(interval '0', $1::timestamptz - app_now())", due_at)
    return wait


def escalate_job(incident: int, round: int, position: int, after: timedelta) -> Job:
    """A level brought forward gets another alarm than the one that waits for its later time."""
    now = "" if after else ":now"
    return Job(ESCALATE, [incident, round, position], f"escalate:{incident}:{round}:{position}{now}", after, priority=2)


def deliver_job(kind: Kind, about: About, message: int, starts: int, after: timedelta = timedelta(0)) -> Job:
    """`starts` is part of the key: a retry is another alarm than the first try."""
    urgent = int(about is About.PAGE)
    return Job(deliver_lane(kind), message, f"deliver:{message}:{starts}", after, priority=urgent)


def run_job(run: int, starts: int) -> Job:
    return Job(RUN, run, f"run:{run}:{starts}")
