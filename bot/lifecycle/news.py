"""Telling news of an incident: to the channel, the status page and the managers; asking for it when it is due."""

from dataclasses import dataclass
from datetime import datetime

from bot.answers import AlreadyResolved, NoSuchIncident, Repeated
from bot.audit import DESK, Actor, Entry
from bot.desk import Desk
from bot.incident import Incident, Priority, Status
from bot.lifecycle import following, speaking, veil
from bot.lifecycle.deadlines import plan_news
from bot.lifecycle.hands import answered, direct
from bot.lifecycle.responding import name, over
from bot.message import About, Ask, Kind
from bot.news import LONGEST, NOTHING, SOON, WRITE
from bot.phrase import Phrase, Value
from bot.role import Role
from bot.store import audit, incidents, messages, news, pages, roles
from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class NewsTold:
    """`until`: when the next are due; None: they are not asked for. `managers`: how many were told."""

    incident: Incident
    until: datetime | None
    managers: int


@dataclass(frozen=True, slots=True)
class NewsFresh:
    """Something was told a moment ago: nothing is added."""

    incident: Incident


NewsAnswer = NewsTold | NewsFresh | AlreadyResolved | NoSuchIncident | Repeated


async def tell(tx: Tx, desk: Desk, number: int, text: str, by: Actor, *, public: bool) -> NewsAnswer:
    """An empty `text`: nothing new; then managers are left in peace. What is confidential is never `public`."""
    incident = await incidents.lock(tx, number)
    if incident is None:
        return NoSuchIncident(number)
    if incident.status is Status.RESOLVED:
        return over(desk, incident)
    now = await incidents.now(tx)
    last = (await news.latest(tx, [number])).get(number)
    if not text and last is not None and now - last.at < SOON:
        return NewsFresh(incident)
    text, public = " ".join(text.split())[:LONGEST], public and not incident.confidential
    await news.insert(tx, number, by.id, text, public)
    until = await plan_news(tx, desk, incident)
    facts: dict[str, Value | Phrase] = {"name": by.name, "text": text}
    said = Phrase("📣 {name}: {text}", facts) if text else Phrase("📣 {name}: nothing new, work goes on", facts)
    if until is not None:
        said = Phrase("{said} · next news by {at}", {"said": said, "at": until})
    await audit.write(tx, Entry(by, "news.told", number, why=said, result="public" if public else "internal"))
    await speaking.card(tx, incident, desk.incidents_channel)
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.NOTE, to=desk.incidents_channel, incident=number,
        body={"phrase": said.to_json(), "broadcast": bool(text)},
    )  # fmt: skip
    for row in await news.questions(tx, number):
        await answered(tx, row["recipient"], row["person"], row["provider_id"], said)
    if text:
        await following.tell(tx, desk, incident, said, by.id)
    told = await tell_managers(tx, desk, incident, text, by) if text else 0
    return NewsTold(incident, until, told)


async def tell_managers(tx: Tx, desk: Desk, incident: Incident, text: str, by: Actor) -> int:
    """Of a P1 all of them, else those who were told of it; in their messages, else by mail. Of what is confidential
    only those who handle it.
    """
    told = await pages.people(tx, incident.number)
    managers = [
        each
        for each in desk.people
        if desk.is_manager(each) and each != by.id and (each in told or incident.priority is Priority.P1)
        and await veil.may_see(tx, incident, each)
    ]  # fmt: skip
    environment = desk.environments.get(incident.environment)
    place = " · ".join(each for each in (environment.label if environment else "", incident.service) if each)
    facts: dict[str, Value | Phrase] = {"number": incident.number, "place": place or "?", "text": text, "name": by.name}
    said = Phrase("📣 News of #{number} ({place}), from {name}: {text}", facts)
    return sum([await direct(tx, desk, each, said) for each in managers])


async def ask(tx: Tx, desk: Desk, incident: Incident) -> None:
    """News are due: whoever does the communication is asked, else the pilot, else the owner; then again later."""
    await plan_news(tx, desk, incident)
    held = {row.role: row.person for row in await roles.of_incident(tx, incident.number)}
    who = held.get(Role.COMMUNICATION) or held.get(Role.PILOT) or incident.acknowledged_by
    person = desk.people.get(who or "")
    if person is None:
        return
    number = incident.number
    said = Phrase(
        '📣 #{number} {title}: news are due. What is new? `/ecotrajet update {number} "…"`',
        {"number": number, "title": incident.title[:100]},
    )
    why = Phrase("{name} was asked for news", {"name": name(desk, who)})
    await audit.write(tx, Entry(DESK, "news.asked", number, on=person.id, why=why))
    if person.slack is None:
        await direct(tx, desk, person.id, said)
        return
    nothing = Ask(Phrase("Nothing new"), NOTHING, {"incident": number})
    write = Ask(Phrase("Give news"), WRITE, {"incident": number})
    body = {"phrase": said.to_json(), "button": nothing.to_json(), "more": [write.to_json()]}
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.ASK, to=person.slack, incident=number, person=person.id, body=body
    )
