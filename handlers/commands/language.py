"""`/ecotrajet language`: in which language one is spoken to. For everybody, also for whoever is not in the file."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.audit import Actor
from bot.errors import UserError
from bot.language import LANGUAGES, own_name
from bot.notify.blocks.language import FIELD, USUAL, language_card
from bot.notify.blocks.modal import filled
from bot.person import Person
from bot.phrase import Phrase
from bot.target import fold
from handlers.commands.tools import Asked, Command, Reply, Tools
from handlers.people import Visitor

WORDS: Final[Mapping[str, str | None]] = {
    **{fold(name): code for code in LANGUAGES for name in (code, own_name(code))},
    "french": "fr", "anglais": "en",
    **dict.fromkeys((USUAL, "auto", "default", "defaut", "configuration"), None),
}  # fmt: skip
"""What people type, and the language that they mean; None: as it is configured."""


async def language(tools: Tools, asked: Asked) -> Reply:
    return await spoken(tools, asked.line.words, asked.person, asked.person.slack or "", asked.by)


async def for_anybody(tools: Tools, words: Sequence[str], visitor: Visitor) -> Reply:
    """The same for somebody whom the file does not name."""
    return await spoken(tools, words, visitor.person, visitor.slack_user, visitor.by)


async def spoken(tools: Tools, words: Sequence[str], person: Person | None, user: str, by: Actor) -> Reply:
    """Without a word, what counts now; else that is chosen. Raises UserError for a language that we do not speak."""
    if words:
        return await choose(tools, meant(words[0]), person, user, by)
    return language_card(await tools.reach.languages.of(user), tools.reader(tools.desk.language_of(person, user)))


async def choose(tools: Tools, wanted: str | None, person: Person | None, user: str, by: Actor) -> Reply:
    """None: this very delivery was handled before. The answer is in the language chosen already."""
    if not await tools.reach.languages.choose(user, wanted, by):
        return None
    return language_card(wanted, tools.reader(tools.desk.language_of(person, user)))


async def pressed(tools: Tools, value: Mapping[str, Any], visitor: Visitor) -> Reply:
    """A choice in the menu."""
    wanted = meant(str(value.get("language")))
    return await choose(tools, wanted, visitor.person, visitor.slack_user, visitor.by)


def meant(word: str) -> str | None:
    said = fold(word)
    short = said.replace("_", "-").partition("-")[0]  # `fr-FR`
    for each in (said, short):
        if each in WORDS:
            return WORDS[each]
    names = {"word": word, "known": ", ".join(f"`{code}` ({own_name(code)})" for code in LANGUAGES)}
    raise UserError(Phrase("I do not speak “{word}”. I speak: {known}.", names))


def chosen_in(view: Mapping[str, Any]) -> str | None:
    """From the form of one's settings."""
    said = filled(view).get(FIELD, USUAL)
    return said if said in LANGUAGES else None


COMMANDS: Final = (
    Command(
        language, ("language", "lang"), ("langue",), "[fr | en | auto]",
        Phrase("the language in which I speak to you: here, by text, call and mail"),
    ),
)  # fmt: skip


def is_meant(word: str) -> bool:
    """Whether a command is this one, which is open to everybody."""
    return fold(word) in {*COMMANDS[0].names, *COMMANDS[0].french}
