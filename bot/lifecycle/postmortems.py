"""The draft of a post-mortem: offered when a grave incident is over, made when somebody asks for it."""

from bot.answers import NoSuchIncident
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.incident import Incident, Status
from bot.message import About, Ask, Kind
from bot.phrase import Phrase
from bot.postmortem import WRITE
from bot.store import audit, incidents, messages
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
    said = Phrase("{name} asked for the draft of the post-mortem", {"name": by.name})
    await audit.write(tx, Entry(by, "postmortem.asked", number, why=said))
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.POSTMORTEM, to=desk.incidents_channel, incident=number, body={"by": by.id}
    )
    return incident
