"""The table of modals: what follows a submission. The ack itself says so, hence the haste."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog

from bot.errors import UserError
from bot.lifecycle import Unavailable
from bot.notify.blocks.beginning import BEGINNING
from bot.notify.blocks.declaring import ASKED, JUDGED
from bot.notify.blocks.escalating import ESCALATE
from bot.notify.blocks.modal import Modal
from bot.notify.blocks.reaching import ME
from bot.notify.blocks.resolving import RESOLVE
from bot.notify.blocks.together import FORM as NEWS
from bot.phrase import Phrase
from handlers import beginning, declaring, escalating, resolving
from handlers.commands import me, together
from handlers.commands.tools import Tools
from handlers.people import Visitor

log = structlog.get_logger("slack")

WITHIN: Final = 2.0  # seconds for what the ack carries; Slack waits for three
View = Mapping[str, Any]

STEPS: Final[Mapping[str, Callable[[Tools, View, Visitor], Awaitable[Modal]]]] = {ASKED: declaring.judged}
"""By callback_id: a submission that another modal follows."""
ENDS: Final[Mapping[str, Callable[[Tools, View, Visitor], Awaitable[Phrase | None]]]] = {
    JUDGED: declaring.confirmed,
    ME: me.keep,
    ESCALATE: escalating.sent,
    RESOLVE: resolving.sent,
    NEWS: together.sent,
    BEGINNING: beginning.sent,
}
"""By callback_id: a submission that closes the modal; then it is worked on."""


CHECKS: Final[Mapping[str, Callable[[Tools, View, Visitor], Mapping[str, str]]]] = {ME: me.mistakes}
"""By callback_id: what is wrong with the answers, by block; nothing: it closes. At once, without the database."""


async def following(tools: Tools, view: View, visitor: Visitor) -> dict[str, Any]:
    """What the ack of a submission carries; {} closes the modal. Never raises: Slack would wait in vain."""
    step = STEPS.get(str(view.get("callback_id")))
    if step is None:
        return _wrong(tools, view, visitor)
    try:
        async with asyncio.timeout(WITHIN):
            return {"response_action": "update", "view": (await step(tools, view, visitor)).view}
    except UserError as refused:
        said = refused.phrase
    except (Unavailable, TimeoutError):
        said = Phrase("The desk's database does not answer, so nothing was changed. Try again in a moment.")
    except Exception:
        log.exception("a modal broke", callback=view.get("callback_id"))
        said = Phrase("Something went wrong on our side. Try again, or type `/ecotrajet declare` and what is wrong.")
    return {"response_action": "errors", "errors": {_first_input(view): tools.reader(visitor.language).say(said)}}


def _wrong(tools: Tools, view: View, visitor: Visitor) -> dict[str, Any]:
    check = CHECKS.get(str(view.get("callback_id")))
    try:
        wrong = check(tools, view, visitor) if check is not None else {}
    except Exception:
        log.exception("a modal broke", callback=view.get("callback_id"))
        return {}
    return {"response_action": "errors", "errors": dict(wrong)} if wrong else {}


async def end(tools: Tools, view: View, visitor: Visitor) -> Phrase | None:
    """What to say to whoever submitted; None: nothing. Raises UserError."""
    ended = ENDS.get(str(view.get("callback_id")))
    return await ended(tools, view, visitor) if ended is not None else None


def _first_input(view: View) -> str:
    """Slack shows errors under inputs only."""
    blocks = view.get("blocks", [])
    return next((str(block.get("block_id")) for block in blocks if block.get("type") == "input"), "what")
