"""What is left to do after incidents, each with whoever does it, its day and its button."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.language import dated, day
from bot.notify.blocks.parts import Block, Card, button, card, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.task import DONE
from bot.view import TaskRow

LISTED: Final = 40


def task_list(tasks: Sequence[TaskRow], reader: Reader) -> Card:
    """In the order given."""
    if not tasks:
        nothing = reader.say(Phrase("Nothing is left to do."))
        return card(nothing, [section(f"✅ {nothing}")])
    title = reader.say(Phrase("Left to do"))
    return card(title, [section(f"*{title}*"), *(task_row(each, reader) for each in tasks[:LISTED])])


def task_row(task: TaskRow, reader: Reader, *, whose: bool = True) -> Block:
    """`whose` False: the reader knows that it is theirs."""
    late = task.due_on is not None and task.due_on < _today(reader)
    said = section(
        f"{'⏰' if late else '☐'} *{task.id}* · #{task.incident} · {line(task.title)}{_more(task, reader, whose)}"
    )
    return {**said, "accessory": button(reader.say(Phrase("Done")), DONE, {"task": task.id})}


def task_line(task: TaskRow, reader: Reader) -> str:
    """`agrandir le disque · Bruno Martin · ven. 27 nov.`; not escaped, and as true tomorrow as it is today."""
    owner = [reader.name(task.owner)] if task.owner else []
    until = [dated(task.due_on, reader.language, _today(reader))] if task.due_on else []
    return " · ".join([task.title, *owner, *until])


def _today(reader: Reader) -> date:
    return reader.now.astimezone(reader.zone).date()


def _more(task: TaskRow, reader: Reader, whose: bool) -> str:
    owner = [line(reader.name(task.owner))] if task.owner and whose else []
    return "".join(f" · {each}" for each in [*owner, *_day(task, reader)])


def _day(task: TaskRow, reader: Reader) -> list[str]:
    """Nothing, or its day; in words when it is past, since a sign alone tells not everybody."""
    if task.due_on is None:
        return []
    said = day(task.due_on, reader.language, reader.zone, reader.now)
    if task.done_by is None and task.due_on < _today(reader):
        return [reader.say(Phrase("late since {day}", {"day": said}))]
    return [said]
