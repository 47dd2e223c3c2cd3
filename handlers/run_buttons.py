"""Buttons on the cards of runs and of runbooks."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.answers import Repeated
from bot.notify.blocks import procedure
from bot.notify.blocks.tail import STOP as STOP_TAIL
from bot.phrase import Phrase
from handlers import beginning
from handlers.answers import worded
from handlers.commands import runbook
from handlers.commands.tools import Reply, Tools
from handlers.pressed import Press


async def approve(tools: Tools, press: Press) -> Phrase | None:
    """Bound to the plan that was on the card when it was pressed."""
    fingerprint = str(press.value.get("fingerprint") or "-")
    return worded(await tools.runs.approve(press.number("run"), press.visitor.by, fingerprint=fingerprint))


async def reject(tools: Tools, press: Press) -> Phrase | None:
    return worded(await tools.runs.reject(press.number("run"), press.visitor.by))


async def go_back(tools: Tools, press: Press) -> Phrase | None:
    """The rollback of a deployment that turned out ill: asked for, and approved like any other."""
    return worded(await tools.runs.go_back(press.number("run"), press.visitor.by))


async def validate(tools: Tools, press: Press) -> Phrase | None:
    given = await tools.runs.validations.give(press.number("validation"), press.visitor.by)
    return None if isinstance(given, Repeated) else Phrase("Validated: {image}.", {"image": given.image})


async def cancel(tools: Tools, press: Press) -> Phrase | None:
    return worded(await tools.runs.cancel(press.number("run"), press.visitor.by))


async def begin_runbook(tools: Tools, press: Press) -> Reply:
    """The offer on an incident's card."""
    return await beginning.begin(tools, press.visitor, str(press.value.get("runbook")), press.number("incident"))


async def runbook_done(tools: Tools, press: Press) -> Reply:
    answer = await tools.procedures.answer(press.number("step"), True, press.visitor.by)
    return runbook.answered(answer, done=True)


async def runbook_failed(tools: Tools, press: Press) -> Reply:
    answer = await tools.procedures.answer(press.number("step"), False, press.visitor.by)
    return runbook.answered(answer, done=False)


async def runbook_cancel(tools: Tools, press: Press) -> Reply:
    return runbook.cancelled(await tools.procedures.cancel(press.number("runbook"), press.visitor.by))


async def runbook_again(tools: Tools, press: Press) -> Reply:
    return runbook.tried(await tools.procedures.again(press.number("runbook"), press.visitor.by))


async def stop_tail(tools: Tools, press: Press) -> Phrase | None:
    """The log that they follow; its card says that it is over."""
    over = await tools.runs.tails.stop(press.number("tail"), press.visitor.by)
    return Phrase("It was over already.") if over is False else None


BUTTONS: Final[Mapping[str, Callable[[Tools, Press], Awaitable[Reply]]]] = {
    STOP_TAIL: stop_tail,
    "run.approve": approve,
    "run.reject": reject,
    "run.cancel": cancel,
    "run.go_back": go_back,
    "deploy.validate": validate,
    procedure.BEGIN: begin_runbook,
    procedure.DONE: runbook_done,
    procedure.FAILED: runbook_failed,
    procedure.CANCEL: runbook_cancel,
    procedure.AGAIN: runbook_again,
}
