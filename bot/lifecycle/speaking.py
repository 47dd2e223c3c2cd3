"""Queueing what is to be said about an incident: rows of the outbox, in the transaction of what they tell."""

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.incident import Incident
from bot.message import About, Kind, Message, State
from bot.person import Person, methods, next_method
from bot.phrase import Phrase
from bot.store import audit, messages
from bot.store.database import Tx
from bot.store.escalations import FiredLevel


async def card(tx: Tx, incident: Incident, channel: str) -> None:
    """The incident's one card in `channel` is to be posted, or brought up to date."""
    await messages.queue(tx, kind=Kind.SLACK, about=About.CARD, to=channel, incident=incident.number)


async def brought_up_to_date(tx: Tx, desk: Desk, incident: Incident) -> None:
    """The card and every page that stands in somebody's Slack: no button keeps asking for what is done."""
    await card(tx, incident, desk.incidents_channel)
    await messages.edit_pages(tx, incident.number)


async def note(tx: Tx, desk: Desk, incident: Incident, said: Phrase) -> None:
    """A sentence in the thread of the incident's card."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.NOTE, to=desk.incidents_channel, incident=incident.number,
        body={"phrase": said.to_json()},
    )  # fmt: skip


async def page(tx: Tx, incident: Incident, level: FiredLevel, person: Person) -> None:
    """To each of the person's channels for this priority, at once."""
    for kind in methods(person, incident.priority):
        await page_by(tx, incident.number, incident.round, level.position, level.name, person, kind, attempt=1)


async def page_by(
    tx: Tx, incident: int, round: int, position: int, level_name: str, person: Person, kind: Kind, attempt: int
) -> None:
    address = person.address(kind)
    if address is not None:
        await messages.queue(
            tx, kind=kind, about=About.PAGE, to=address, incident=incident, round=round, level=position,
            level_name=level_name, person=person.id, attempt=attempt,
        )  # fmt: skip


async def page_failed(tx: Tx, desk: Desk, failed: Message, why: Phrase) -> bool:
    """A page will not arrive by this channel: the person's next one takes over now. False: they have none left."""
    person = desk.people.get(failed.person or "")
    if person is None or failed.incident is None:
        return False
    kind = next_method(person, await messages.kinds_tried(tx, failed))
    said = Phrase(
        "{name} could not be reached by {channel} ({why})",
        {"name": person.name, "channel": channel_name(failed.kind), "why": why},
    )
    await audit.write(tx, Entry(DESK, "page.failed", failed.incident, on=person.id, why=said, result=failed.kind))
    if kind is None:
        return False
    await page_by(tx, failed.incident, failed.round, failed.level, failed.level_name, person, kind, failed.attempt + 1)
    return True


async def drop(tx: Tx, message: Message, owner: str, why: Phrase) -> None:
    await messages.move(tx, message.id, State.DROPPED, owner, why=why)
    if message.about is About.PAGE:
        await audit.write(
            tx, Entry(DESK, "page.dropped", message.incident, on=message.person or "", why=why, result=message.kind)
        )


def channel_name(kind: Kind) -> Phrase:
    match kind:
        case Kind.SLACK:
            return Phrase("Slack")
        case Kind.SMS:
            return Phrase("SMS")
        case Kind.VOICE:
            return Phrase("phone call")
        case Kind.EMAIL:
            return Phrase("email")
