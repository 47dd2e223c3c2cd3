"""What a form is filled from: Slack opens one within three seconds of the press, so the database must be quick."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from bot.errors import UserError
from bot.lifecycle import Unavailable
from bot.questions import Questions
from bot.view import IncidentView
from handlers.answers import no_such_incident

WITHIN: Final = 1.5  # seconds
T = TypeVar("T")


async def in_time(asked: Awaitable[T]) -> T:
    """Raises Unavailable when the database takes too long."""
    try:
        async with asyncio.timeout(WITHIN):
            return await asked
    except TimeoutError:
        raise Unavailable("too slow for a form") from None


async def incident_in_time(questions: Questions, number: int) -> IncidentView:
    """Raises UserError when there is none of this number; Unavailable."""
    view = await in_time(questions.incident(number))
    if view is None:
        raise UserError(no_such_incident(number))
    return view
