"""Declaring an incident in two steps: the four questions, then what the desk proposes, or what is open already."""

from collections.abc import Mapping
from typing import Any, Final

from bot.access import stranger
from bot.alert import Alert, AlertStatus
from bot.classification import classify
from bot.errors import UserError
from bot.incident import Priority
from bot.notify.blocks import declaring
from bot.notify.blocks.declaring import NONE, YES
from bot.notify.blocks.modal import Modal, carried, filled
from bot.phrase import Phrase
from bot.report import Report, similar
from handlers import parse
from handlers.answers import worded
from handlers.commands.tools import Tools
from handlers.people import Visitor

GIVEN: Final = ("priority", "environment", "service")


def questions(tools: Tools, visitor: Visitor, report: Report, given: Mapping[str, str] | None = None) -> Modal:
    """The first step. Raises UserError for a stranger. No question to the database: Slack gives three seconds."""
    if visitor.person is None:
        raise UserError(stranger())
    return declaring.questions(tools.reader(visitor.language), report, given or {})


async def judged(tools: Tools, view: Mapping[str, Any], visitor: Visitor) -> Modal:
    """The second step, for the answers to the first. Raises UserError when nothing was said."""
    if visitor.person is None:
        raise UserError(stranger())
    kept = carried(view)
    report = Report.of({**filled(view), "link": kept.get("link")})
    if not report.title:
        raise UserError(Phrase("Say what is wrong, in a few words."))
    desk, given = tools.desk, kept.get("given") or {}
    alert = Alert(
        source="declared", dedup_key="-", status=AlertStatus.FIRING, title=report.title, text=report.text,
        environment=str(given.get("environment", "")), service=str(given.get("service", "")),
    )  # fmt: skip
    found = classify(alert, desk.rules, desk.environments, desk.services, tools.clock.now())
    proposed = {
        "priority": str(given.get("priority") or found.priority or Priority.P2),
        "environment": found.environment,
        "service": found.service,
        "confidential": YES if given.get("confidential") == YES or desk.is_confidential(found.service) else NONE,
    }
    why = Phrase("you said so") if given.get("priority") else found.why
    known = similar(report, found.environment, found.service, await tools.questions.open_incidents())
    return declaring.proposal(tools.reader(visitor.language), desk, report, proposed, why, known)


async def confirmed(tools: Tools, view: Mapping[str, Any], visitor: Visitor) -> Phrase | None:
    """The end: joined to what is open, or opened. None for a repeated delivery."""
    if visitor.person is None:
        raise UserError(stranger())
    chosen, report = filled(view), Report.of(carried(view))
    joins = parse.number(chosen.get("joins", ""))
    if joins is not None:
        return worded(await tools.lifecycle.join(joins, report, visitor.by))
    said = {name: chosen.get(name, "").removeprefix(NONE) for name in GIVEN}
    priority = Priority(said["priority"]) if said["priority"] in set(Priority) else None
    declared = await tools.lifecycle.declare(
        title=report.title, priority=priority, environment=said["environment"], service=said["service"],
        text=report.more, by=visitor.by, report=report, confidential=chosen.get("confidential") == YES,
    )  # fmt: skip
    return worded(declared)
