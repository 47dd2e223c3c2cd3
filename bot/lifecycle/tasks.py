"""What is left to do after an incident, in the transaction of its audit line."""

from bot.answers import NoSuchIncident
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.lifecycle import speaking
from bot.phrase import Phrase
from bot.store import audit, incidents, resolutions
from bot.store.database import Tx


async def add(tx: Tx, desk: Desk, number: int, title: str, by: Actor) -> NoSuchIncident | None:
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    await resolutions.add_tasks(tx, number, by.id, [title])
    said = Phrase("{name} noted a task: {title}", {"name": by.name, "title": title})
    await audit.write(tx, Entry(by, "task.added", number, why=said))
    await speaking.card(tx, incident, desk.incidents_channel)
    return None


async def finish(tx: Tx, desk: Desk, task: int, by: Actor) -> str:
    """Its title. Raises UserError when there is no such task, or it is done."""
    row = await resolutions.finish(tx, task, by.id)
    if row is None:
        raise UserError(Phrase("There is no task {id} to be done. See them all: `/ecotrajet tasks`.", {"id": task}))
    said = Phrase("{name} has done: {title}", {"name": by.name, "title": row["title"]})
    await audit.write(tx, Entry(by, "task.done", row["incident"], why=said))
    incident = await incidents.get(tx, row["incident"])
    if incident is not None:
        await speaking.card(tx, incident, desk.incidents_channel)
    return str(row["title"])
