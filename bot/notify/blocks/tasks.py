"""What is left to do after incidents, each with its button."""

from collections.abc import Sequence
from typing import Final

from bot.notify.blocks.parts import Block, Card, button, card, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.view import TaskRow

DONE: Final = "task.done"
LISTED: Final = 40


def task_list(tasks: Sequence[TaskRow], reader: Reader) -> Card:
    """The oldest first."""
    if not tasks:
        nothing = reader.say(Phrase("Nothing is left to do."))
        return card(nothing, [section(f"✅ {nothing}")])
    title = reader.say(Phrase("Left to do"))
    return card(title, [section(f"*{title}*"), *(_row(each, reader) for each in tasks[:LISTED])])


def _row(task: TaskRow, reader: Reader) -> Block:
    said = section(f"☐ *{task.id}* · #{task.incident} · {line(task.title)}")
    return {**said, "accessory": button(reader.say(Phrase("Done")), DONE, {"task": task.id})}
