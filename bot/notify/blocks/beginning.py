"""Beginning a runbook by form, from an incident's card: what it has to be told, and the name to type."""

from typing import Final

from bot.notify.blocks.modal import Modal, field, modal, written
from bot.notify.blocks.parts import escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.procedure import Procedure

BEGINNING: Final = "runbook"
CONFIRM: Final = "confirm"
LONGEST: Final = 200


def beginning(procedure: Procedure, incident: int, confirm: str, reader: Reader) -> Modal:
    """`confirm`: the name of the environment that a step takes something away in; empty: none does."""
    head = f"*{line(procedure.title)}*"
    blocks = [section(f"{head}\n{escape(procedure.about)}" if procedure.about else head)]
    blocks += [
        field(f"given-{each.name}", each.about or each.name, written(LONGEST, each.default), optional=not each.required)
        for each in procedure.parameters
    ]
    if confirm:
        asked = Phrase("A step takes something away: type {name} to say that you mean it", {"name": confirm})
        blocks.append(field(CONFIRM, reader.say(asked), written(LONGEST)))
    return modal(
        BEGINNING, reader.say(Phrase("Begin a runbook")), reader.say(Phrase("Begin")), reader.say(Phrase("Not yet")),
        blocks, {"runbook": procedure.name, "incident": incident},
    )  # fmt: skip
