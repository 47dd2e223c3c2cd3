"""The pages among the messages: whom they reach, what is still to follow, and what became of them."""

from collections.abc import Sequence

import asyncpg

from bot.message import About, Kind, Message
from bot.phrase import Phrase
from bot.store import jobs
from bot.store.database import Tx


async def of_incident(tx: Tx, incident: int) -> Sequence[asyncpg.Record]:
    """In the order in which they were queued; 200 at most."""
    return await tx.fetch(
        "SELECT m.person, m.recipient, m.kind, m.round, m.level, m.level_name, m.attempt, m.state, m.due_at, m.sent_at,"
        " m.why, m.body ->> 'via' AS via FROM message m WHERE m.incident = $1 AND m.about = 'page'"
        " ORDER BY m.id LIMIT 200",
        incident,
    )


async def at(tx: Tx, place: str) -> int | None:
    """The incident that a message of ours in Slack (`channel:ts`) tells somebody of; None: of something else."""
    number: int | None = await tx.fetchval(
        "SELECT incident FROM message WHERE kind = 'slack' AND provider_id = $1"
        " AND about IN ('page', 'page_edit', 'reminder', 'update') ORDER BY id DESC LIMIT 1",
        place,
    )
    return number


async def levels(tx: Tx, incident: int) -> Sequence[asyncpg.Record]:
    """Of every round, in the order in which they were or will be told."""
    return await tx.fetch(
        "SELECT round, position, name, targets, due_at, state, fired_at, why, acknowledgements FROM escalation_level"
        " WHERE incident = $1"
        " ORDER BY round, position LIMIT 100",
        incident,
    )


async def wait_for_changes(tx: Tx, incident: int) -> None:
    """Until whoever changes the incident now is done; nobody changes it before this transaction ends."""
    await tx.execute("SELECT FROM incident WHERE number = $1 FOR SHARE", incident)


async def edit(tx: Tx, incident: int, person: str | None = None, only: int | None = None) -> None:
    """Every page that stands in somebody's Slack, or in this person's, or this one, is to show what the incident has
    become."""
    rows = await tx.fetch(
        "INSERT INTO message (kind, about, recipient, person, incident, round, level, level_name, body)"
        " SELECT kind, 'page_edit', recipient, person, incident, round, level, level_name,"
        "  body || jsonb_build_object('at', provider_id)"
        " FROM message WHERE incident = $1 AND about = 'page' AND kind = 'slack' AND state IN ('sent', 'delivered')"
        " AND ($2::text IS NULL OR person = $2) AND ($3::bigint IS NULL OR id = $3) RETURNING id",
        incident, person, only,
    )  # fmt: skip
    await jobs.enqueue(tx, [jobs.deliver_job(Kind.SLACK, About.PAGE_EDIT, row["id"], 0) for row in rows])


async def kinds_tried(tx: Tx, page: Message) -> list[Kind]:
    """The channels that this level's page to this person has been through or is going through."""
    rows = await tx.fetch(
        "SELECT DISTINCT kind FROM message WHERE about = 'page' AND incident = $1 AND round = $2 AND level = $3"
        " AND person = $4 AND state <> 'dropped'", page.incident, page.round, page.level, page.person,
    )  # fmt: skip
    return [Kind(row["kind"]) for row in rows]


async def hasten(tx: Tx, page: Message, kinds: Sequence[Kind] = tuple(Kind)) -> bool:
    """What was to follow later to the same person by these channels leaves now; False: nothing was."""
    rows = await tx.fetch(
        "UPDATE message SET due_at = app_now() WHERE about = 'page' AND incident = $1 AND round = $2 AND level = $3"
        " AND person = $4 AND state = 'waiting' AND due_at > app_now() AND starts = 0"
        " AND kind = ANY($5::text[]) RETURNING id, kind",
        page.incident, page.round, page.level, page.person, [kind.value for kind in kinds],
    )  # fmt: skip
    # Another key than that of the alarm which waits for the later time.
    await jobs.enqueue(tx, [jobs.deliver_job(Kind(row["kind"]), About.PAGE, row["id"], -1) for row in rows])
    return bool(rows)


async def not_any_more_by(tx: Tx, incident: int, wanted: Sequence[Kind], why: Phrase) -> None:
    """Pages that were to follow later by other channels than these are not to leave, where one of these reaches that
    person. Should that fail, the dropped ones do not count as tried."""
    await tx.execute(
        "UPDATE message m SET state = 'dropped', why = $3 WHERE about = 'page' AND incident = $1 AND state = 'waiting'"
        " AND starts = 0 AND due_at > app_now() AND kind <> ALL($2::text[]) AND EXISTS (SELECT FROM message o"
        "  WHERE o.about = 'page' AND o.incident = $1 AND o.round = m.round AND o.level = m.level"
        "  AND o.person = m.person AND o.kind = ANY($2::text[])"
        "  AND o.state IN ('waiting', 'sending', 'sent', 'delivered'))",
        incident, [kind.value for kind in wanted], why.to_json(),
    )  # fmt: skip


async def people(tx: Tx, incident: int) -> list[str]:
    rows = await tx.fetch(
        "SELECT DISTINCT person FROM message WHERE incident = $1 AND about = 'page' AND state <> 'dropped'", incident
    )
    return [row["person"] for row in rows if row["person"]]


async def levels_from(tx: Tx, incident: int, round: int, level: int) -> int:
    """How many levels of pages there are from this number on, those that were asked for left out."""
    count: int = await tx.fetchval(
        "SELECT count(DISTINCT level) FROM message WHERE incident = $1 AND round = $2 AND about = 'page'"
        " AND level >= $3 AND level < $3 + 5000", incident, round, level,
    )  # fmt: skip
    return count


async def nobody_reached(tx: Tx, incident: int, round: int) -> bool:
    """True when no page of this round reached anybody or still may."""
    alive = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM message WHERE about = 'page' AND incident = $1 AND round = $2"
        " AND state IN ('waiting', 'sending', 'sent', 'delivered'))", incident, round,
    )  # fmt: skip
    return not alive


async def level_is_dead(tx: Tx, page: Message) -> bool:
    """True when no page of this level reached anybody or still may."""
    alive = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM message WHERE about = 'page' AND incident = $1 AND round = $2 AND level = $3"
        " AND state IN ('waiting', 'sending', 'sent', 'delivered'))", page.incident, page.round, page.level,
    )  # fmt: skip
    return not alive


async def people_of_level(tx: Tx, page: Message) -> list[str]:
    """Ids of those whom a page of this level reached, or still may."""
    rows = await tx.fetch(
        "SELECT DISTINCT person FROM message WHERE about = 'page' AND incident = $1 AND round = $2 AND level = $3"
        " AND state IN ('waiting', 'sending', 'sent', 'delivered') AND person IS NOT NULL",
        page.incident, page.round, page.level,
    )  # fmt: skip
    return [row["person"] for row in rows]


async def latest_open(tx: Tx, person: str) -> int | None:
    """The incident of the newest page that left for `person` and is still not taken, else still not resolved."""
    number: int | None = await tx.fetchval(
        "SELECT m.incident FROM message m JOIN incident i ON i.number = m.incident"
        " WHERE m.about = 'page' AND m.person = $1 AND m.state IN ('sending', 'sent', 'delivered')"
        " AND i.status <> 'resolved' ORDER BY (i.status = 'triggered') DESC, m.id DESC LIMIT 1",
        person,
    )
    return number
