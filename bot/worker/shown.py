"""As much of an incident as a message shows of it: in a burst of pages, reading it is most of what each costs."""

from typing import Final

from bot.desk import Desk
from bot.message import About, Kind, Message
from bot.questions import short_view, view
from bot.store import incidents
from bot.store.database import Tx
from bot.view import IncidentView

SENTENCES: Final = frozenset({About.NOTE, About.TELL, About.ASK, About.DRILL})
"""In Slack they say their phrase, and nothing else of the incident."""


async def shown(tx: Tx, desk: Desk, message: Message) -> IncidentView | None:
    """A confidential incident is veiled in a channel that is not its own, and for whoever does not handle it."""
    if message.incident is None or (message.kind is Kind.SLACK and message.about in SENTENCES):
        return None
    incident = await incidents.get(tx, message.incident)
    if incident is None:
        return None
    found = await (view(tx, desk, incident) if message.kind is Kind.SLACK else short_view(tx, incident))
    at_home = found.room is not None and found.room.channel_id == message.to
    return found if at_home else found.for_reader(message.person or "")
