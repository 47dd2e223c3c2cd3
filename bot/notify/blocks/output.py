"""What a run says while it is under way: its last lines in the thread of its card, and all of them as a text."""

from collections.abc import Sequence
from typing import Final

from bot.notify.blocks.parts import Card, card, code, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.steps import step_name
from bot.phrase import Phrase, Value
from bot.run import SHOWN_LINES, Line
from bot.view import RunView

LOG_SHOWN: Final = 2600


def output_card(view: RunView, lines: Sequence[Line], reader: Reader) -> Card:
    """`lines`: the last ones. Edited while the run goes on."""
    number = {"id": str(view.run.id)}
    if view.run.status.is_over:
        said = reader.say(Phrase("📜 What run {id} said", number))
    else:
        said = "\n".join([reader.say(Phrase("📜 What run {id} says", number)), *_where(view, reader)])
    shown = _told(lines[-SHOWN_LINES:], "— {step} —", reader)
    return card(said, [section(f"*{said}*" if "\n" not in said else said), section(code("\n".join(shown), LOG_SHOWN))])


def output_text(view: RunView, lines: Sequence[Line], reader: Reader) -> str:
    """All of it, under the names of the steps."""
    return "\n".join([*_told(lines, "## {step}", reader), ""])


def _told(lines: Sequence[Line], heading: str, reader: Reader) -> list[str]:
    """Each with the name of its step over the first of them: the old container and the new one speak in turn."""
    told, step = list[str](), None
    for each in lines:
        if each.step != step:
            step = each.step
            told.append(heading.format(step=reader.say(step_name(step))))
        told.append(_words(each, reader))
    return told


def _where(view: RunView, reader: Reader) -> list[str]:
    """Step so and so of so many; those of a way back are not in the plan."""
    if not view.steps:
        return []
    now, planned = view.steps[-1].name, view.run.plan.steps
    name = reader.say(step_name(now))
    if now not in planned:
        return [f"⏳ {name}"]
    values: dict[str, Value | Phrase] = {"number": planned.index(now) + 1, "count": len(planned), "step": name}
    return [reader.say(Phrase("⏳ Step {number} of {count}: {step}", values))]


def _words(each: Line, reader: Reader) -> str:
    return each.said if isinstance(each.said, str) else reader.say(each.said)
