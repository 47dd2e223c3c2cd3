"""What those say and want who are not handling an incident: of a page that reached them, and what they follow."""

from bot.answers import NoSuchIncident, Repeated
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.lifecycle import verdicts
from bot.phrase import Phrase
from bot.store import audit, deliveries, incidents, subscriptions
from bot.store.database import Database
from bot.subscription import Subject, What
from bot.verdict import Verdict


class Audience:
    """Every method is one transaction; raises `store.database.Unavailable`."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def judge(self, number: int, verdict: Verdict, by: Actor) -> Phrase | Repeated:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await verdicts.say(tx, number, verdict, by)

    async def follow(self, subject: Subject, by: Actor) -> Phrase | NoSuchIncident | Repeated:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            number = int(subject.name) if subject.what is What.INCIDENT else None
            if number is not None and await incidents.get(tx, number) is None:
                return NoSuchIncident(number)
            if not await subscriptions.add(tx, by.id, subject):
                return Phrase("You follow {what} already.", {"what": subject.said()})
            await audit.write(tx, Entry(by, "subscription.made", number, on=subject.key))
            return Phrase("You follow {what}: moves and news come to your messages.", {"what": subject.said()})

    async def unfollow(self, subject: Subject, by: Actor) -> Phrase | Repeated:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            if not await subscriptions.remove(tx, by.id, subject):
                return Phrase("You did not follow {what}.", {"what": subject.said()})
            await audit.write(tx, Entry(by, "subscription.ended", on=subject.key))
            return Phrase("You no longer follow {what}.", {"what": subject.said()})

    async def followed(self, person: str) -> list[Subject]:
        async with self.db.transaction() as tx:
            return await subscriptions.of_person(tx, person)
