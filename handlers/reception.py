"""What every HTTP door of alerts has in common: the table of sources, the intake, and the folder for outages."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NoReturn

import structlog

from bot.lifecycle import Unavailable
from bot.source import SourceEntry
from handlers.flood import Backlog, Flood
from handlers.intake import Intake, IsSignOfLife, NotTaken, Taken, take
from handlers.refused import Delivery, Refused
from handlers.sources import SOURCES, Source
from handlers.sources.configured import configured

log = structlog.get_logger(__name__)

ABANDONED: Final = timedelta(seconds=30)  # a stored body nobody has read since then belonged to a process that died


class Reception:
    """Stores first, then reads, then acts. `sources`: the built-in ones and the configuration's, by name."""

    def __init__(
        self, intake: Intake, refused: Refused, entries: Mapping[str, SourceEntry] = MappingProxyType({}),
        is_sign_of_life: IsSignOfLife | None = None, backlog: Backlog | None = None,
    ) -> None:  # fmt: skip
        self.flood = Flood(backlog) if backlog is not None else None
        self.is_sign_of_life = is_sign_of_life
        self.intake, self.refused, self.entries = intake, refused, entries
        self.sources = configured(entries)

    async def take_or_put_by(self, delivery: Delivery) -> Taken | NotTaken | None:
        """None: it is stored, and acted upon as soon as what came before it is. Raises Unavailable, as `take`."""
        flood = self.flood
        if flood is None or not flood.takes(delivery.body) or self.refused.waiting:
            return await self.take(delivery)
        try:
            await flood.put_by(delivery)
        except (Unavailable, OSError) as away:
            await self._refuse(delivery, away)
        return None

    async def take(self, delivery: Delivery) -> Taken | NotTaken:
        """Raises Unavailable when the database is away: then the body is on disk, and taken in later."""
        try:
            await self._older_ones_first()
            return await self._take(delivery)
        except (Unavailable, OSError) as away:
            await self._refuse(delivery, away)

    async def _refuse(self, delivery: Delivery, away: Exception) -> NoReturn:
        log.warning("not stored: the database is away", source=delivery.source, error=str(away))
        try:
            await self.refused.keep(delivery)
        except OSError as error:
            log.error("not kept on disk either", source=delivery.source, error=str(error))
        raise Unavailable(delivery.source)

    async def take_in(self) -> None:
        """What came while the database was away, and what a process that died had stored unread. For each round."""
        await self._older_ones_first()
        for kept, source, headers, body in await self.intake.unread_bodies(ABANDONED):
            await self._take(Delivery(source, dict(headers), body, kept))

    async def catch_up(self) -> None:
        """For ever: what a flood left to be done."""
        if self.flood is not None:
            await self.flood.run(self._take)

    async def _older_ones_first(self) -> None:
        await self.refused.take_in(self._take)

    async def _take(self, delivery: Delivery) -> Taken | NotTaken:
        source = self.sources.get(delivery.source) or unknown_source(delivery.source)
        return await take(self.intake, source, delivery, self.is_sign_of_life)


def unknown_source(name: str) -> Source:
    """A body of a source that this version no longer has: shown as not understood, not lost."""
    return Source(name, SOURCES["generic"].parse)
