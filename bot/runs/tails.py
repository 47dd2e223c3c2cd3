"""Following a log: begun and stopped by people, shown by the worker, over by itself."""

from bot.answers import Repeated
from bot.audit import Actor
from bot.desk import Desk
from bot.errors import UserError
from bot.message import About, Kind
from bot.person import Person
from bot.phrase import Phrase
from bot.store import deliveries, messages, tails
from bot.store.database import Database, Tx
from bot.tail import FOR, Tail
from bot.target import Target


class Tails:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def begin(self, target: Target, word: str, person: Person, by: Actor) -> Tail | Repeated:
        """In the place of the one they follow now. `by` may read there. Raises UserError: Slack does not reach them."""
        if not person.slack:
            raise UserError(Phrase("I do not know your Slack account, so that I cannot write to you."))
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            before = await tails.of_person(tx, person.id)
            if before is not None:
                await self.over(tx, before, stopped=True)
            place = (target.environment.name, target.service.name)
            return await tails.begin(tx, place, word, person.id, person.slack, FOR)

    async def stop(self, number: int, by: Actor) -> bool | Repeated:
        """False: it was over already. Raises UserError: it is not theirs."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            tail = await tails.get(tx, number)
            if tail is None or tail.person != by.id:
                raise UserError(Phrase("Only whoever follows a log stops it."))
            return await self.over(tx, tail, stopped=True)

    # The worker's ------------------------------------------------------------------------------------------------

    async def due(self) -> list[tuple[Tail, bool]]:
        """To be looked at now, and whether for the last time."""
        async with self.db.transaction() as tx:
            return await tails.take_due(tx)

    async def saw(self, tail: Tail, text: str, problem: Phrase | None, *, last: bool) -> None:
        """An edit where there is something new, and at the end."""
        async with self.db.transaction() as tx:
            new = await tails.show(tx, tail.id, text, problem)
            if last:
                await self.over(tx, tail, stopped=False)
            elif new:
                await self._edit(tx, tail)

    async def over(self, tx: Tx, tail: Tail, *, stopped: bool) -> bool:
        ended = await tails.end(tx, tail.id, stopped=stopped)
        if ended:
            await self._edit(tx, tail)
        return ended

    async def _edit(self, tx: Tx, tail: Tail) -> None:
        after = await tails.wait(tx, tail.id)
        await messages.queue(
            tx, kind=Kind.SLACK, about=About.TAIL, to=tail.to, person=tail.person, tail=tail.id, after=after
        )
