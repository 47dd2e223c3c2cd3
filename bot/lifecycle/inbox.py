"""Texts that are asked for rather than brought: each is acted on once, and answered by a text."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk
from bot.inbound import Text
from bot.message import About, Kind
from bot.person import Person
from bot.phrase import Phrase
from bot.store import inbox, messages
from bot.store.database import Database

OVERLAP: Final = timedelta(minutes=10)
"""A text may come into the provider's list later than its time says: so far back is read again."""
FATE_WITHIN: Final = timedelta(minutes=15)
AT_ONCE: Final = 20


class Inbox:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def turn(self, number: str, every: timedelta) -> datetime | None:
        """From when on the texts to `number` are to be asked for; None: another replica has just done it."""
        async with self.db.transaction() as tx:
            return await inbox.turn(tx, number, every, OVERLAP)

    async def unheard(self, texts: Sequence[Text]) -> list[Text]:
        async with self.db.transaction() as tx:
            new = await inbox.unheard(tx, [text.sid for text in texts])
            return [text for text in texts if text.sid in new]

    async def answered(self, text: Text, person: Person | None, said: Phrase) -> None:
        """It was acted upon; `said` goes back once."""
        async with self.db.transaction() as tx:
            if await inbox.heard(tx, text.sid):
                await messages.queue(
                    tx, kind=Kind.SMS, about=About.TELL, to=text.sender, person=person.id if person else None,
                    body={"phrase": said.to_json()},
                )  # fmt: skip

    async def read(self, number: str, texts: Sequence[Text]) -> None:
        """All of these were acted upon."""
        async with self.db.transaction() as tx:
            await inbox.read(tx, number, max(text.sent_at for text in texts))

    async def unsettled(self) -> list[tuple[Kind, str]]:
        """Texts and calls of ours whose fate the provider may know by now."""
        async with self.db.transaction() as tx:
            return await inbox.unsettled(tx, FATE_WITHIN, AT_ONCE)
