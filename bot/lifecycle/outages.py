"""Parts of the desk that do not answer are said on the incidents that need them: once, and once more when they do."""

from typing import Final

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.lifecycle import speaking
from bot.message import Message
from bot.phrase import Phrase
from bot.reason import worded
from bot.store import audit, incidents
from bot.store.database import Database, Tx

AWAY: Final = "part.away"
BACK: Final = "part.back"


class Outages:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def engine(self, engine: str, environment: str, service: str, *, away: bool) -> None:
        """The container engine on which this service runs answers, or does not: told to whom it is news."""
        async with self.db.transaction() as tx:
            for number in await incidents.to_hear_of(tx, environment, service, f"engine:{engine}", away=away):
                await self._engine(tx, number, engine, environment, away=away)

    async def _engine(self, tx: Tx, number: int, engine: str, environment: str, *, away: bool) -> None:
        """Under the incident's lock it is asked again: two replicas say it once."""
        incident = await incidents.lock(tx, number)
        last = await audit.latest(tx, number, (AWAY, BACK), on=f"engine:{engine}")
        if incident is None or (last == AWAY) is away:
            return
        place = self.desk.environments[environment]
        facts = {"environment": place.label or environment}
        said = Phrase("🐳 The container engine of {environment} answers again", facts)
        if away:
            said = Phrase(
                "🐳 The container engine of {environment} does not answer: no look into it, no restart and no rollback"
                " until it does",
                facts,
            )
        await audit.write(tx, Entry(DESK, AWAY if away else BACK, number, on=f"engine:{engine}", why=said))
        await speaking.note(tx, self.desk, incident, said)


async def channel(tx: Tx, desk: Desk, page: Message, reason: str) -> None:
    """Pages of this incident do not get out by this channel, which is tried on; once for each incident."""
    incident = await incidents.lock(tx, page.incident) if page.incident is not None else None
    if incident is None or await audit.latest(tx, incident.number, (AWAY,), on=f"channel:{page.kind}") is not None:
        return
    said = Phrase(
        "⚠️ {channel} does not work at the moment ({why}): it is tried again, and the other ways are used",
        {"channel": speaking.channel_name(page.kind), "why": worded(reason[:100])},
    )
    await audit.write(tx, Entry(DESK, AWAY, incident.number, on=f"channel:{page.kind}", why=said))
    await speaking.note(tx, desk, incident, said)
