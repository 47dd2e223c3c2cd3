"""What would happen, in lines: for a card, and for the command line as they are."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.escalation import LAST_RESORT
from bot.message import Kind
from bot.notify.blocks.parts import Card, card, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.person import Step
from bot.phrase import Phrase, Value
from bot.simulation import SimulatedLevel, Simulation, Told

A_SECTION = 6  # levels


def simulation_card(simulation: Simulation, reader: Reader) -> Card:
    title, *rest = simulation_lines(simulation, reader)
    levels = [escape(each) for each in rest]
    groups = ["\n".join(levels[at : at + A_SECTION]) for at in range(0, len(levels), A_SECTION)]
    nothing = reader.say(Phrase("Nothing was sent."))
    return card(title, [section(f"*{line(title, 300)}*"), *map(section, groups), context(nothing)])


def simulation_lines(simulation: Simulation, reader: Reader) -> list[str]:
    """Plain text: what is asked, what would keep it quiet, then a line for each level."""
    case = simulation.case
    values: dict[str, Value | Phrase] = {
        "priority": case.priority.value, "place": reader.place(case.environment, case.service), "at": case.at,
        "policy": simulation.policy,
    }  # fmt: skip
    lines = [reader.say(Phrase("If a {priority} begins in {place} at {at} and nobody takes it ({policy}):", values))]
    told = [Phrase("It would be kept quiet: {name}", {"name": name}) for name in simulation.quiet]
    told += [Phrase("Alerts with certain labels would be kept quiet: {name}", {"name": n}) for n in simulation.partly]
    lines += [f"🔕 {reader.say(each)}" for each in told]
    lines += [_level(each, reader) for each in simulation.levels]
    if simulation.nobody_left:
        lines.append("⚠️ " + reader.say(Phrase("Then nobody is left: a fallback in the policy would be paged.")))
    return lines


def _level(level: SimulatedLevel, reader: Reader) -> str:
    words = [*_people(level.people, reader), *(f"#{channel}" for channel in level.channels)]
    if level.waits:
        words.append(reader.say(Phrase("(waits for business hours)")))
    if level.overdue:
        words.append(reader.say(Phrase("(the time to resolve it is over)")))
    if level.acknowledgements > 1:
        words.append(reader.say(Phrase("({count} of them have to take it)", {"count": level.acknowledgements})))
    if level.passed_over:
        words.append("⚠️ " + reader.say(Phrase("nobody can be reached: the next level at once")))
    if level.short:
        words.append("⚠️ " + reader.say(Phrase("too few can be reached: the next level at once")))
    name = reader.say(Phrase("Last resort")) if level.name == LAST_RESORT else level.name
    said = {"label": f"{reader.time(level.due_at)} · {name}", "value": ", ".join(words)}
    return reader.say(Phrase("{label}: {value}", said))


def _people(people: Sequence[Told], reader: Reader) -> Iterator[str]:
    """Those who are reached in the same ways together: a telephone is narrow."""
    for ways, held, digest in dict.fromkeys(_how(each) for each in people):
        names = ", ".join(each.person.name for each in people if _how(each) == (ways, held, digest))
        how = " + ".join(_way(each, reader) for each in ways) or reader.say(Phrase("cannot be reached"))
        if digest:
            how = reader.say(Phrase("in the digest"))
        if held is not None:
            how = reader.say(Phrase("asleep until {at}, then {how}", {"at": held, "how": how}))
        yield f"{names} ({how})"


def _how(told: Told) -> tuple[tuple[Step, ...], datetime | None, bool]:
    return told.steps, told.held, told.in_digest


def _way(step: Step, reader: Reader) -> str:
    name = reader.say(_kind(step.kind))
    if not step.after:
        return name
    return reader.say(Phrase("{channel} after {length}", {"channel": name, "length": step.after}))


def _kind(kind: Kind) -> Phrase:
    match kind:
        case Kind.SLACK:
            return Phrase("Slack")
        case Kind.SMS:
            return Phrase("SMS")
        case Kind.VOICE:
            return Phrase("phone call")
        case Kind.EMAIL:
            return Phrase("email")
