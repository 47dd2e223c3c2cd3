"""What `/ecotrajet` alone shows: a few buttons, by what the person may do."""

from collections.abc import Sequence
from typing import Final

from bot.notify.blocks.parts import Card, actions, button, card, context, escape, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase

RUNS: Final = "menu."  # an action id is this and the command


def menu_card(commands: Sequence[tuple[str, Phrase]], reader: Reader) -> Card:
    """`commands`: what a button runs, and what stands on it; the first one is the most wanted, 25 at most."""
    asked = reader.say(Phrase("What do you need?"))
    buttons = [
        button(reader.say(label), f"{RUNS}{command}", {"run": command}, "primary" if at == 0 else "")
        for at, (command, label) in enumerate(commands)
    ]
    typed = " · ".join(f"`/ecotrajet {command}`" for command, _ in commands)
    return card(asked, [section(f"*{escape(asked)}*"), actions(*buttons), context(typed)])
