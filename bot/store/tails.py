"""Logs that are followed: a row says whose, until when, and when to look again."""

from datetime import timedelta
from typing import Final

import asyncpg

from bot.phrase import Phrase
from bot.store.database import Tx
from bot.tail import EVERY, Tail

APART: Final = timedelta(seconds=1.5)  # between two edits, as for what a run says
KEPT: Final = timedelta(days=1)


def from_row(row: asyncpg.Record) -> Tail:
    return Tail(
        row["id"], row["environment"], row["service"], row["word"], row["person"], row["recipient"], row["until"],
        row["shown"], Phrase.from_json(row["problem"]) if row["problem"] else None, row["ended_at"], row["stopped"],
    )  # fmt: skip


async def begin(tx: Tx, place: tuple[str, str], word: str, person: str, to: str, length: timedelta) -> Tail:
    """Once none of theirs goes on any more."""
    row = await tx.fetchrow(
        "INSERT INTO log_tail (environment, service, word, person, recipient, until)"
        " VALUES ($1, $2, $3, $4, $5, app_now() + $6::interval) RETURNING *",
        *place, word, person, to, length,
    )  # fmt: skip
    assert row is not None  # INSERT … RETURNING always returns
    return from_row(row)


async def get(tx: Tx, tail: int) -> Tail | None:
    row = await tx.fetchrow("SELECT * FROM log_tail WHERE id = $1", tail)
    return from_row(row) if row else None


async def of_person(tx: Tx, person: str) -> Tail | None:
    """The one that goes on; whoever else begins one for them waits."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('tail:' || $1, 0))", person)
    row = await tx.fetchrow("SELECT * FROM log_tail WHERE person = $1 AND ended_at IS NULL", person)
    return from_row(row) if row else None


async def take_due(tx: Tx) -> list[tuple[Tail, bool]]:
    """Those to look at now, which no other replica looks at; with whether their time is over.

    The more there are, the seldomer each is looked at: Slack counts all edits together.
    """
    rows = await tx.fetch(
        "UPDATE log_tail SET look_at = app_now()"
        " + $1::interval * (SELECT count(*) FROM log_tail WHERE ended_at IS NULL) WHERE id IN (SELECT id FROM log_tail"
        " WHERE ended_at IS NULL AND look_at <= app_now() FOR UPDATE SKIP LOCKED)"
        " RETURNING *, until <= app_now() AS is_past",
        EVERY,
    )
    return [(from_row(row), row["is_past"]) for row in rows]


async def show(tx: Tx, tail: int, text: str, problem: Phrase | None) -> bool:
    """False: nothing new to show, or it is over."""
    done = await tx.execute(
        "UPDATE log_tail SET shown = $2, problem = $3 WHERE id = $1 AND ended_at IS NULL"
        " AND (shown, problem) IS DISTINCT FROM ($2, $3::jsonb)",
        tail, text, problem.to_json() if problem else None,
    )  # fmt: skip
    return done == "UPDATE 1"


async def end(tx: Tx, tail: int, *, stopped: bool) -> bool:
    """False: it was over already."""
    done = await tx.execute(
        "UPDATE log_tail SET ended_at = app_now(), stopped = $2 WHERE id = $1 AND ended_at IS NULL", tail, stopped
    )
    return done == "UPDATE 1"


async def wait(tx: Tx, tail: int) -> timedelta:
    """How long until the next edit may leave."""
    left: timedelta = await tx.fetchval(
        "SELECT greatest(interval '0', max(sent_at) + $2::interval - app_now()) FROM message"
        " WHERE tail = $1 AND about = 'tail'",
        tail, APART,
    )  # fmt: skip
    return left


async def prune(tx: Tx) -> None:
    """What a log said is not kept here."""
    await tx.execute("UPDATE log_tail SET shown = '' WHERE ended_at < app_now() - $1::interval AND shown <> ''", KEPT)
