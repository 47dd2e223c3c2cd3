"""The channel of one incident: who asked for it, who belongs there. Making it is the worker's."""

from dataclasses import dataclass

from bot.answers import AlreadyResolved, NoSuchIncident, Repeated
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.incident import Incident, Status
from bot.lifecycle import speaking
from bot.lifecycle.responding import over
from bot.message import About, Kind
from bot.phrase import Phrase
from bot.room import Room, RoomState
from bot.store import audit, incidents, messages, pages, responders, roles, rooms
from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class RoomWanted:
    """It is being opened."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class RoomThere:
    """`room.channel_id` is empty while it is being opened."""

    incident: Incident
    room: Room


RoomAnswer = RoomWanted | RoomThere | AlreadyResolved | NoSuchIncident | Repeated


async def automatically(tx: Tx, desk: Desk, incident: Incident, by: Actor) -> None:
    """Of a priority that gets one without being asked; of what is confidential in any case, since it is said nowhere
    else."""
    if incident.confidential:
        if await rooms.want(tx, incident.number, by.id):
            await rooms.wake(tx, incident.number)
    elif incident.priority in desk.rooms.automatic and await rooms.want_automatically(tx, incident.number, by.id):
        await rooms.wake(tx, incident.number)


async def want(tx: Tx, desk: Desk, number: int, by: Actor) -> RoomAnswer:
    """Somebody asks for it; the second one is told where it is."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return over(desk, incident)
    if not await rooms.want(tx, number, by.id):
        room = await rooms.get(tx, number)
        assert room is not None  # the incident is held, and its row is there
        return RoomThere(incident, room)
    await rooms.wake(tx, number)
    said = Phrase("{name} asked for a channel", {"name": by.name})
    await audit.write(tx, Entry(by, "channel.asked", number, why=said))
    await speaking.card(tx, incident, desk.incidents_channel)
    return RoomWanted(incident)


async def company(tx: Tx, desk: Desk, incident: Incident, room: Room) -> list[str]:
    """Slack ids of those who belong there: on it or once on it, asked, paged. Managers are only asked in: they get few
    words.
    """
    paged = [each for each in await pages.people(tx, incident.number) if not desk.is_manager(each)]
    asked = [row["person"] for row in await responders.of_incident(tx, incident.number)]
    held = [row.person for row in await roles.of_incident(tx, incident.number)]
    hands = await incidents.hands(tx, incident.number)  # an acknowledgement may have run out before we looked
    ids = dict.fromkeys([room.asked_by, incident.acknowledged_by or "", *hands, *held, *asked, *paged])
    return [person.slack for each in ids if (person := desk.people.get(each)) is not None and person.slack]


async def opened(tx: Tx, desk: Desk, incident: Incident, name: str, channel: str, by: Actor) -> None:
    """Its card is to be posted there, and where it is to be said."""
    said = Phrase("A channel for this incident: #{channel}", {"channel": name})
    if call := desk.rooms.call_of(incident.number):
        said = Phrase("{said} · call: {link}", {"said": said, "link": call})
    await audit.write(tx, Entry(by, "channel.opened", incident.number, on=channel, why=said))
    await speaking.card(tx, incident, channel)
    await speaking.card(tx, incident, desk.incidents_channel)
    await note(tx, desk, incident, said)


async def archived(tx: Tx, incident: Incident, name: str, by: Actor) -> None:
    said = Phrase("Its channel #{channel} is archived", {"channel": name})
    await audit.write(tx, Entry(by, "channel.archived", incident.number, why=said))


async def failed(tx: Tx, desk: Desk, incident: Incident, room: Room, reason: Phrase, by: Actor) -> Phrase:
    """Said in the thread, and to whoever asked for it."""
    said = Phrase("⚠️ No channel could be opened for #{number}: {reason}", {"number": incident.number, "reason": reason})
    await audit.write(tx, Entry(by, "channel.failed", incident.number, why=said))
    await speaking.card(tx, incident, desk.incidents_channel)
    await note(tx, desk, incident, said)
    await speaking.tell(tx, desk, incident, room.asked_by, said)
    return said


async def hampered(tx: Tx, incident: Incident, room: Room, said: Phrase, by: Actor) -> None:
    """Something less than all went well there."""
    await audit.write(tx, Entry(by, "channel.hampered", incident.number, why=said))
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.TELL, to=room.channel_id, incident=incident.number,
        body={"phrase": said.to_json()},
    )  # fmt: skip


async def note(tx: Tx, desk: Desk, incident: Incident, said: Phrase) -> None:
    """In the thread of the card, and not once more in the channel that it is about."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.NOTE, to=desk.incidents_channel, incident=incident.number,
        body={"phrase": said.to_json(), "not_echoed": True},
    )  # fmt: skip


def is_open(room: Room | None) -> bool:
    return room is not None and room.state is RoomState.OPEN
