"""The calendar's part of looking back: each day it asks whether a week or a month is over that is to be told."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.lifecycle.reviews import Reviews
from bot.review import Settings
from bot.worker.cron import Daily
from bot.worker.queue import Entrypoint

REPORTS: Final = "reports"


def chores(settings: Settings | None) -> tuple[Daily, ...]:
    return (Daily(REPORTS, settings.at),) if settings else ()


def entrypoints(reviews: Reviews) -> Mapping[str, Entrypoint]:
    async def tell(slot: str) -> None:
        await reviews.tell(date.fromisoformat(slot))

    return {REPORTS: Entrypoint(tell, at_once=1)}
