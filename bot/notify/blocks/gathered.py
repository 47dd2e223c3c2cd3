"""Why a card tells of many alerts: what gathered them, and that they come and go."""

from bot.notify.blocks.parts import escape
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.view import IncidentView


def gathered(view: IncidentView, reader: Reader) -> list[str]:
    """Escaped lines; each reason once."""
    told = list(dict.fromkeys(escape(reader.say(row.joined)) for row in view.alerts if row.joined is not None))
    until = view.incident.flapping_until
    if until is not None:
        said = Phrase(
            "Flapping: it comes and goes; nobody is paged anew. Calm until {at}, and this ends.", {"at": until}
        )
        told.append(f"🔁 {reader.say(said)}")
    return told[:4]
