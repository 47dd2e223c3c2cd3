"""Commands about what is left to do after an incident."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from bot.answers import NoSuchIncident, Repeated
from bot.errors import UserError
from bot.notify.blocks import Reader
from bot.notify.blocks.tasks import task_line, task_list
from bot.person import Person
from bot.phrase import Phrase
from bot.resolution import LONGEST_TASK
from bot.target import fold
from bot.task import NewTask
from bot.view import TaskRow
from handlers import due, parse
from handlers.answers import no_such_incident
from handlers.commands.incidents import allow_responding
from handlers.commands.responding import named
from handlers.commands.tools import Asked, Command, Reply, Tools

DONE: Final = frozenset({"done", "fait", "faite", "fini", "finie", "terminee"})
LIST: Final = frozenset({"list", "liste", "lister"})
GIVE: Final = frozenset({"reassign", "assign", "give", "reassigne", "reassigner", "assigne", "confie", "donne"})
PLAN: Final = frozenset({"due", "plan", "date", "echeance", "pour", "planifie"})
TO: Final = frozenset({"a", "à", "to", "pour", "for", "par", "by"})


async def listed(tools: Tools, asked: Asked) -> Reply:
    """`tasks`; `tasks mine`, `tasks @bruno`: of one person."""
    words = [each for each in asked.line.words if fold(each) not in LIST]
    rows = await tools.questions.open_tasks(asked.by.id)
    if not words:
        return task_list(rows, asked.reader)
    mine = fold(words[0]) in {"mine", "mes", "miennes"}
    (person,) = (asked.person,) if mine else _one(tools, asked, words)
    return task_list([row for row in rows if row.owner == person.id], asked.reader)


async def task(tools: Tools, asked: Asked) -> Reply:
    """`task 42 agrandir le disque @bruno vendredi`; `task done 7`; `task reassign 7 @bruno`; `task due 7 vendredi`."""
    verb = fold(asked.line.verb)
    if not verb or verb in LIST:
        return await listed(tools, asked)
    allow_responding(tools, asked.by.id)
    if verb in DONE:
        return await done(tools, asked)
    if verb in GIVE:
        return await reassign(tools, asked)
    if verb in PLAN:
        return await plan(tools, asked)
    return await note(tools, asked)


async def note(tools: Tools, asked: Asked) -> Reply:
    number = asked.number("/ecotrajet task 42 agrandir le disque @bruno vendredi")
    noted = understood(tools, asked, asked.line.words[1:])
    if noted.due_on is not None and noted.owner is None:
        noted = replace(noted, owner=asked.person.id)
    if not noted.title:
        raise UserError(Phrase("Say what is to be done: `/ecotrajet task {number} …`.", {"number": number}))
    match await tools.lifecycle.add_task(number, noted, asked.by):
        case Repeated():
            return None
        case NoSuchIncident():
            return no_such_incident(number)
        case _:
            return Phrase("Noted for #{number}: {task}", {"number": number, "task": said_of(noted, asked.reader)})


def understood(tools: Tools, asked: Asked, words: Sequence[str]) -> NewTask:
    """Whose it is (`@bruno`, anywhere) and until when (at the end).

    Raises UserError for a name that means nobody.
    """
    kept: list[str] = []
    owner: Person | None = None
    for word in words:
        if not word.startswith("@") or len(word) == 1:
            kept.append(word)
            continue
        (owner,) = _one(tools, asked, [word])
        while len(kept) > 1 and fold(kept[-1]) in TO:
            kept.pop()
    day, kept = due.tail(kept, today(asked.reader))
    return NewTask(" ".join(kept)[:LONGEST_TASK], owner.id if owner else None, day)


def today(reader: Reader) -> date:
    return reader.now.astimezone(reader.zone).date()


def _one(tools: Tools, asked: Asked, words: Sequence[str]) -> tuple[Person]:
    """Raises UserError when that is nobody, or several."""
    people = named(tools, asked, words)
    if len(people) != 1:
        raise UserError(Phrase("One person, please: `@bruno`. A team has no one who could be reminded."))
    return (people[0],)


async def done(tools: Tools, asked: Asked) -> Reply:
    finished = await tools.lifecycle.finish_task(_number(asked, "/ecotrajet task done 7"), asked.by)
    return None if isinstance(finished, Repeated) else Phrase("Done: {title}", {"title": finished})


async def reassign(tools: Tools, asked: Asked) -> Reply:
    example = "/ecotrajet task reassign 7 @bruno"
    number, words = _number(asked, example), [each for each in asked.line.words[2:] if fold(each) not in TO]
    if not words:
        raise UserError(Phrase("To whom? For example `{example}`.", {"example": example}))
    (person,) = _one(tools, asked, words)
    return _told(await tools.lifecycle.assign_task(number, person, asked.by), asked.reader)


async def plan(tools: Tools, asked: Asked) -> Reply:
    number, said = _number(asked, "/ecotrajet task due 7 vendredi"), " ".join(asked.line.words[2:])
    day = due.day(said, today(asked.reader))
    if day is None:
        raise UserError(
            Phrase("“{word}” is no day. Write for example `friday`, `in 2 weeks` or `30/11`.", {"word": said or "…"})
        )
    return _told(await tools.lifecycle.plan_task(number, day, asked.by), asked.reader)


def _number(asked: Asked, example: str) -> int:
    id_ = parse.number(asked.line.words[1]) if len(asked.line.words) > 1 else None
    if id_ is None:
        raise UserError(
            Phrase("Which task? Its number is in `/ecotrajet tasks`; for example `{example}`.", {"example": example})
        )
    return id_


def _told(answer: NewTask | Repeated, reader: Reader) -> Reply:
    return None if isinstance(answer, Repeated) else Phrase("Kept: {task}", {"task": said_of(answer, reader)})


def said_of(task: NewTask, reader: Reader) -> str:
    return task_line(TaskRow(0, 0, task.title, None, task.owner, task.due_on), reader)


COMMANDS: Final = (
    Command(
        listed, ("tasks",), ("tâches",), Phrase("[mine|@person]"), Phrase("what is left to do after incidents"),
    ),
    Command(
        task, ("task",), ("tâche",), Phrase("N … [@person] [friday] | done N | reassign N @person | due N 30/11"),
        Phrase("note something to be done, by whom and until when; say that it is done; hand it over"),
        free_text=True,
    ),
)  # fmt: skip
