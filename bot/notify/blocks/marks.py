"""How a priority is marked: by a light and a word, so that nothing rests on a colour."""

from typing import Final

from bot.incident import Priority
from bot.phrase import Phrase

LIGHT: Final = {Priority.P1: "🔴", Priority.P2: "🟠", Priority.P3: "🔵"}


def severity(priority: Priority) -> Phrase:
    """The guide's word for it."""
    match priority:
        case Priority.P1:
            return Phrase("critical")
        case Priority.P2:
            return Phrase("major")
        case Priority.P3:
            return Phrase("minor")
