"""How somebody wants to be reached: shown, changed by themselves, and tried."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.incident import Priority
from bot.lifecycle import languages
from bot.lifecycle.languages import Languages
from bot.lifecycle.proofs import Proofs
from bot.lifecycle.speaking import channel_name
from bot.message import About, Kind
from bot.person import Person, Step, methods
from bot.personal import Night, Rules, When
from bot.phrase import Phrase
from bot.store import audit, deliveries, messages, personal
from bot.store.database import Database

SOON_ENOUGH: Final = timedelta(minutes=5)
"""By then a P1 has to have reached somebody by something that wakes."""
WAKES: Final = frozenset({Kind.SMS, Kind.VOICE})
Delays = Mapping[tuple[Priority, Kind], timedelta | None]


class Reach:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk, self.proofs = db, desk, Proofs(db, desk)
        self.languages = Languages(db, desk)

    async def rules(self, person: Person) -> Rules:
        """What counts for them: their own choice, else the configuration's; reduced to what they have."""
        async with self.db.transaction() as tx:
            own = await personal.of(tx, person.id)
        return fitted(person, own or self.desk.usual_rules)

    async def change(self, person: Person, rules: Rules, language: str | None, by: Actor) -> Phrase | None:
        """`language` None: as the file says. None: this very delivery was handled before. `unfit` was asked first."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return None
            if rules == fitted(person, self.desk.usual_rules):
                await personal.forget(tx, person.id)
            else:
                await personal.put(tx, person.id, rules)
            told = f"{personal.written(rules.day)} {rules.hours} {personal.written(rules.night)}"
            await audit.write(tx, Entry(by, "reach.changed", on=person.id, result=told[:500]))
            if person.slack is not None:
                await languages.chosen(tx, person.slack, language, by)
        if person.slack is not None:
            self.desk.spoken.heard(person.slack, language)
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


def fitted(person: Person, rules: Rules) -> Rules:
    """Reduced to what they have."""
    day = {priority: methods(person, priority, rules.day) for priority in Priority}
    night = {each: methods(person, each, {each: steps}) if steps else () for each, steps in rules.night.items()}
    return Rules(day, night, rules.hours)


def unfit(person: Person, rules: Rules) -> dict[tuple[When, Priority], Phrase]:
    """Why this choice would let somebody sleep through a page; empty: it is fine.

    By night, P2 and P3 may be left to the morning.
    """
    wrong = {(When.DAY, each): Phrase("Choose at least one way.") for each in Priority if not rules.day.get(each)}
    if rules.night.get(Priority.P1) == ():
        wrong[When.NIGHT, Priority.P1] = Phrase("Choose at least one way.")
    for when in [When.DAY, When.NIGHT] if Priority.P1 in rules.night else [When.DAY]:
        in_time = [step for step in rules.steps(when, Priority.P1) if step.after <= SOON_ENOUGH]
        if (when, Priority.P1) not in wrong and person.phone and not any(step.kind in WAKES for step in in_time):
            wrong[when, Priority.P1] = Phrase(
                "A P1 has to wake you: choose a text message or a call within {length}.", {"length": SOON_ENOUGH}
            )
    return wrong


def chosen(person: Person, delays: Delays, by_night: Delays, hours: Night) -> Rules:
    """From the form: when each way is used, or never. What `by_night` leaves out is as by day."""
    night = {
        priority: in_order(person, priority, {**delays, **by_night})
        for priority in Priority
        if any(of is priority for of, _ in by_night)
    }
    return Rules({priority: in_order(person, priority, delays) for priority in Priority}, night, hours)


def in_order(person: Person, priority: Priority, delays: Delays) -> tuple[Step, ...]:
    """Of one priority, what the person has, in the order in which it comes."""
    steps = [
        Step(kind, after)
        for (of, kind), after in delays.items()
        if of is priority and after is not None and person.address(kind)
    ]
    return tuple(sorted(steps, key=lambda step: step.after))
