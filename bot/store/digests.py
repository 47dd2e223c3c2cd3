"""Managers' digests: who follows which incident, when the next digest may leave, what ended since the last."""

from collections.abc import Sequence
from datetime import timedelta

from bot.incident import Incident
from bot.message import About, Kind
from bot.phrase import Phrase
from bot.store import jobs
from bot.store.database import Tx
from bot.store.incidents import from_row


async def follow(tx: Tx, incident: int, person: str) -> None:
    await tx.execute(
        "INSERT INTO digest_follower (incident, person) VALUES ($1, $2) ON CONFLICT DO NOTHING", incident, person
    )


async def followers(tx: Tx, incident: int) -> list[str]:
    rows = await tx.fetch("SELECT person FROM digest_follower WHERE incident = $1 ORDER BY person", incident)
    return [row["person"] for row in rows]


async def wait(tx: Tx, person: str, every: timedelta, besides: int = 0) -> timedelta:
    """How long until their next digest may leave; zero: now. One that is being sent counts as sent now."""
    found: timedelta | None = await tx.fetchval(
        "SELECT max(coalesce(sent_at, app_now())) + $2::interval - app_now() FROM message"
        " WHERE person = $1 AND about = 'digest' AND state IN ('sending', 'sent', 'delivered') AND id <> $3",
        person, every, besides,
    )  # fmt: skip
    return max(found or timedelta(0), timedelta(0))


async def hold(tx: Tx, person: str) -> bool:
    """Whether one waits; no sender takes it until the transaction ends: it would tell what was before."""
    waiting = await tx.fetchval(
        "SELECT id FROM message WHERE person = $1 AND about = 'digest' AND state = 'waiting' FOR UPDATE", person
    )
    return waiting is not None


async def hasten(tx: Tx, person: str, after: timedelta) -> None:
    """The one that waits takes the place of one that did not get through."""
    rows = await tx.fetch(
        "UPDATE message SET due_at = least(due_at, app_now() + $2::interval) WHERE person = $1 AND about = 'digest'"
        " AND state = 'waiting' RETURNING id, kind",
        person, after,
    )  # fmt: skip
    await jobs.enqueue(tx, [jobs.deliver_job(Kind(row["kind"]), About.DIGEST, row["id"], -1, after) for row in rows])


async def drop_waiting(tx: Tx, person: str) -> None:
    """Another one takes its place, and tells the same: each tells what is so when it leaves."""
    why = Phrase("another digest leaves before it and tells the same")
    await tx.execute(
        "UPDATE message SET state = 'dropped', why = $2 WHERE person = $1 AND about = 'digest' AND state = 'waiting'",
        person, why.to_json(),
    )  # fmt: skip


async def others_paged(tx: Tx, incident: int, round: int, person: str) -> bool:
    """Whether a page of this round reached, or still may reach, somebody else."""
    found: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM message WHERE about = 'page' AND incident = $1 AND round = $2 AND person <> $3"
        " AND state IN ('waiting', 'sending', 'sent', 'delivered'))",
        incident, round, person,
    )  # fmt: skip
    return found


async def was_paged(tx: Tx, incident: int, round: int, person: str) -> bool:
    """Whether this round has paged them already."""
    found: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM message WHERE about = 'page' AND incident = $1 AND round = $2 AND person = $3)",
        incident, round, person,
    )  # fmt: skip
    return found


async def over(tx: Tx, person: str) -> list[Incident]:
    """What this person follows and what was resolved since their last digest."""
    rows = await tx.fetch(
        "SELECT i.* FROM incident i JOIN digest_follower f ON f.incident = i.number WHERE f.person = $1"
        " AND i.status = 'resolved' AND i.resolved_at > coalesce((SELECT max(sent_at) FROM message"
        "  WHERE person = $1 AND about = 'digest' AND state IN ('sent', 'delivered')), '-infinity')"
        " ORDER BY i.priority, i.number LIMIT 50",
        person,
    )
    return [from_row(row) for row in rows]


async def kinds_tried(tx: Tx, person: str, after: int) -> Sequence[Kind]:
    """The channels by which this digest failed: it is the same one while its attempts follow each other."""
    rows = await tx.fetch(
        "SELECT DISTINCT kind FROM message WHERE person = $1 AND about = 'digest' AND state = 'failed' AND id >= $2",
        person, after,
    )  # fmt: skip
    return [Kind(row["kind"]) for row in rows]
