"""The draft of a post-mortem: offered when a grave incident is over, made when somebody asks for it."""

from bot.answers import NoSuchIncident
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.incident import Incident, Status
from bot.message import About, Ask, Kind
from bot.phrase import Phrase
from bot.postmortem import WRITE
from bot.room import RoomState
from bot.store import audit, incidents, messages, rooms
from bot.store.database import Tx


async def offer(tx: Tx, desk: Desk, incident: Incident) -> None:
    """In the thread of the card, with its button."""
    if incident.priority not in desk.postmortems.offered:
        return
    said = Phrase(
        "🧾 #{number} is over: its post-mortem is one press away, or `/ecotrajet postmortem {number}`.",
        {"number": incident.number},
    )
    ask = Ask(Phrase("Draft the post-mortem"), WRITE, {"incident": incident.number})
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.NOTE, to=desk.incidents_channel, incident=incident.number,
        body={"phrase": said.to_json(), "button": ask.to_json()},
    )  # fmt: skip


async def want(tx: Tx, desk: Desk, number: int, by: Actor) -> Incident | NoSuchIncident:
    """It comes into the thread of the card. One at a time: who asks while it is being written gets that one.

    Raises UserError while the incident is open.
    """
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is not Status.RESOLVED:
        raise UserError(
            Phrase(
                "#{number} is still open: a post-mortem is written once it is resolved. Its story so far:"
                " `/ecotrajet timeline {number} pdf`.",
                {"number": number},
            )
        )
    if await messages.on_its_way(tx, About.POSTMORTEM, number):
        return incident
    to = await _where(tx, desk, incident, by)
    said = Phrase("{name} asked for the draft of the post-mortem", {"name": by.name})
    await audit.write(tx, Entry(by, "postmortem.asked", number, why=said))
    await messages.queue(tx, kind=Kind.SLACK, about=About.POSTMORTEM, to=to, incident=number, body={"by": by.id})
    return incident


async def _where(tx: Tx, desk: Desk, incident: Incident, by: Actor) -> str:
    """Of a confidential one into its own channel, else to whoever asks. Raises UserError for those who did not handle
    it.
    """
    if not incident.confidential:
        return desk.incidents_channel
    if by.id not in await incidents.insiders(tx, incident.number):
        said = Phrase(
            "#{number} is confidential: those who handled it have its post-mortem.", {"number": incident.number}
        )
        raise UserError(said)
    room, person = await rooms.get(tx, incident.number), desk.people.get(by.id)
    if room is not None and room.state is RoomState.OPEN:
        return room.channel_id
    if person is None or person.slack is None:
        raise UserError(Phrase("Its channel is archived, and you have no Slack messages: ask somebody who handled it."))
    return person.slack
