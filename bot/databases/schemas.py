"""Which migrations a service's database really has, for whoever plans to put other code before it."""

import asyncio
from collections.abc import Mapping
from typing import Final

from bot.databases.reading import examine
from bot.phrase import Phrase
from bot.postgres import Applied, DatabaseEntry, Migrations, Part, why_unread
from bot.target import Target

WITHIN: Final = 3.0  # seconds: a rollback waits for it


class AppliedSchemas:
    """Asked for a target: the migrations of its database, why they cannot be told, None where none is configured."""

    def __init__(self, entries: Mapping[str, DatabaseEntry], within: float = WITHIN) -> None:
        self.entries, self.within = entries, within

    async def __call__(self, target: Target) -> Applied:
        place = (target.environment.name, target.service.name)
        meant = [each for each in self.entries.values() if (each.environment, each.service) == place]
        answers = await asyncio.gather(*map(self._of, meant))
        with_list = [each for each in answers if isinstance(each, Migrations) and each.table]
        return next(iter((*with_list, *answers)), None)

    async def _of(self, entry: DatabaseEntry) -> Applied:
        try:
            async with asyncio.timeout(self.within):
                found = await examine(entry, [Part.MIGRATIONS])
        except TimeoutError:
            return Phrase("The database does not answer ({error}).", {"error": TimeoutError.__name__})
        return why_unread(found, Part.MIGRATIONS) or found.migrations
