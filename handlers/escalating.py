"""Calling for help from a message: the form, and what its answers do."""

from collections.abc import Mapping
from typing import Any

from bot.access import stranger
from bot.errors import UserError
from bot.notify.blocks.escalating import LONGEST_REASON, NEXT, escalation
from bot.notify.blocks.modal import Modal, filled
from bot.phrase import Phrase
from handlers import parse
from handlers.answers import worded
from handlers.commands.incidents import allow_responding
from handlers.commands.tools import Tools
from handlers.people import Visitor
from handlers.reading import in_time


async def form(tools: Tools, visitor: Visitor, reason: str) -> Modal:
    """Raises UserError when nothing is open; Unavailable when the database takes too long."""
    if visitor.person is None:
        raise UserError(stranger())
    allow_responding(tools, visitor.by.id)
    incidents = await in_time(tools.questions.open_incidents())
    if not incidents:
        raise UserError(Phrase("No incident is open. Declare one first: `/ecotrajet declare`."))
    return escalation(tools.reader(visitor.language), tools.desk, incidents, reason)


async def sent(tools: Tools, view: Mapping[str, Any], visitor: Visitor) -> Phrase | None:
    """What to say to whoever submitted the form. Raises UserError."""
    if visitor.person is None:
        raise UserError(stranger())
    allow_responding(tools, visitor.by.id)
    chosen = filled(view)
    number, whom = parse.number(chosen.get("incident", "")), chosen.get("whom", NEXT)
    reason = " ".join(chosen.get("reason", "").split())[:LONGEST_REASON]
    if number is None:
        raise UserError(Phrase("Say which incident, and try again."))
    if whom == NEXT:
        return worded(await tools.lifecycle.escalate(number, visitor.by, reason=reason))
    people = tools.desk.recipients(whom, tools.clock.now()).people
    return worded(await tools.lifecycle.call(number, people, visitor.by, reason))
