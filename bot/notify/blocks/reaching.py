"""How somebody is reached: in words, and the form in which they change it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from bot.incident import Priority
from bot.message import Kind
from bot.notify.blocks.marks import LIGHT, severity
from bot.notify.blocks.modal import Modal, Option, choice, field, modal
from bot.notify.blocks.parts import Block, Card, actions, button, card, context, section
from bot.notify.blocks.reader import Reader
from bot.person import Person, Step, Steps
from bot.phrase import Phrase

ME: Final = "me"
NEVER: Final = "never"
AFTER: Final = tuple(timedelta(minutes=each) for each in (0, 1, 2, 3, 5, 10, 15, 30))
ORDER: Final = (Kind.SLACK, Kind.SMS, Kind.VOICE, Kind.EMAIL)


def me_card(person: Person, steps: Steps, reader: Reader) -> Card:
    heading = reader.say(Phrase("How you are reached"))
    lines = [
        f"{LIGHT[priority]} *{priority.value} {reader.say(severity(priority))}* · {_told(steps[priority], reader)}"
        for priority in Priority
    ]
    missing = [reader.say(kind_name(kind)) for kind in ORDER if person.address(kind) is None and kind is not Kind.VOICE]
    blocks: list[Block] = [section("\n".join([f"*{heading}*", *lines]))]
    if missing:
        lacks = Phrase("Not known of you: {what}. An administrator adds it.", {"what": ", ".join(missing)})
        blocks.append(context(reader.say(lacks)))
    blocks.append(
        actions(
            button(reader.say(Phrase("Change")), "me.edit", {}),
            button(reader.say(Phrase("Send me a test")), "me.test", {}),
        )
    )
    return card("\n".join([heading, *lines]), blocks)


def me_form(person: Person, steps: Steps, reader: Reader) -> Modal:
    """One choice for each priority and way that the person has."""
    blocks: list[Block] = []
    for priority in Priority:
        blocks.append(section(f"{LIGHT[priority]} *{priority.value} {reader.say(severity(priority))}*"))
        now = {step.kind: step.after for step in steps[priority]}
        for kind in ORDER:
            if person.address(kind) is not None:
                value = str(round(now[kind].total_seconds())) if kind in now else NEVER
                options = _options([now[kind]] if kind in now else [], reader)
                label = f"{priority.value} · {reader.say(kind_name(kind))}"
                blocks.append(field(block_of(priority, kind), label, choice(options, value)))
    title, keep, cancel = Phrase("How you are reached"), Phrase("Keep"), Phrase("Cancel")
    return modal(ME, reader.say(title), reader.say(keep), reader.say(cancel), blocks, {})


def block_of(priority: Priority, kind: Kind) -> str:
    return f"{priority.value}-{kind.value}"


def delays_in(answers: Mapping[str, str]) -> dict[tuple[Priority, Kind], timedelta | None]:
    """What was chosen, from the answers by field."""
    found: dict[tuple[Priority, Kind], timedelta | None] = {}
    for priority in Priority:
        for kind in ORDER:
            said = answers.get(block_of(priority, kind), NEVER)
            found[(priority, kind)] = timedelta(seconds=int(said)) if said.isdigit() else None
    return found


def kind_name(kind: Kind) -> Phrase:
    return {
        Kind.SLACK: Phrase("Slack"), Kind.SMS: Phrase("SMS"), Kind.VOICE: Phrase("phone call"),
        Kind.EMAIL: Phrase("email"),
    }[kind]  # fmt: skip


def _told(steps: Sequence[Step], reader: Reader) -> str:
    told = []
    for step in steps:
        name = reader.say(kind_name(step.kind))
        after = Phrase("{way} after {length}", {"way": name, "length": step.after})
        told.append(reader.say(after) if step.after else name)
    return ", ".join(told) or "—"


def _options(present: Sequence[timedelta], reader: Reader) -> list[Option]:
    """The usual delays, and the present one if it is none of them."""
    options = [(reader.say(Phrase("never")), NEVER)]
    for each in sorted({*AFTER, *present}):
        label = reader.say(Phrase("after {length}", {"length": each})) if each else reader.say(Phrase("at once"))
        options.append((label, str(round(each.total_seconds()))))
    return options
