"""Queueing what is to be said about an incident: rows of the outbox, in the transaction of what they tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.audit import DESK, Entry
from bot.carrier import VIA, may_help
from bot.desk import Desk
from bot.incident import Incident, Priority
from bot.lifecycle import digest, telling
from bot.lifecycle.telling import Telling
from bot.message import About, Kind, Message, State
from bot.person import Person, next_method
from bot.phrase import Phrase
from bot.store import audit, messages, pages, responders
from bot.store.database import Tx
from bot.store.escalations import FiredLevel

ASKED: Final = 10_000
"""Levels of pages from here on: somebody asked for this person; what follows is the row of `responder`."""


async def card(tx: Tx, incident: Incident, channel: str) -> None:
    """The incident's one card in `channel` is to be posted, or brought up to date."""
    await messages.queue_all(tx, [telling.card(incident, channel)])


async def brought_up_to_date(tx: Tx, desk: Desk, incident: Incident) -> None:
    """The card and every page that stands in somebody's Slack: no button keeps asking for what is done."""
    await card(tx, incident, desk.incidents_channel)
    await pages.edit(tx, incident.number)
    await digest.changed(tx, desk, incident)


async def note(tx: Tx, desk: Desk, incident: Incident, said: Phrase) -> None:
    """A sentence in the thread of the incident's card."""
    await messages.queue_all(tx, [telling.note(desk, incident, said)])


async def ask(
    tx: Tx, desk: Desk, incident: Incident, person: Person, by: str, because: Phrase, *, takes_over: bool = False,
    level_name: str = "",
) -> None:  # fmt: skip
    """Page somebody for themselves, whoever is on it; their answer counts."""
    row = await responders.ask(tx, incident.number, person.id, by, takes_over=takes_over)
    to_tell = await Telling.begin(tx, desk)
    level = FiredLevel(incident.number, incident.round, ASKED + row, level_name, (), to_tell.now, timedelta(0))
    await to_tell.page(incident, level, person, because)
    await to_tell.write()


@dataclass(frozen=True, slots=True)
class Page:
    """Whose page, and of which level."""

    incident: int
    round: int
    level: int
    level_name: str
    person: Person


async def page_by(
    tx: Tx, of: Page, kind: Kind, attempt: int, after: timedelta = timedelta(0),
    body: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    address = of.person.address(kind)
    if address is not None:
        await messages.queue(
            tx, kind=kind, about=About.PAGE, to=address, incident=of.incident, round=of.round, level=of.level,
            level_name=of.level_name, person=of.person.id, attempt=attempt, after=after, body=body,
        )  # fmt: skip


async def page_failed(tx: Tx, desk: Desk, failed: Message, why: Phrase) -> bool:
    """A page will not arrive by this channel: the person's next one takes over now. False: they have none left."""
    person = desk.people.get(failed.person or "")
    if person is None or failed.incident is None:
        return False
    said = Phrase(
        "{name} could not be reached by {channel} ({why})",
        {"name": person.name, "channel": channel_name(failed.kind), "why": why},
    )
    await audit.write(tx, Entry(DESK, "page.failed", failed.incident, on=person.id, why=said, result=failed.kind))
    if await by_second(tx, desk, failed, why):
        return True
    if await pages.hasten(tx, failed):
        return True
    kind = next_method(person, await pages.kinds_tried(tx, failed))
    if kind is None:
        return False
    of = Page(failed.incident, failed.round, failed.level, failed.level_name, person)
    await page_by(tx, of, kind, failed.attempt + 1, body=failed.body)
    return True


def second_may_help(desk: Desk, failed: Message, reason: str) -> bool:
    """Whether a text that Twilio did not send is worth asking the second provider for."""
    fresh = failed.kind is Kind.SMS and VIA not in failed.body
    return fresh and desk.second_sms is not None and may_help(reason)


async def by_second(tx: Tx, desk: Desk, failed: Message, why: Phrase) -> bool:
    """The second provider is asked for this text now. False: there is none, or it would be of no use."""
    reason = str(why.values.get("reason", ""))
    if desk.second_sms is None or not second_may_help(desk, failed, reason):
        return False
    via = desk.second_sms.via
    asked = await messages.queue(
        tx, kind=Kind.SMS, about=failed.about, to=failed.to, incident=failed.incident, run=failed.run,
        round=failed.round, level=failed.level, level_name=failed.level_name, person=failed.person,
        attempt=failed.attempt + 1, body={**failed.body, VIA: via},
    )  # fmt: skip
    said = Phrase("Twilio did not send it ({why}): {provider} is asked at once", {"why": why, "provider": via.upper()})
    await audit.write(
        tx, Entry(DESK, "message.rerouted", failed.incident, failed.run, on=failed.person or "", why=said, result=via)
    )
    return asked is not None


async def tell(tx: Tx, desk: Desk, incident: Incident, who: str | None, said: Phrase) -> None:
    """A sentence in somebody's messages; of a source or a stranger nothing comes."""
    person = desk.people.get(who or "")
    if person is not None and person.slack is not None:
        await messages.queue(
            tx, kind=Kind.SLACK, about=About.TELL, to=person.slack, incident=incident.number, person=person.id,
            body={"phrase": said.to_json()},
        )  # fmt: skip


async def remind(tx: Tx, desk: Desk, incident: Incident, who: str, said: Phrase, short: Phrase) -> None:
    """To an owner, in Slack with its button; the critical ones also as a text message."""
    person = desk.people.get(who)
    if person is None:
        return
    ways = [(Kind.SLACK, said)] if person.slack else []
    ways += [(Kind.SMS, short)] if person.phone and (incident.priority is Priority.P1 or not ways) else []
    for kind, words in ways or [(Kind.EMAIL, said)]:
        if (address := person.address(kind)) is not None:
            await messages.queue(
                tx, kind=kind, about=About.REMINDER, to=address, incident=incident.number, round=incident.round,
                person=person.id, body={"phrase": words.to_json()},
            )  # fmt: skip


async def update(tx: Tx, desk: Desk, incident: Incident, who: str) -> None:
    """To a manager, by Slack or else by mail: how it stands when the message leaves."""
    person = desk.people.get(who)
    kind = next((kind for kind in (Kind.SLACK, Kind.EMAIL) if person and person.address(kind)), None)
    if person is not None and kind is not None and (address := person.address(kind)):
        await messages.queue(tx, kind=kind, about=About.UPDATE, to=address, incident=incident.number, person=person.id)


async def drop(tx: Tx, message: Message, owner: str, why: Phrase) -> None:
    await messages.move(tx, message.id, State.DROPPED, owner, why=why)
    if message.about is About.PAGE:
        await audit.write(
            tx, Entry(DESK, "page.dropped", message.incident, on=message.person or "", why=why, result=message.kind)
        )


def channel_name(kind: Kind) -> Phrase:
    match kind:
        case Kind.SLACK:
            return Phrase("Slack")
        case Kind.SMS:
            return Phrase("SMS")
        case Kind.VOICE:
            return Phrase("phone call")
        case Kind.EMAIL:
            return Phrase("email")
