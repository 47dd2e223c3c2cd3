"""Tasks are chased until they are done: the day before, on the day, then every few days."""

from datetime import timedelta

import asyncpg

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.lifecycle import tasks as use_cases
from bot.phrase import Phrase, Value
from bot.store import audit, incidents, tasks
from bot.store.database import Database, Tx


class Chaser:
    """`round` is a chore of the watch. Two replicas may both run it: the rows are held while they are looked at."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def round(self) -> None:
        async with self.db.transaction() as tx:
            for row in await tasks.to_chase(tx):
                await chase(tx, self.desk, row)


async def chase(tx: Tx, desk: Desk, row: asyncpg.Record) -> None:
    """The reminder and the time of the next one in one transaction. Whoever sleeps is reminded in the morning."""
    person = desk.people.get(row["owner"] or "")
    if person is None:  # no longer in the configuration
        await tasks.change(tx, row["id"], row["owner"], row["due_on"], None)
        return
    now = await incidents.now(tx)
    asleep = await use_cases.night_left(tx, desk, person)
    if asleep:
        await tasks.change(tx, row["id"], person.id, row["due_on"], now + asleep)
        return
    zone = person.zone or desk.zone
    today = now.astimezone(zone).date()
    facts: dict[str, Value | Phrase] = {"task": row["id"], "number": row["incident"], "title": row["title"]}
    said = Phrase("⏳ Task {task} of #{number}, without a day: {title}. Is it done?", facts)
    if row["due_on"] is not None:
        facts["day"] = row["due_on"]
        said = Phrase("⏳ Task {task} of #{number} is due {day}: {title}", facts)
        if row["due_on"] < today:
            said = Phrase("⏰ Task {task} of #{number} was due {day} and is not done: {title}", facts)
    await use_cases.tell(tx, person, row["incident"], row["id"], said, timedelta(0))
    incident = await incidents.get(tx, row["incident"])
    told = (
        None if incident is not None and incident.confidential else said
    )  # the line is of no incident: all may read it
    await audit.write(tx, Entry(DESK, "task.chased", on=f"task:{row['id']} {person.id}", why=told))
    following = desk.chasing.next_after(row["due_on"], now, zone)
    await tasks.change(tx, row["id"], person.id, row["due_on"], following)
