"""Who follows what."""

from collections.abc import Sequence

from bot.store.database import Tx
from bot.subscription import Subject


async def add(tx: Tx, person: str, subject: Subject) -> bool:
    """False: they follow it already."""
    done = await tx.execute(
        "INSERT INTO subscription (person, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING", person, subject.key
    )
    return done == "INSERT 0 1"


async def remove(tx: Tx, person: str, subject: Subject) -> bool:
    """False: they do not follow it."""
    done = await tx.execute("DELETE FROM subscription WHERE person = $1 AND subject = $2", person, subject.key)
    return done == "DELETE 1"


async def move(tx: Tx, subject: Subject, to: Subject) -> None:
    """Whoever follows `subject` follows `to`."""
    await tx.execute(
        "INSERT INTO subscription (person, subject) SELECT person, $2 FROM subscription WHERE subject = $1"
        " ON CONFLICT DO NOTHING",
        subject.key, to.key,
    )  # fmt: skip


async def of_person(tx: Tx, person: str) -> list[Subject]:
    """The newest 50; of incidents those that are not over."""
    rows = await tx.fetch(
        "SELECT subject FROM subscription s WHERE person = $1 AND NOT EXISTS (SELECT FROM incident i"
        " WHERE s.subject = 'incident:' || i.number AND i.status = 'resolved') ORDER BY at DESC LIMIT 50",
        person,
    )
    return [found for row in rows if (found := Subject.of(row["subject"])) is not None]


async def followers(tx: Tx, subjects: Sequence[Subject]) -> dict[str, Subject]:
    """By person, the first of `subjects` that they follow."""
    keys = [each.key for each in subjects]
    rows = await tx.fetch(
        "SELECT DISTINCT ON (person) person, subject FROM subscription WHERE subject = ANY($1::text[])"
        " ORDER BY person, array_position($1::text[], subject)",
        keys,
    )
    by_key = {each.key: each for each in subjects}
    return {row["person"]: by_key[row["subject"]] for row in rows}


async def prune(tx: Tx) -> None:
    """Of incidents that nobody may reopen any more."""
    await tx.execute(
        "DELETE FROM subscription s USING incident i WHERE s.subject = 'incident:' || i.number"
        " AND i.status = 'resolved' AND i.resolved_at < app_now() - interval '7 days'"
    )
