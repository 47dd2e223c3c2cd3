"""Why a card tells of many alerts: what gathered them, and that they come and go."""

from typing import Final

from bot.notify.blocks.parts import escape
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.view import IncidentView

PARTS: Final = 8


def gathered(view: IncidentView, reader: Reader) -> list[str]:
    """Escaped lines; each reason once."""
    told = list(dict.fromkeys(escape(reader.say(row.joined)) for row in view.alerts if row.joined is not None))
    until = view.incident.flapping_until
    if until is not None:
        said = Phrase(
            "Flapping: it comes and goes; nobody is paged anew. Calm until {at}, and this ends.", {"at": until}
        )
        told.append(f"🔁 {reader.say(said)}")
    return [*told[:4], *linked(view, reader)]


def linked(view: IncidentView, reader: Reader) -> list[str]:
    """The larger incident that it is part of, and what is part of it."""
    told: list[str] = []
    if view.parent is not None:
        told.append(f"⬆️ {reader.say(Phrase('Part of #{number}', {'number': view.parent}))}")
    if view.parts:
        numbers = ", ".join(f"#{number}" for number in view.parts[:PARTS])
        told.append(f"⬇️ {reader.say(Phrase('Has parts: {numbers}', {'numbers': numbers}))}")
    return told
