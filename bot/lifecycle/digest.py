"""Managers get one digest at most every so often instead of a message for each event; a P1 still pages them at once."""

from datetime import timedelta
from typing import Final

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.escalation import LAST_RESORT
from bot.incident import Incident, Priority
from bot.message import About, Kind, Message
from bot.person import Person
from bot.phrase import Phrase
from bot.store import audit, digests, incidents, messages
from bot.store.database import Tx
from bot.store.escalations import FiredLevel

WAYS: Final = (Kind.SLACK, Kind.EMAIL, Kind.SMS)


def may_be_instead(desk: Desk, person: Person) -> bool:
    """Whether `instead_of_page` has to be asked at all."""
    return bool(desk.digest_every) and desk.is_manager(person.id)


async def instead_of_page(
    tx: Tx, desk: Desk, incident: Incident, level: FiredLevel, person: Person, *, asked: bool
) -> bool:
    """True: this manager reads it in their digest, and is not paged.

    Paged they are all the same by the first page of each round of a P1, when somebody asked for them, and when nobody
    else is, or is left.
    """
    if not may_be_instead(desk, person):
        return False
    await digests.follow(tx, incident.number, person.id)
    first = incident.priority is Priority.P1 and not await digests.was_paged(
        tx, incident.number, incident.round, person.id
    )
    if asked or first or level.name == LAST_RESORT or way_of(person) is None:
        return False
    if not await digests.others_paged(tx, incident.number, incident.round, person.id):
        return False
    await queue(tx, desk, person)
    why = Phrase("{name} reads it in the next digest", {"name": person.name})
    await audit.write(tx, Entry(DESK, "digest.queued", incident.number, on=person.id, why=why))
    return True


async def changed(tx: Tx, desk: Desk, incident: Incident) -> bool:
    """It stands otherwise now: everyone who was told of it gets a digest. False: there are no digests here."""
    if not desk.digest_every:
        return False
    for person in await digests.followers(tx, incident.number):
        if person in desk.people:
            await queue(tx, desk, desk.people[person])
    return True


def way_of(person: Person) -> Kind | None:
    return next((kind for kind in WAYS if person.address(kind)), None)


async def queue(tx: Tx, desk: Desk, person: Person) -> None:
    """One waits at most: it tells what is so when it leaves, and it does not leave before this is committed."""
    if (kind := way_of(person)) is None:
        return
    queued = None
    while queued is None:
        queued = await messages.queue(
            tx, kind=kind, about=About.DIGEST, to=person.address(kind) or "", person=person.id,
            after=await digests.wait(tx, person.id, desk.digest_every),
        )  # fmt: skip
        if queued is None and await digests.hold(tx, person.id):
            return


async def has_to_wait(tx: Tx, desk: Desk, message: Message) -> timedelta | None:
    """Two levels that fire at once may both have queued one: the second waits its time. None: it may leave."""
    if message.about is not About.DIGEST or message.person is None:
        return None
    return await digests.wait(tx, message.person, desk.digest_every, besides=message.id) or None


async def not_wanted(tx: Tx, digest: Message) -> Phrase | None:
    """Why it need not leave; None: send it."""
    if await incidents.open_ones(tx, 1) or await digests.over(tx, digest.person or ""):
        return None
    return Phrase("nothing is open and nothing has ended since the last digest")


async def by_another_way(tx: Tx, desk: Desk, failed: Message) -> bool:
    """The same digest by the person's next way, now. False: they have none left."""
    person = desk.people.get(failed.person or "")
    first = failed.body.get("first", failed.id)
    tried = await digests.kinds_tried(tx, failed.person or "", first if isinstance(first, int) else failed.id)
    kind = next((each for each in WAYS if person and person.address(each) and each not in tried), None)
    if person is None or kind is None:
        return False
    queued = None
    while queued is None:  # only one may wait: another one may be made, and committed, between the two
        await digests.drop_waiting(tx, person.id)
        queued = await messages.queue(
            tx, kind=kind, about=About.DIGEST, to=person.address(kind) or "", person=person.id,
            attempt=failed.attempt + 1, body={"first": first},
        )  # fmt: skip
    return True
