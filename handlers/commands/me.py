"""`/ecotrajet me`: how I am reached; changed by a form, and tried."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.access import stranger
from bot.errors import UserError
from bot.lifecycle.reach import chosen, unfit
from bot.message import Kind
from bot.notify.blocks.modal import Modal, filled
from bot.notify.blocks.reaching import block_of, delays_in, hours_in, me_card, me_form
from bot.person import Person
from bot.personal import Rules, When
from bot.phrase import Phrase
from bot.target import fold
from handlers.commands import language
from handlers.commands.tools import Asked, Command, Reply, Tools
from handlers.people import Visitor

TEST: Final = frozenset({"test", "essai", "tester"})
EDIT: Final = frozenset({"edit", "change", "modifier", "modifie"})


async def me(tools: Tools, asked: Asked) -> Reply:
    verb = fold(asked.line.verb)
    if verb in TEST:
        return await tools.reach.test(asked.person, asked.by)
    if language.is_meant(verb):
        return await language.language(tools, replace(asked, line=asked.line.rest()))
    shown = me_form if verb in EDIT else me_card
    return shown(
        asked.person, await tools.reach.rules(asked.person), await own_language(tools, asked.person), asked.reader
    )


async def own_language(tools: Tools, person: Person) -> str | None:
    return await tools.reach.languages.of(person.slack or "")


async def form(tools: Tools, visitor: Visitor) -> Modal:
    if visitor.person is None:
        raise UserError(stranger())
    person, reader = visitor.person, tools.reader(visitor.language)
    return me_form(person, await tools.reach.rules(person), await own_language(tools, person), reader)


async def test(tools: Tools, visitor: Visitor) -> Phrase | None:
    if visitor.person is None:
        raise UserError(stranger())
    return await tools.reach.test(visitor.person, visitor.by)


def mistakes(tools: Tools, view: Mapping[str, Any], visitor: Visitor) -> dict[str, str]:
    """By block of the form, what is wrong with it; empty: it may be kept."""
    person = visitor.person
    if person is None:
        return {}
    reader = tools.reader(visitor.language)
    shown = next(kind for kind in (Kind.SMS, Kind.SLACK, Kind.EMAIL, Kind.VOICE) if person.address(kind))
    wrong = unfit(person, chosen_in(person, view))
    return {block_of(priority, shown, when): reader.say(why) for (when, priority), why in wrong.items()}


def chosen_in(person: Person, view: Mapping[str, Any]) -> Rules:
    answers = filled(view)
    return chosen(person, delays_in(answers, When.DAY), delays_in(answers, When.NIGHT), hours_in(answers))


async def keep(tools: Tools, view: Mapping[str, Any], visitor: Visitor) -> Phrase | None:
    if visitor.person is None:
        raise UserError(stranger())
    person = visitor.person
    return await tools.reach.change(person, chosen_in(person, view), language.chosen_in(view), visitor.by)


COMMANDS: Final = (
    Command(
        me, ("me",), ("moi",), "[edit | test | language fr]",
        Phrase("how you are reached, by priority; change it, and send yourself a test"),
    ),
)  # fmt: skip
