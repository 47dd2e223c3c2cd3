"""How somebody wants to be reached: shown, changed by themselves, and tried."""

from datetime import timedelta
from typing import Final

from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.incident import Priority
from bot.lifecycle.proofs import Proofs
from bot.lifecycle.speaking import channel_name
from bot.message import About, Kind
from bot.person import Person, Step, Steps, methods
from bot.phrase import Phrase
from bot.store import audit, deliveries, messages, personal
from bot.store.database import Database, Tx

SOON_ENOUGH: Final = timedelta(minutes=5)
"""By then a P1 has to have reached somebody by something that wakes."""
WAKES: Final = frozenset({Kind.SMS, Kind.VOICE})


class Reach:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk, self.proofs = db, desk, Proofs(db, desk)

    async def ways(self, person: Person) -> Steps:
        """What counts for them now, for each priority."""
        async with self.db.transaction() as tx:
            return await ways(tx, self.desk, person)

    async def change(self, person: Person, steps: Steps, by: Actor) -> Phrase | None:
        """None: this very delivery was handled before. `unfit` was asked first."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return None
            if steps == configured(self.desk, person):
                await personal.forget(tx, person.id)
            else:
                await personal.put(tx, person.id, steps)
            await audit.write(tx, Entry(by, "reach.changed", on=person.id, result=str(personal.written(steps))[:500]))
            return Phrase("From now on your pages come the way you chose. To try it: `/ecotrajet me test`.")

    async def test(self, person: Person, by: Actor) -> Phrase | None:
        """A test by everything that they have; a call comes as well, since it is what has to wake them."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return None
            kinds = [kind for kind in (Kind.SLACK, Kind.SMS, Kind.EMAIL, Kind.VOICE) if person.address(kind)]
            said = Phrase(
                "This is a test of the incident desk, asked for by {name}. All is well, there is nothing to do.",
                {"name": by.name},
            )
            for kind in kinds:
                await messages.queue(
                    tx, kind=kind, about=About.TELL, to=person.address(kind) or "", person=person.id,
                    body={"phrase": said.to_json()},
                )  # fmt: skip
            await audit.write(tx, Entry(by, "reach.tested", on=person.id, result=" ".join(kinds)))
            names: str | Phrase = channel_name(kinds[0])
            for kind in kinds[1:]:
                names = Phrase("{some}, {next}", {"some": names, "next": channel_name(kind)})
            told = {"ways": names}
            return Phrase("A test is on its way to you: {ways}. What does not arrive, tell an administrator.", told)

    async def present(self, person: Person, by: Actor) -> Phrase | None:
        """The answer to a drill; None: this very delivery was handled before."""
        return await self.proofs.answer(person, by)

    async def opted(self, person: Person, by: Actor, *, out: bool) -> None:
        """They answered STOP (or START) to a text: said to them elsewhere, for Twilio carries no more texts to them."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return
            said = Phrase("Text messages reach you again.")
            if out:
                said = Phrase(
                    "You answered STOP: no text message reaches you any more, not even for a P1; your other ways are"
                    " used at once. To have them again, send START to the same number."
                )
            await audit.write(tx, Entry(by, "reach.stopped" if out else "reach.started", on=person.id, why=said))
            for kind in (Kind.SLACK, Kind.EMAIL):
                if (address := person.address(kind)) is not None:
                    await messages.queue(
                        tx, kind=kind, about=About.TELL, to=address, person=person.id, body={"phrase": said.to_json()}
                    )
                    return


async def ways(tx: Tx, desk: Desk, person: Person) -> Steps:
    """Their own choice, else the configuration's; reduced to what they have, never to nothing."""
    own = await personal.of(tx, person.id)
    return {priority: methods(person, priority, own or desk.steps) for priority in Priority}


def configured(desk: Desk, person: Person) -> Steps:
    return {priority: desk.methods(person, priority) for priority in Priority}


def unfit(person: Person, steps: Steps) -> dict[Priority, Phrase]:
    """By priority, why this choice would let somebody sleep through a page; empty: it is fine."""
    wrong = {each: Phrase("Choose at least one way.") for each in Priority if not steps.get(each)}
    in_time = [step for step in steps.get(Priority.P1, ()) if step.after <= SOON_ENOUGH]
    if Priority.P1 not in wrong and person.phone and not any(step.kind in WAKES for step in in_time):
        wrong[Priority.P1] = Phrase(
            "A P1 has to wake you: choose a text message or a call within {length}.", {"length": SOON_ENOUGH}
        )
    return wrong


def chosen(person: Person, delays: dict[tuple[Priority, Kind], timedelta | None]) -> Steps:
    """From the form: when each way is used, or never; in the order in which they come."""
    found: dict[Priority, tuple[Step, ...]] = {}
    for priority in Priority:
        steps = [
            Step(kind, after)
            for (of, kind), after in delays.items()
            if of is priority and after is not None and person.address(kind)
        ]
        found[priority] = tuple(sorted(steps, key=lambda step: step.after))
    return found
