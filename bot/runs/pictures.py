"""A picture for one person, sent like any other message: a busy Slack or a crash only makes it late."""

from bot.audit import Actor
from bot.chart import Chart
from bot.desk import Desk
from bot.message import About, Kind
from bot.person import Person
from bot.store import deliveries, messages
from bot.store.database import Database


class Pictures:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def send(self, chart: Chart, to: Person, by: Actor) -> bool:
        """Into their own messages: what it shows is not for everybody in the channel. False: not again, or no Slack."""
        if not to.slack:
            return False
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return False
            await messages.queue(
                tx, kind=Kind.SLACK, about=About.FILE, to=to.slack, person=to.id, body={"chart": chart.to_json()}
            )
            return True
