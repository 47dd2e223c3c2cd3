"""Below a page that is over: was it useful? One tap, once."""

from bot.incident import Status
from bot.notify.blocks.parts import Block, Card, actions, button, card, context, escape, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.verdict import JUDGE, Verdict, label, question
from bot.view import IncidentView


def with_question(page: Card, view: IncidentView, reader: Reader, person: str) -> Card:
    if view.incident.status is not Status.RESOLVED or not person:
        return page
    return card(page.text, [*page.blocks, *_asked(view, reader, person)])


def _asked(view: IncidentView, reader: Reader, person: str) -> list[Block]:
    said = view.verdicts.get(person)
    if said in set(Verdict):
        return [context(escape(reader.say(Phrase("You said: {verdict}", {"verdict": label(Verdict(said))}))))]
    value = {"incident": view.incident.number}
    buttons = [
        button(reader.say(label(each)), f"{JUDGE}.{each.value}", {**value, "verdict": each.value}) for each in Verdict
    ]
    return [section(escape(reader.say(question()))), actions(*buttons)]
