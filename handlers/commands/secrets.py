"""`/ecotrajet secrets`: how old keys are, and that one was changed. Values are not known here."""

from datetime import date
from typing import Final

from bot.errors import UserError
from bot.lifecycle.rotations import none_configured
from bot.notify.blocks.rotations import rotation_list
from bot.phrase import Phrase
from bot.target import fold
from handlers.commands.tools import Asked, Command, Reply, Tools

ROTATED: Final = frozenset({"rotated", "rotate", "changed", "change", "changee", "renouvele", "renouvelee"})
LIST: Final = frozenset({"list", "liste", "lister", "ls"})


async def secrets(tools: Tools, asked: Asked) -> Reply:
    words = asked.line.words
    if words and fold(words[0]) in ROTATED:
        return await rotated(tools, asked)
    if words and fold(words[0]) not in LIST:
        raise UserError(
            Phrase(
                "I do not know “{word}” here. Write `/ecotrajet secrets` or `/ecotrajet secrets rotated NAME`.",
                {"word": words[0]},
            )
        )
    found, today = await tools.rotations.all()
    return rotation_list(found, today, asked.reader) if found else none_configured()


async def rotated(tools: Tools, asked: Asked) -> Reply:
    """`rotated NAME [2026-11-20]`: today when no day is given."""
    words = asked.line.words[1:]
    if not words:
        raise UserError(
            Phrase("Which one? Give its name, for example `{example}`.", {"example": "/ecotrajet secrets rotated NAME"})
        )
    made = await tools.rotations.rotated(words[0], day(words[1]) if len(words) > 1 else None, asked.by)
    if made is None:
        return None
    return Phrase("Recorded: {name}. Next time: {due}.", {"name": made.entry.name, "due": str(made.due)})


def day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise UserError(Phrase("“{word}” is not a date. Write for example `2026-11-20`.", {"word": word})) from None


COMMANDS: Final = (
    Command(
        secrets, ("secrets", "secret", "keys"), ("clés", "clefs"), Phrase("[rotated NAME [YYYY-MM-DD]]"),
        Phrase("how old keys and passwords are, and that one was changed; never their values"),
    ),
)  # fmt: skip
