"""Is a message still wanted in the moment in which it leaves? What was queued a while ago may be over."""

from bot.incident import Incident, Status
from bot.lifecycle import digest, speaking
from bot.message import About, Message
from bot.phrase import Phrase
from bot.store import (
    incidents,
    proofs,
    responders,
    tasks,
)
from bot.store.database import Tx


async def no_longer_wanted(tx: Tx, message: Message) -> Phrase | None:
    """Why a page, or a question to the owner, need not leave any more; None: send it. All else is always sent."""
    if message.about is About.DIGEST:
        return await digest.not_wanted(tx, message)
    if message.about is About.DRILL or "task" in message.body:
        return await errand_over(tx, message)
    if message.about not in (About.PAGE, About.REMINDER, About.UPDATE) or message.incident is None:
        return None
    incident = await incidents.get(tx, message.incident)
    if incident is None or incident.status is Status.RESOLVED:
        return Phrase("resolved before the page left")
    if message.about is About.UPDATE:
        return None
    if message.about is About.REMINDER:
        owners = incident.on_it if incident.round == message.round else ()
        return None if message.person in owners else Phrase("no longer theirs when the question left")
    if "because" in message.body:
        return await answered_already(tx, incident, message)
    if incident.status is Status.ACKNOWLEDGED or message.person in incident.on_it:
        return Phrase("taken before the page left")
    if incident.round != message.round:
        return Phrase("a newer round of pages has begun")
    return None


async def errand_over(tx: Tx, message: Message) -> Phrase | None:
    """A drill, or what is said about a task."""
    drill, task = message.body.get("drill"), message.body.get("task")
    if isinstance(task, int):
        return None if await tasks.is_open(tx, task) else Phrase("done before the reminder left")
    wanted = isinstance(drill, int) and await proofs.waits(tx, drill)
    return None if wanted else Phrase("they had answered before the drill left")


async def answered_already(tx: Tx, incident: Incident, page: Message) -> Phrase | None:
    """Somebody is told although another one is on it: wanted until they answer themselves."""
    asked = page.level >= speaking.ASKED
    if page.person in incident.on_it:
        return Phrase("taken before the page left")
    if asked and not await responders.waits_for(tx, incident.number, page.person or ""):
        return Phrase("they had answered before the page left")
    if not asked and incident.round != page.round:
        return Phrase("a newer round of pages has begun")
    return None
