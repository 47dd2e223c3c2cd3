"""Commands of those who work on an incident together: roles, and news for everybody who waits."""

from collections.abc import Mapping
from typing import Any, Final, assert_never

from bot.access import stranger
from bot.answers import AlreadyResolved, NoSuchIncident, Repeated
from bot.audit import Actor
from bot.errors import UserError
from bot.incident import Status
from bot.lifecycle.news import NewsAnswer, NewsFresh, NewsTold
from bot.lifecycle.roles import RoleAnswer, RoleGiven, RoleKept, RoleLeft
from bot.notify.blocks.modal import Modal, carried, filled
from bot.notify.blocks.together import EVERYBODY, news_form, roles_card
from bot.person import Person
from bot.phrase import Phrase, Value
from bot.role import Role, name, role_of
from bot.target import fold
from handlers.answers import no_such_incident, worded
from handlers.commands.incidents import allow_responding
from handlers.commands.responding import named
from handlers.commands.tools import Asked, Command, Reply, Tools
from handlers.people import Visitor
from handlers.reading import incident_in_time

FREE: Final = frozenset({"libre", "free", "nobody", "personne", "-"})
INSIDE: Final = frozenset({"interne", "internal"})


# Roles ------------------------------------------------------------------------------------------------------------


async def role(tools: Tools, asked: Asked) -> Reply:
    """`role 42`, `role 42 pilote`, `role 42 scribe @bruno`, `role 42 pilote libre`."""
    number = asked.number("/ecotrajet role 42 pilote")
    words = list(asked.line.words[1:])
    if not words:
        view = await tools.questions.incident(number)
        return no_such_incident(number) if view is None else roles_card(view.incident, view.roles, asked.reader)
    allow_responding(tools, asked.by.id)
    wanted = next((word for word in words if role_of(word) is not None), None)
    which = role_of(wanted) if wanted is not None else None
    if wanted is None or which is None:
        facts = {"number": number}
        raise UserError(
            Phrase("Which role? pilote, communication or scribe: `/ecotrajet role {number} pilote`.", facts)
        )
    words.remove(wanted)
    to: Person | None = asked.person
    if words and fold(words[0]) in FREE:
        to = None
    elif words:
        people = named(tools, asked, words)
        if len(people) != 1:
            raise UserError(
                Phrase("To whom? One person: `/ecotrajet role {number} pilote @bruno`.", {"number": number})
            )
        to = people[0]
    return role_worded(await tools.lifecycle.give_role(number, which, to, asked.by))


async def take(tools: Tools, number: int, which: str, visitor: Visitor) -> Reply:
    """The menu of the card. Raises UserError."""
    if visitor.person is None:
        raise UserError(stranger())
    allow_responding(tools, visitor.by.id)
    return role_worded(await tools.lifecycle.give_role(number, Role(which), visitor.person, visitor.by))


def role_worded(answer: RoleAnswer) -> Phrase | None:
    match answer:
        case RoleGiven(incident, which, person, _):
            facts: dict[str, Value | Phrase] = {"number": incident.number, "role": name(which), "name": person.name}
            return Phrase("#{number}, {role}: {name}. The list for it comes by message.", facts)
        case RoleKept(incident, which, person):
            facts = {"number": incident.number, "role": name(which), "name": person.name}
            return Phrase("#{number}, {role}: {name} has it already.", facts)
        case RoleLeft(incident, which, _):
            return Phrase("#{number}, {role}: nobody now.", {"number": incident.number, "role": name(which)})
        case AlreadyResolved() | NoSuchIncident() | Repeated():
            return worded(answer)
        case _:
            assert_never(answer)


# News -------------------------------------------------------------------------------------------------------------


async def update(tools: Tools, asked: Asked) -> Reply:
    """`update 42 "…"`; `update 42 --interne "…"`; `update 42` opens the form; `update 42 rien` is nothing new."""
    allow_responding(tools, asked.by.id)
    number = asked.number('/ecotrajet update 42 "…"')
    text = " ".join(asked.line.words[1:])
    if not text:
        return await form(tools, number, asked.by, asked.reader.language)
    if fold(text) in {"rien", "rien de neuf", "nothing", "nothing new"}:
        text = ""
    public = not INSIDE & set(asked.line.options)
    return news_worded(await tools.lifecycle.tell_news(number, text, asked.by, public=public))


async def form(tools: Tools, number: int, by: Actor, language: str) -> Modal:
    """Raises UserError; Unavailable when the database takes too long."""
    allow_responding(tools, by.id)
    view = await incident_in_time(tools.questions, number)
    if view.incident.status is Status.RESOLVED:
        raise UserError(Phrase("#{number} is resolved already.", {"number": number}))
    seen = view.for_reader(by.id)
    return news_form(seen.incident, seen.news, tools.reader(language))


async def sent(tools: Tools, view: Mapping[str, Any], visitor: Visitor) -> Phrase | None:
    """What to say to whoever submitted the form. Raises UserError."""
    if visitor.person is None:
        raise UserError(stranger())
    allow_responding(tools, visitor.by.id)
    said, number = filled(view), int(carried(view).get("incident", 0))
    text, public = said.get("text", "").strip(), said.get("readers", EVERYBODY) == EVERYBODY
    return news_worded(await tools.lifecycle.tell_news(number, text, visitor.by, public=public))


async def nothing(tools: Tools, number: int, by: Actor) -> Phrase | None:
    """The one tap."""
    allow_responding(tools, by.id)
    return news_worded(await tools.lifecycle.tell_news(number, "", by))


def news_worded(answer: NewsAnswer) -> Phrase | None:
    match answer:
        case NewsTold(incident, None, _):
            return Phrase("Told for #{number}.", {"number": incident.number})
        case NewsTold(incident, until, _):
            return Phrase("Told for #{number}; next news by {at}.", {"number": incident.number, "at": until or ""})
        case NewsFresh(incident):
            return Phrase("Something was told for #{number} a moment ago.", {"number": incident.number})
        case AlreadyResolved() | NoSuchIncident() | Repeated():
            return worded(answer)
        case _:
            assert_never(answer)


COMMANDS: Final = (
    Command(
        update, ("update", "news"), ("nouvelles", "info", "point"), "N [--interne] \"…\"",
        Phrase("tell what is new: channel, status page and managers"), flags=INSIDE, of_incident=True, free_text=True,
    ),
    Command(
        role, ("role", "roles"), ("rôle", "rôles"), Phrase("N [pilote|communication|scribe] [@person|libre]"),
        Phrase("who pilots, communicates, takes notes; take or give a role"), of_incident=True,
    ),
)  # fmt: skip
