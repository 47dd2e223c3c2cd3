"""What is left to do after an incident, in the transaction of its audit line."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import asyncpg

from bot.answers import NoSuchIncident
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.lifecycle import speaking, veil
from bot.lifecycle.responding import name
from bot.message import About, Ask, Kind
from bot.person import Person
from bot.personal import Rules
from bot.phrase import Phrase, Value
from bot.store import audit, incidents, messages, personal, tasks
from bot.store.database import Tx
from bot.task import DONE, NewTask


async def add(tx: Tx, desk: Desk, number: int, task: NewTask, by: Actor) -> NoSuchIncident | None:
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    await note(tx, desk, number, [task], by)
    await speaking.card(tx, incident, desk.incidents_channel)
    return None


async def note(tx: Tx, desk: Desk, number: int, noted: Sequence[NewTask], by: Actor) -> None:
    """Whoever is to do it, and did not say so themselves, is told."""
    for task in noted:
        id_ = await tasks.add(tx, number, by.id, task, await next_chase(tx, desk, task.owner, task.due_on))
        if id_ is None:
            continue
        said = Phrase("{name} noted a task: {title}", {"name": by.name, "title": worded(desk, task)})
        await audit.write(tx, Entry(by, "task.added", number, why=said))
        await given(tx, desk, number, id_, task, by)


def worded(desk: Desk, task: NewTask) -> Phrase:
    """`agrandir le disque (David Petit, ven. 27 nov.)`."""
    facts: dict[str, Value | Phrase] = {"title": task.title, "owner": name(desk, task.owner)}
    if task.due_on is not None:
        facts["day"] = task.due_on
    match task.owner, task.due_on:
        case None, None:
            return Phrase("{title}", facts)
        case None, _:
            return Phrase("{title} ({day})", facts)
        case _, None:
            return Phrase("{title} ({owner})", facts)
        case _:
            return Phrase("{title} ({owner}, {day})", facts)


async def next_chase(tx: Tx, desk: Desk, owner: str | None, due_on: date | None) -> datetime | None:
    """None: nobody is to be reminded."""
    person = desk.people.get(owner or "")
    if person is None:
        return None
    return desk.chasing.next_after(due_on, await incidents.now(tx), person.zone or desk.zone)


async def given(tx: Tx, desk: Desk, number: int, id_: int, task: NewTask, by: Actor) -> None:
    """Somebody else has work now: they are told, in the morning when it is night."""
    person = desk.people.get(task.owner or "")
    if person is None or person.id == by.id:
        return
    said = Phrase(
        "{name} gave you a task of #{number}: {task}",
        {"name": by.name, "number": number, "task": worded(desk, NewTask(task.title, None, task.due_on))},
    )
    asleep = await night_left(tx, desk, person)
    await tell(tx, person, number, id_, said, asleep)


async def night_left(tx: Tx, desk: Desk, person: Person) -> timedelta:
    """How long they still sleep; 0: it is day."""
    now = await incidents.now(tx)
    rules = await personal.of(tx, person.id) or Rules(desk.steps)
    over = rules.hours.over(now, person.zone or desk.zone)
    return over - now if over is not None else timedelta(0)


async def tell(tx: Tx, person: Person, number: int, task: int, said: Phrase, after: timedelta) -> None:
    """In Slack with the button that says it is done, else by mail. Not sent any more once it is done."""
    kind = next((kind for kind in (Kind.SLACK, Kind.EMAIL) if person.address(kind)), None)
    if kind is None:
        return
    body: dict[str, object] = {"phrase": said.to_json(), "task": task}
    if kind is Kind.SLACK:
        body["button"] = Ask(Phrase("Done"), DONE, {"task": task}).to_json()
    about = About.ASK if kind is Kind.SLACK else About.TELL
    await messages.queue(
        tx, kind=kind, about=about, to=str(person.address(kind)), incident=number, person=person.id, body=body,
        after=after,
    )  # fmt: skip


async def open_one(tx: Tx, task: int, by: Actor) -> asyncpg.Record:
    """Raises UserError when there is no such task, or it is done; the same for whoever may not read its title."""
    row = await tasks.lock(tx, task)
    if row is None or not await may_read(tx, row, by):
        raise no_task(task)
    return row


async def may_read(tx: Tx, row: asyncpg.Record, by: Actor) -> bool:
    """Of a confidential incident: whose task it is, and those who handle it."""
    incident = await incidents.get(tx, row["incident"])
    return by.id == row["owner"] or incident is None or await veil.may_see(tx, incident, by.id)


def no_task(task: int) -> UserError:
    return UserError(Phrase("There is no task {id} to be done. See them all: `/ecotrajet tasks`.", {"id": task}))


async def assign(tx: Tx, desk: Desk, id_: int, to: Person, by: Actor) -> NewTask:
    """Raises UserError."""
    row = await open_one(tx, id_, by)
    task = NewTask(row["title"], to.id, row["due_on"])
    said = Phrase("{name} gave a task to {to}: {title}", {"name": by.name, "to": to.name, "title": row["title"]})
    await changed(tx, desk, row, task, said, by)
    await given(tx, desk, row["incident"], id_, task, by)
    return task


async def plan(tx: Tx, desk: Desk, id_: int, due_on: date, by: Actor) -> NewTask:
    """Raises UserError. What nobody has is theirs who say until when."""
    row = await open_one(tx, id_, by)
    task = NewTask(row["title"], row["owner"] or by.id, due_on)
    said = Phrase("{name}: {task}", {"name": by.name, "task": worded(desk, task)})
    await changed(tx, desk, row, task, said, by)
    return task


async def changed(tx: Tx, desk: Desk, row: asyncpg.Record, task: NewTask, said: Phrase, by: Actor) -> None:
    chase_at = await next_chase(tx, desk, task.owner, task.due_on)
    await tasks.change(tx, row["id"], task.owner, task.due_on, chase_at)
    await audit.write(tx, Entry(by, "task.changed", row["incident"], why=said))
    await redrawn(tx, desk, row["incident"])


async def finish(tx: Tx, desk: Desk, task: int, by: Actor) -> str:
    """Its title. Raises UserError as `open_one` does."""
    row = await open_one(tx, task, by)
    await tasks.finish(tx, task, by.id)
    said = Phrase("{name} has done: {title}", {"name": by.name, "title": row["title"]})
    await audit.write(tx, Entry(by, "task.done", row["incident"], why=said))
    await redrawn(tx, desk, row["incident"])
    return str(row["title"])


async def redrawn(tx: Tx, desk: Desk, number: int) -> None:
    incident = await incidents.get(tx, number)
    if incident is not None:
        await speaking.card(tx, incident, desk.incidents_channel)
