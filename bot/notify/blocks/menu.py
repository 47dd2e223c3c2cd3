"""What `/ecotrajet` alone shows: a few buttons, by what the person may do; and what is said to mere words."""

from collections.abc import Sequence
from typing import Final

from bot.notify.blocks.declaring import CARRIED_TEXT, OFFER
from bot.notify.blocks.parts import Card, actions, button, card, context, escape, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase

RUNS: Final = "menu."  # an action id is this and the command
FORM: Final = "written.form"


def menu_card(commands: Sequence[tuple[str, Phrase]], reader: Reader) -> Card:
    """`commands`: what a button runs, and what stands on it; the first one is the most wanted, 25 at most."""
    asked = reader.say(Phrase("What do you need?"))
    buttons = [
        button(reader.say(label), f"{RUNS}{command}", {"run": command}, "primary" if at == 0 else "")
        for at, (command, label) in enumerate(commands)
    ]
    typed = " · ".join(f"`/ecotrajet {command}`" for command, _ in commands)
    return card(asked, [section(f"*{escape(asked)}*"), actions(*buttons), context(typed)])


def form_card(line: str, reader: Reader) -> Card:
    """A command that asks back by a form, where Slack opens none: `line` is run again by the press."""
    asked = reader.say(Phrase("This needs a form, and Slack opens one only after a press."))
    # a line that asks back is a short one: what is cut off would be no part of it
    pressed = button(reader.say(Phrase("Open the form")), FORM, {"line": line[:CARRIED_TEXT]}, "primary")
    return card(escape(asked), [section(escape(asked)), actions(pressed)])


def not_understood(said: Phrase, text: str, menu: Card, reader: Reader) -> Card:
    """`text`: words that are perhaps about something broken, to be declared as they are; '' when they are too few."""
    told = escape(reader.say(said))
    declared = button(
        reader.say(Phrase("Declare an incident in these words")), OFFER, {"text": text[:CARRIED_TEXT], "link": ""}
    )
    return card(told, [section(told), *([actions(declared)] if text else []), *menu.blocks])
