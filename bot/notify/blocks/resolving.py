"""Closing an incident: what still fires is asked about; cause, fix, impact and follow-ups may be said."""

from typing import Final

from bot.notify.blocks.modal import Modal, date_picker, field, modal, person_picker, radios, written
from bot.notify.blocks.parts import Block, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.resolution import LONGEST, LONGEST_TASK, MOST_TASKS
from bot.view import IncidentView

RESOLVE: Final = "resolve"
ANYWAY: Final = "anyway"
KEEP: Final = "keep"
SHOWN: Final = 8


def resolving(reader: Reader, view: IncidentView) -> Modal:
    incident = view.incident
    title = section(f"*#{incident.number} {line(incident.title)}*")
    blocks = [title, *_firing(view, reader)]
    asked = {
        "cause": Phrase("What was the cause?"),
        "fix": Phrase("What mended it?"),
        "impact": Phrase("Who or what suffered?"),
    }
    blocks += [
        field(name, reader.say(label), written(LONGEST, lines=True), optional=True) for name, label in asked.items()
    ]
    blocks.append(
        field(
            "follow_ups", reader.say(Phrase("What is left to do?")), written(MOST_TASKS * LONGEST_TASK, lines=True),
            reader.say(Phrase("One task on each line, ten at most; who and when may follow: @bruno friday.")),
            optional=True,
        )
    )  # fmt: skip
    blocks += [
        field("owner", reader.say(Phrase("Who does it, where nobody is named?")), person_picker(), optional=True),
        field("due_on", reader.say(Phrase("Until when?")), date_picker(), optional=True),
    ]
    return modal(
        RESOLVE, reader.say(Phrase("Resolve #{number}", {"number": incident.number})), reader.say(Phrase("Resolve")),
        reader.say(Phrase("Not yet")), blocks, {"incident": incident.number},
    )  # fmt: skip


def _firing(view: IncidentView, reader: Reader) -> list[Block]:
    """Empty when nothing fires."""
    firing = [row for row in view.alerts if row.status == "firing"]
    if not firing:
        return []
    rows = [f"🔥 {line(row.title, 120)} · {line(row.source, 40)} · {reader.time(row.last_seen)}" for row in firing]
    if len(rows) > SHOWN:
        rows[SHOWN:] = [reader.say(Phrase("… and {count} more", {"count": len(rows) - SHOWN}))]
    choices = [
        (reader.say(Phrase("Resolve it all the same")), ANYWAY),
        (reader.say(Phrase("Leave it open")), KEEP),
    ]
    label = reader.say(Phrase("These alerts still fire. What now?"))
    return [section("\n".join(rows)), field("firing", label, radios(choices, ""))]
