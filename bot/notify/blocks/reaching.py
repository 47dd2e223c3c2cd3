"""How somebody is reached: in words, and the form in which they change it."""

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Final

from bot.incident import Priority
from bot.message import Kind
from bot.notify.blocks.language import FIELD, USUAL, options_of, told
from bot.notify.blocks.marks import LIGHT, severity
from bot.notify.blocks.modal import Modal, Option, choice, clock, field, modal
from bot.notify.blocks.parts import Block, Card, actions, button, card, context, section
from bot.notify.blocks.reader import Reader
from bot.person import Person, Step
from bot.personal import Night, Rules, When
from bot.phrase import Phrase

ME: Final = "me"
NEVER: Final = "never"
SAME: Final = "same"
NIGHT_FROM, NIGHT_UNTIL = "night-from", "night-until"
AFTER: Final = tuple(timedelta(minutes=each) for each in (0, 1, 2, 3, 5, 10, 15, 30))
ORDER: Final = (Kind.SLACK, Kind.SMS, Kind.VOICE, Kind.EMAIL)


def me_card(person: Person, rules: Rules, language: str | None, reader: Reader) -> Card:
    """`language`: the one that they chose for themselves."""
    heading = reader.say(Phrase("How you are reached"))
    lines = [
        f"{LIGHT[priority]} *{priority.value} {reader.say(severity(priority))}* · {_told(rules.day[priority], reader)}"
        for priority in Priority
    ]
    if rules.night:
        lines.append(f"🌙 {reader.say(_hours(person, rules.hours, reader))}")
        lines += [
            f"{LIGHT[priority]} *{priority.value}* · {_told(steps, reader) or reader.say(Phrase('in the morning'))}"
            for priority, steps in sorted(rules.night.items())
        ]
    lines.append(f"🌐 {told(language, reader)}")
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


def me_form(person: Person, rules: Rules, language: str | None, reader: Reader) -> Modal:
    """The language; one choice for each priority and way that they have, by day and by night, and when it is night."""
    speaks = reader.say(Phrase("The language in which I speak to you"))
    blocks = [field(FIELD, speaks, choice(options_of(reader), language or USUAL))]
    blocks += _choices(person, rules, When.DAY, reader)
    night = Phrase("By night · what is “never” in all of its ways waits for the morning; a P1 never does")
    blocks.append(section(f"🌙 *{reader.say(night)}*"))
    zone = (person.zone or reader.zone).key
    for name, label, at in (
        (NIGHT_FROM, Phrase("The night begins at ({zone})", {"zone": zone}), rules.hours.start),
        (NIGHT_UNTIL, Phrase("and ends at (the same time: no night)"), rules.hours.end),
    ):
        blocks.append(field(name, reader.say(label), clock(at)))
    blocks += _choices(person, rules, When.NIGHT, reader)
    title, keep, cancel = Phrase("How you are reached"), Phrase("Keep"), Phrase("Cancel")
    return modal(ME, reader.say(title), reader.say(keep), reader.say(cancel), blocks, {})


def _choices(person: Person, rules: Rules, when: When, reader: Reader) -> list[Block]:
    blocks: list[Block] = []
    for priority in Priority:
        if when is When.DAY:
            blocks.append(section(f"{LIGHT[priority]} *{priority.value} {reader.say(severity(priority))}*"))
        as_by_day = when is When.NIGHT and priority not in rules.night
        now = {} if as_by_day else {step.kind: step.after for step in rules.steps(when, priority)}
        for kind in ORDER:
            if person.address(kind) is not None:
                value = str(round(now[kind].total_seconds())) if kind in now else SAME if as_by_day else NEVER
                options = _options([now[kind]] if kind in now else [], reader)
                if when is When.NIGHT:
                    options.insert(0, (reader.say(Phrase("as by day")), SAME))
                label = f"{'🌙 ' if when is When.NIGHT else ''}{priority.value} · {reader.say(kind_name(kind))}"
                blocks.append(field(block_of(priority, kind, when), label, choice(options, value)))
    return blocks


def block_of(priority: Priority, kind: Kind, when: When = When.DAY) -> str:
    return f"{'night-' if when is When.NIGHT else ''}{priority.value}-{kind.value}"


def delays_in(answers: Mapping[str, str], when: When) -> dict[tuple[Priority, Kind], timedelta | None]:
    """What was chosen, from the answers by field; without what is as by day."""
    found: dict[tuple[Priority, Kind], timedelta | None] = {}
    for priority in Priority:
        for kind in ORDER:
            said = answers.get(block_of(priority, kind, when), SAME if when is When.NIGHT else NEVER)
            if said != SAME:
                found[(priority, kind)] = timedelta(seconds=int(said)) if said.isdigit() else None
    return found


def hours_in(answers: Mapping[str, str]) -> Night:
    usual = Night()
    start, end = answers.get(NIGHT_FROM) or "", answers.get(NIGHT_UNTIL) or ""
    return Night(
        time.fromisoformat(start) if start else usual.start, time.fromisoformat(end) if end else usual.end
    )  # fmt: skip


def _hours(person: Person, hours: Night, reader: Reader) -> Phrase:
    told = {"start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}", "zone": (person.zone or reader.zone).key}
    return Phrase("By night, from {start} to {end} ({zone}):", told)


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
    return ", ".join(told)


def _options(present: Sequence[timedelta], reader: Reader) -> list[Option]:
    """The usual delays, and the present one if it is none of them."""
    options = [(reader.say(Phrase("never")), NEVER)]
    for each in sorted({*AFTER, *present}):
        label = reader.say(Phrase("after {length}", {"length": each})) if each else reader.say(Phrase("at once"))
        options.append((label, str(round(each.total_seconds()))))
    return options
