"""What somebody pinned, marked with 📌 or shared where an incident is worked on becomes a line of its story; so does a
note that they type."""

from bot.answers import NoSuchIncident
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.incident import Incident
from bot.kept import How, Kept
from bot.lifecycle import speaking
from bot.phrase import Phrase
from bot.store import audit, cards, incidents, rooms
from bot.store.database import Tx

DID = {True: "timeline.kept", False: "timeline.taken_back"}


async def keep(tx: Tx, kept: Kept, by: Actor) -> int | None:
    """The incident's number; None: it stands elsewhere, or nothing changes by it."""
    number = await where(tx, kept)
    if number is None or await incidents.lock(tx, number) is None:
        return None
    key = kept.key(by.id)
    is_kept = await audit.latest(tx, number, tuple(DID.values()), result=key) == DID[True]
    if kept.how is not How.FILE and is_kept is kept.added:
        return None
    did = "timeline.file" if kept.how is How.FILE else DID[kept.added]
    await audit.write(tx, Entry(by, did, number, why=kept.told(by.name), result=key))
    return number


async def note(tx: Tx, desk: Desk, number: int, text: str, by: Actor) -> Incident | NoSuchIncident:
    """A line of the story, said in the thread of the card."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    said = Phrase("📝 {name}: {note}", {"name": by.name, "note": text})
    await audit.write(tx, Entry(by, "incident.noted", number, why=said))
    await speaking.note(tx, desk, incident, said)
    return incident


async def where(tx: Tx, kept: Kept) -> int | None:
    """In the incident's own channel, or in the thread of its card; the card itself is no news."""
    subject = await cards.subject_at(tx, kept.channel, kept.thread or kept.ts)
    if subject is not None and subject.startswith("incident:"):
        is_card = kept.ts == (kept.thread or kept.ts)
        return None if is_card else int(subject.removeprefix("incident:"))
    return await rooms.incident_of(tx, kept.channel)
