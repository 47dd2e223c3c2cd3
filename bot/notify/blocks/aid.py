"""The guide's order of help for those who do not handle incidents: FAQ, status, support, urgent."""

from typing import Final

from bot.aid import Aid
from bot.notify.blocks.menu import RUNS
from bot.notify.blocks.parts import Block, Card, actions, button, card, context, escape, line, link, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase

URGENT: Final = "declare P1"
"""What the last button runs."""


def aid_card(aid: Aid, reader: Reader) -> Card:
    """For people we know: the last two steps are buttons."""
    buttons = actions(
        button(reader.say(Phrase("State of the services")), f"{RUNS}status", {"run": "status"}),
        button(reader.say(Phrase("Declare an incident")), f"{RUNS}declare", {"run": "declare"}),
        button(reader.say(Phrase("Urgent: service unavailable")), f"{RUNS}{URGENT}", {"run": URGENT}, "danger"),
    )
    said = escape(reader.say(_title()))
    return card("\n".join([said, *_steps(aid, reader, known=True)]), [*aid_blocks(aid, reader, known=True), buttons])


def aid_blocks(aid: Aid, reader: Reader, *, known: bool) -> list[Block]:
    """`known`: they may declare an incident; others are sent to the support."""
    rows = [f"{number}. {said}" for number, said in enumerate(_steps(aid, reader, known=known), 1)]
    hint = Phrase("Say what does not work, since when, who is affected, and where.")
    return [
        section("\n".join([f"*{escape(reader.say(_title()))}*", *rows])),
        context(escape(reader.say(hint))),
    ]


def _title() -> Phrase:
    return Phrase("Something does not work? In this order:")


def _steps(aid: Aid, reader: Reader, *, known: bool) -> list[str]:
    """Escaped; four of them."""
    page = link(aid.status, escape(reader.say(Phrase("Status page")))) if aid.status else "`/ecotrajet status`"
    support = line(aid.support) or ("`/ecotrajet declare`" if known else "")
    lasts = escape(reader.say(Phrase("Contact the support if it lasts")))
    urgent = (
        Phrase("Urgent, only when the service is unavailable (P1): `/ecotrajet declare P1 …` calls whoever is on call")
        if known
        else Phrase("Urgent, only when the service is unavailable (P1): say so to the support")
    )
    return [
        link(aid.faq, escape(reader.say(Phrase("Look in the FAQ and the documentation")))),
        f"{escape(reader.say(Phrase('See whether it is known')))} · {page}",
        f"{lasts} · {support}" if support else lasts,
        escape(reader.say(urgent)),
    ]
