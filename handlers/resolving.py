"""Closing an incident by form."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.access import stranger
from bot.errors import UserError
from bot.incident import Status
from bot.notify.blocks.modal import Modal, carried, filled
from bot.notify.blocks.resolving import KEEP, resolving
from bot.phrase import Phrase
from bot.resolution import Resolution
from bot.task import NewTask
from handlers import due
from handlers.answers import worded
from handlers.commands.incidents import allow_responding
from handlers.commands.tasks import today, understood
from handlers.commands.tools import Asked, Tools
from handlers.parse import Line
from handlers.people import Visitor
from handlers.reading import incident_in_time


async def form(tools: Tools, visitor: Visitor, number: int) -> Modal | None:
    """None when it is over already. Raises UserError; Unavailable when the database takes too long."""
    allow_responding(tools, visitor.by.id)
    view = await incident_in_time(tools.questions, number)
    if view.incident.status is Status.RESOLVED:
        return None
    return resolving(tools.reader(visitor.language), view.for_reader(visitor.by.id))


async def sent(tools: Tools, view: Mapping[str, Any], visitor: Visitor) -> Phrase | None:
    """What to say to whoever submitted the form. Raises UserError."""
    if visitor.person is None:
        raise UserError(stranger())
    allow_responding(tools, visitor.by.id)
    said, number = filled(view), int(carried(view).get("incident", 0))
    if said.get("firing") == KEEP:
        return Phrase("#{number} stays open: nothing was changed.", {"number": number})
    resolution = Resolution.of(said)
    asked = Asked(Line(), visitor.by, visitor.person, tools.reader(visitor.language))
    left = tuple(assigned(tools, asked, each, said) for each in resolution.follow_ups)
    return worded(await tools.lifecycle.resolve(number, visitor.by, resolution=replace(resolution, follow_ups=left)))


def assigned(tools: Tools, asked: Asked, task: NewTask, said: Mapping[str, str]) -> NewTask:
    """With whom and the day that its own line names, else with those chosen beneath. Nothing of it costs the end."""
    try:
        told = understood(tools, asked, task.title.split())
    except UserError:  # an @ that means nobody
        told = task
    chosen = tools.desk.person_of_slack(said.get("owner", ""))
    owner = told.owner or (chosen.id if chosen else None)
    day = told.due_on or due.day(said.get("due_on", ""), today(asked.reader))
    return replace(told, owner=owner or (asked.person.id if day else None), due_on=day)
