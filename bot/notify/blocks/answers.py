"""Short replies: a sentence, an error that says what to do instead, the help table."""

from collections.abc import Sequence

from bot.message import Ask
from bot.notify.blocks.parts import Card, actions, button, card, context, escape, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase


def answer(phrase: Phrase, reader: Reader, *asks: Ask) -> Card:
    """One sentence, and the buttons by which it may be answered; the first is the most likely one."""
    said = escape(reader.say(phrase))
    buttons = [
        button(reader.say(ask.label), ask.action, ask.value, "" if at else "primary") for at, ask in enumerate(asks)
    ]
    return card(said, [section(said), *([actions(*buttons)] if buttons else [])])


def error(phrase: Phrase, reader: Reader) -> Card:
    """What could not be done; `phrase` says what to do instead."""
    said = escape(reader.say(phrase))
    return card(f"⚠️ {said}", [section(f"⚠️ {said}")])


def help_card(rows: Sequence[tuple[str, Phrase]], reader: Reader) -> Card:
    """`rows`: what to type (`/ecotrajet status [env]`) and what it does; 90 at most fit a card."""
    title = reader.say(Phrase("What I can do"))
    lines = [f"`{escape(usage)}` · {escape(reader.say(what))}" for usage, what in rows]
    groups = ["\n".join(lines[start : start + 8]) for start in range(0, len(lines), 8)]
    hint = reader.say(Phrase("The order of words is free; French and English words both work."))
    return card(title, [section(f"*{title}*"), *(section(group) for group in groups), context(hint)])
