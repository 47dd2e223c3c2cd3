"""Telling levels: what holds now for all who are told in one transaction, and what is to be written at its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from bot.audit import Entry
from bot.desk import Desk
from bot.incident import Incident
from bot.lifecycle import digest
from bot.message import About, Draft, Kind
from bot.oncall import Booked
from bot.person import Person
from bot.personal import Rules
from bot.phrase import Phrase
from bot.store import audit, escalations, incidents, messages, personal
from bot.store.database import Tx
from bot.store.escalations import FiredLevel


@dataclass(frozen=True, slots=True)
class Paged:
    """`held`: they sleep until then. `in_digest`: a manager who reads of it there. Neither: paged now."""

    held: datetime | None = None
    in_digest: bool = False


@dataclass(slots=True)
class Telling:
    """However many levels are told, their messages and audit lines are three statements: `write` comes last."""

    tx: Tx
    desk: Desk
    now: datetime
    rules: dict[str, Rules]  # of those who chose for themselves
    drafts: list[Draft] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    booked: Sequence[Booked] | None = None

    @classmethod
    async def begin(cls, tx: Tx, desk: Desk) -> Self:
        return cls(tx, desk, await incidents.now(tx), await personal.everybody(tx))

    async def write(self) -> None:
        entries, drafts, self.entries, self.drafts = self.entries, self.drafts, [], []
        await audit.write_all(self.tx, entries)
        await messages.queue_all(self.tx, drafts)

    async def whom(self, targets: Sequence[str]) -> tuple[tuple[Person, ...], tuple[str, ...]]:
        """Everyone and every channel that the targets mean now, once each."""
        if self.booked is None:
            self.booked = await escalations.overrides(self.tx, self.now)
        return meant(self.desk, targets, self.now, self.booked)

    def card(self, incident: Incident, channel: str) -> None:
        self.drafts.append(card(incident, channel))

    def note(self, incident: Incident, said: Phrase) -> None:
        self.drafts.append(note(self.desk, incident, said))

    async def page(
        self, incident: Incident, level: FiredLevel, person: Person, because: Phrase | None = None,
        *, may_wait: bool = False,
    ) -> Paged:  # fmt: skip
        """By each of the person's ways for this priority and hour, some of them later; or in their digest.

        `because`: they are told though somebody is on it; the page is wanted until they answer or it is over.
        `may_wait`: unless it is a P1, it may be held until the end of their night.
        """
        if digest.may_be_instead(self.desk, person):
            await self.write()  # it asks whether others are paged
            if await digest.instead_of_page(self.tx, self.desk, incident, level, person, asked=because is not None):
                return Paged(in_digest=True)
        rules = self.rules.get(person.id) or self.desk.usual_rules
        ways = rules.ways(person, incident.priority, self.now, self.desk.zone, may_wait=may_wait)
        body = {"because": because.to_json()} if because else {}
        for step in ways.steps:
            if (address := person.address(step.kind)) is not None:
                self.drafts.append(
                    Draft(
                        step.kind, About.PAGE, address, incident.number, None, incident.round, level.position,
                        level.name, person.id, body=body, after=step.after,
                    )
                )  # fmt: skip
        return Paged(held=ways.held)


async def whom(tx: Tx, desk: Desk, targets: Sequence[str], at: datetime) -> tuple[tuple[Person, ...], tuple[str, ...]]:
    """Everyone and every channel that the targets meant at that moment, once each."""
    return meant(desk, targets, at, await escalations.overrides(tx, at))


def meant(
    desk: Desk, targets: Sequence[str], at: datetime, booked: Sequence[Booked]
) -> tuple[tuple[Person, ...], tuple[str, ...]]:
    found = [desk.recipients(target, at, booked) for target in targets]
    people = dict.fromkeys(person for recipients in found for person in recipients.people)
    channels = dict.fromkeys(channel for recipients in found for channel in recipients.channels)
    return tuple(people), tuple(channels)


def card(incident: Incident, channel: str) -> Draft:
    """The incident's one card in `channel` is to be posted, or brought up to date."""
    return Draft(Kind.SLACK, About.CARD, channel, incident.number)


def note(desk: Desk, incident: Incident, said: Phrase) -> Draft:
    """A sentence in the thread of the incident's card."""
    return Draft(Kind.SLACK, About.NOTE, desk.incidents_channel, incident.number, body={"phrase": said.to_json()})
