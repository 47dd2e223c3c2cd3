"""`/ecotrajet <verb> …`: the one table of commands, from which help is printed, and the way from a text to a reply."""

from collections.abc import Sequence
from typing import Final

from bot.access import stranger
from bot.errors import UserError
from bot.notify.blocks import Card, help_card
from bot.notify.blocks.aid import aid_blocks
from bot.notify.blocks.language import language_row
from bot.phrase import Phrase
from bot.target import fold, nearest
from handlers import parse
from handlers.commands import (
    backups,
    channels,
    checks,
    database,
    deploying,
    follow,
    incidents,
    language,
    looks,
    me,
    oncall,
    probes,
    quiet,
    reach,
    report,
    responding,
    runbook,
    secrets,
    services,
    simulation,
    tasks,
    together,
)
from handlers.commands import menu as menus
from handlers.commands.tools import Asked, Command, Reply, Tools
from handlers.people import Visitor

__all__ = [
    "COMMANDS", "Command", "Reply", "Tools", "answer", "asks_for_help", "find", "help_for_strangers", "help_rows",
    "is_misspelt", "menus", "unknown",
]  # fmt: skip


async def show_help(tools: Tools, asked: Asked) -> Reply:
    return help_of(asked.reader.language, tools)


GROUP: Final = Command(
    incidents.group,
    ("incident",),
    (),
    Phrase("[list | show N | ack N | …]"),
    Phrase("the same, with the word incident in front"),
)
LIST: Final = incidents.COMMANDS[0]
HELP: Final = Command(show_help, ("help",), ("aide",), "", Phrase("this list"))
COMMANDS: Final[tuple[Command, ...]] = (
    *services.COMMANDS, *looks.COMMANDS, *database.COMMANDS, *checks.COMMANDS, *secrets.COMMANDS, *deploying.COMMANDS,
    *incidents.COMMANDS, *responding.COMMANDS, *channels.COMMANDS, *together.COMMANDS, *quiet.COMMANDS,
    *oncall.COMMANDS, *me.COMMANDS, *language.COMMANDS, *reach.COMMANDS, *simulation.COMMANDS, *tasks.COMMANDS,
    *backups.COMMANDS, *probes.COMMANDS, *runbook.COMMANDS, *report.COMMANDS, *follow.COMMANDS, *menus.COMMANDS,
    GROUP, HELP,
)  # fmt: skip
HELP_WORDS: Final = frozenset({"", "help", "aide", "?", "-h", "--help"})
MENU: Final = "menu"


async def answer(tools: Tools, text: str, visitor: Visitor) -> Reply:
    """What to reply to `/ecotrajet text`; without text, a short menu.

    Raises UserError; help and the language are for everybody, the rest for those we know.
    """
    text = "" if fold(text) == MENU else text
    if not text.strip() and visitor.person is not None:
        return menus.menu(tools, visitor)
    if not text.strip():
        return help_for_strangers(visitor, tools)
    if fold(text) in HELP_WORDS:
        return help_of(visitor.language, tools)
    said = parse.split(text)
    if visitor.person is None and said and language.is_meant(said[0]):
        return await language.for_anybody(tools, said[1:], visitor)
    if visitor.person is None:
        raise UserError(stranger())
    command, words = find(said)
    line = parse.read(words, command.values, command.flags, free=command.free_text)
    asked = Asked(line, visitor.by, visitor.person, tools.reader(visitor.language))
    return await command.run(tools, asked)


def asks_for_help(text: str) -> bool:
    """Help or the menu, which are no commands of the table, or nothing at all."""
    return fold(text) in HELP_WORDS or fold(text) == MENU


def find(words: Sequence[str]) -> tuple[Command, Sequence[str]]:
    """The command meant, and the words after its name. Raises UserError with the nearest known verb."""
    first = _named(words[0], COMMANDS) if words else None
    if first in (GROUP, LIST) and len(words) > 1:
        inner = _named(words[1], [each for each in COMMANDS if each.of_incident])
        return (inner, words[2:]) if inner is not None else (GROUP, words[1:])
    both = _named(" ".join(words[:2]), COMMANDS)  # `retour arrière`
    if both is not None and len(words) > 1:
        return both, words[2:]
    if first is None:
        raise UserError(unknown(words[0] if words else ""))
    return first, words[1:]


def help_rows(spoken: str) -> list[tuple[str, Phrase]]:
    """What to type, and what it does."""
    return [(command.usage(spoken), command.what) for command in COMMANDS]


def help_of(spoken: str, tools: Tools) -> Card:
    return help_card(help_rows(spoken), tools.reader(spoken))


def help_for_strangers(visitor: Visitor, tools: Tools) -> Card:
    reader = tools.reader(visitor.language)
    shown = help_of(visitor.language, tools)
    own = tools.desk.spoken.of(visitor.slack_user)
    return Card(
        shown.text, (*aid_blocks(tools.desk.aid, reader, known=False), language_row(own, reader), *shown.blocks)
    )


def _named(word: str, commands: Sequence[Command]) -> Command | None:
    said = fold(word)
    return next((each for each in commands if said in {fold(name) for name in (*each.names, *each.french)}), None)


def is_misspelt(word: str) -> bool:
    """Whether it can hardly be anything else than a command with a letter too many or too few."""
    return nearest(word, _every_name(), alike=0.8) is not None


def unknown(word: str) -> Phrase:
    if near := nearest(word, _every_name()):
        return Phrase(
            "I do not know “{word}”. Did you mean `/ecotrajet {near}`? All there is: `/ecotrajet help`.",
            {"word": word, "near": near},
        )
    return Phrase("I do not know “{word}”. All there is: `/ecotrajet help`.", {"word": word})


def _every_name() -> list[str]:
    return [name for command in COMMANDS for name in (*command.names, *command.french)]
