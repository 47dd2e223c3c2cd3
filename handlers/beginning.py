"""Beginning a runbook from an incident's card: at once, or by a form when it has to be told something."""

from collections.abc import Mapping
from typing import Any

from bot.access import stranger
from bot.answers import Repeated
from bot.errors import UserError
from bot.incident import Incident
from bot.notify.blocks.beginning import CONFIRM, beginning
from bot.notify.blocks.modal import carried, filled
from bot.phrase import Phrase
from bot.runs.procedures import Start
from handlers.commands import runbook
from handlers.commands.tools import Reply, Tools
from handlers.people import Visitor
from handlers.reading import incident_in_time


async def begin(tools: Tools, visitor: Visitor, name: str, number: int) -> Reply:
    """Where the incident is. Raises UserError; Unavailable when the database takes too long."""
    procedure = tools.procedures.named(name)
    words = words_of(await _incident(tools, number))
    confirm = tools.procedures.to_confirm(procedure, words)
    if procedure.parameters or confirm:
        return beginning(procedure, number, confirm, tools.reader(visitor.language))
    return runbook.begun(await tools.procedures.begin(Start(name, words, incident=number), visitor.by))


async def sent(tools: Tools, view: Mapping[str, Any], visitor: Visitor) -> Phrase | None:
    """What to say to whoever submitted the form. Raises UserError."""
    if visitor.person is None:
        raise UserError(stranger())
    said, about = filled(view), carried(view)
    number = int(about.get("incident", 0))
    given = {key.removeprefix("given-"): value for key, value in said.items() if key.startswith("given-") and value}
    words = words_of(await _incident(tools, number))
    start = Start(str(about.get("runbook")), words, given, number, said.get(CONFIRM) or None)
    answer = await tools.procedures.begin(start, visitor.by)
    return None if isinstance(answer, Repeated) else runbook.said_of(answer)


def words_of(incident: Incident) -> list[str]:
    return [word for word in (incident.environment, incident.service) if word]


async def _incident(tools: Tools, number: int) -> Incident:
    return (await incident_in_time(tools.questions, number)).incident
