"""Closing an incident by form."""

from collections.abc import Mapping
from typing import Any

from bot.access import stranger
from bot.errors import UserError
from bot.incident import Status
from bot.notify.blocks.modal import Modal, carried, filled
from bot.notify.blocks.resolving import KEEP, resolving
from bot.phrase import Phrase
from bot.resolution import Resolution
from handlers.answers import worded
from handlers.commands.incidents import allow_responding
from handlers.commands.tools import Tools
from handlers.people import Visitor
from handlers.reading import incident_in_time


async def form(tools: Tools, visitor: Visitor, number: int) -> Modal | None:
    """None when it is over already. Raises UserError; Unavailable when the database takes too long."""
    allow_responding(tools, visitor.by.id)
    view = await incident_in_time(tools.questions, number)
    return None if view.incident.status is Status.RESOLVED else resolving(tools.reader(visitor.language), view)


async def sent(tools: Tools, view: Mapping[str, Any], visitor: Visitor) -> Phrase | None:
    """What to say to whoever submitted the form. Raises UserError."""
    if visitor.person is None:
        raise UserError(stranger())
    allow_responding(tools, visitor.by.id)
    said, number = filled(view), int(carried(view).get("incident", 0))
    if said.get("firing") == KEEP:
        return Phrase("#{number} stays open: nothing was changed.", {"number": number})
    return worded(await tools.lifecycle.resolve(number, visitor.by, resolution=Resolution.of(said)))
