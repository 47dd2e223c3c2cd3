"""Declaring an incident: the guide's four questions, then what the desk makes of the answers."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.desk import Desk
from bot.incident import Incident, Priority
from bot.notify.blocks.marks import LIGHT, severity
from bot.notify.blocks.modal import MAX_RADIOS, Modal, Option, choice, field, modal, radios, written
from bot.notify.blocks.parts import Block, Card, actions, button, card, context, escape, line, link, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.state import state
from bot.phrase import Phrase
from bot.report import LONGEST, Report

ASKED: Final = "declare.questions"
JUDGED: Final = "declare.open"
OFFER: Final = "declare.offer"
YES: Final = "yes"
NONE: Final = "-"  # the value of "none of them": Slack takes no empty one
CARRIED_TEXT: Final = 800  # characters; a button carries 2000, and JSON may double each


def questions(reader: Reader, report: Report, given: Mapping[str, str]) -> Modal:
    """Quoi, quand, qui, où. `given`: what the command said already (`priority`, `environment`, `service`)."""
    blocks = [
        field(
            "what", reader.say(Phrase("What is wrong?")),
            written(LONGEST["what"], report.what, reader.say(Phrase("Payments fail with error 500")), lines=True),
            reader.say(Phrase("The first line becomes the title.")),
        ),
        _short("since", Phrase("Since when?"), Phrase("today, 2:30 pm"), report.since, reader),
        _short("who", Phrase("Who is affected?"), Phrase("all users, one customer…"), report.who, reader),
        _short("where", Phrase("Where?"), Phrase("page, address, environment"), report.where, reader),
    ]  # fmt: skip
    if report.link:
        said = link(report.link, reader.say(Phrase("this message")))
        blocks.append(context(reader.say(Phrase("The incident keeps a link to {message}.", {"message": said}))))
    return modal(
        ASKED, reader.say(Phrase("Declare an incident")), reader.say(Phrase("Continue")), reader.say(Phrase("Cancel")),
        blocks, {"link": report.link, "given": dict(given)},
    )  # fmt: skip


def proposal(
    reader: Reader, desk: Desk, report: Report, judged: Mapping[str, str], why: Phrase, known: Sequence[Incident]
) -> Modal:
    """What would be opened, to be corrected; `known` are open incidents that it may be already.

    `judged` holds `priority`, `environment` and `service` ('' when not known), and `confidential` (YES or NONE).
    """
    blocks = [section(f"*{line(report.title)}*"), *_joining(known, reader)]
    grades = [(f"{LIGHT[each]} {each} {reader.say(severity(each))}", each.value) for each in Priority]
    blocks += [
        field(
            "priority", reader.say(Phrase("Priority")), choice(grades, judged["priority"]),
            reader.say(Phrase("Proposed because: {why}", {"why": reader.say(why)})),
        ),
        _place("environment", Phrase("Environment"), _environments(desk, reader), judged["environment"], reader),
        _place("service", Phrase("Service"), _services(desk), judged["service"], reader),
        field("confidential", reader.say(Phrase("Who may read it?")), radios(_readers(reader), judged["confidential"])),
    ]  # fmt: skip
    return modal(
        JUDGED, reader.say(Phrase("Declare an incident")), reader.say(Phrase("Confirm")), reader.say(Phrase("Cancel")),
        blocks, report.as_dict(),
    )  # fmt: skip


def offer(reader: Reader, text: str, where: str) -> Card:
    """To whoever set the emoji or mentioned the bot: Slack opens a form only after a press."""
    asked = reader.say(Phrase("Is this an incident? Declare it in two steps; the message stays linked to it."))
    pressed = button(
        reader.say(Phrase("Declare an incident")), OFFER, {"text": text[:CARRIED_TEXT], "link": where}, "primary"
    )
    return card(escape(asked), [section(escape(asked)), actions(pressed)])


def _short(name: str, label: Phrase, example: Phrase, initial: str, reader: Reader) -> Block:
    element = written(LONGEST[name], initial, reader.say(example))
    return field(name, reader.say(label), element, optional=True)


def _joining(known: Sequence[Incident], reader: Reader) -> list[Block]:
    """Empty when nothing open is like it."""
    if not known:
        return []
    options: list[Option] = [
        (f"#{each.number} {each.priority} {' '.join(each.title.split())}", str(each.number))
        for each in known[: MAX_RADIOS - 1]
    ]
    options.append((reader.say(Phrase("No, it is something else: open a new one")), NONE))
    told = "\n".join(
        f"{LIGHT[each.priority]} *#{each.number}* {line(each.title)} · {reader.say(state(each, reader))}"
        for each in known[: MAX_RADIOS - 1]
    )
    label = reader.say(Phrase("Is it one of these, open already?"))
    hint = reader.say(Phrase("Then what you wrote is added to it, and nobody is paged twice."))
    return [section(told), field("joins", label, radios(options, NONE), hint)]


def _place(name: str, label: Phrase, options: Sequence[Option], chosen: str, reader: Reader) -> Block:
    unknown = (reader.say(Phrase("I do not know")), NONE)
    return field(name, reader.say(label), choice([unknown, *options], chosen or NONE))


def _readers(reader: Reader) -> list[Option]:
    return [
        (reader.say(Phrase("The whole team")), NONE),
        (reader.say(Phrase("Confidential: only those who handle it, in a private channel")), YES),
    ]


def _environments(desk: Desk, reader: Reader) -> list[Option]:
    return [(reader.place(name), name) for name in desk.environments]


def _services(desk: Desk) -> list[Option]:
    return [(service.label or name, name) for name, service in desk.services.items()]
