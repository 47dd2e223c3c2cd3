"""Commands about what is left to do after an incident."""

from typing import Final

from bot.answers import NoSuchIncident, Repeated
from bot.errors import UserError
from bot.notify.blocks.tasks import task_list
from bot.phrase import Phrase
from bot.resolution import LONGEST_TASK
from bot.target import fold
from handlers import parse
from handlers.answers import no_such_incident
from handlers.commands.incidents import allow_responding
from handlers.commands.tools import Asked, Command, Reply, Tools

DONE: Final = frozenset({"done", "fait", "faite", "fini", "terminee"})


async def listed(tools: Tools, asked: Asked) -> Reply:
    return task_list(await tools.questions.open_tasks(), asked.reader)


async def task(tools: Tools, asked: Asked) -> Reply:
    """`task 42 agrandir le disque`; `task done 7`."""
    if not asked.line.words:
        return await listed(tools, asked)
    allow_responding(tools, asked.by.id)
    if fold(asked.line.verb) in DONE:
        return await done(tools, asked)
    number = asked.number("/ecotrajet task 42 agrandir le disque")
    title = " ".join(asked.line.words[1:])[:LONGEST_TASK]
    if not title:
        raise UserError(Phrase("Say what is to be done: `/ecotrajet task {number} …`.", {"number": number}))
    match await tools.lifecycle.add_task(number, title, asked.by):
        case Repeated():
            return None
        case NoSuchIncident():
            return no_such_incident(number)
        case _:
            return Phrase("Noted for #{number}: {title}", {"number": number, "title": title})


async def done(tools: Tools, asked: Asked) -> Reply:
    id_ = parse.number(asked.line.words[1]) if len(asked.line.words) > 1 else None
    if id_ is None:
        raise UserError(Phrase("Which task? Its number is in `/ecotrajet tasks`: `/ecotrajet task done 7`."))
    finished = await tools.lifecycle.finish_task(id_, asked.by)
    return None if isinstance(finished, Repeated) else Phrase("Done: {title}", {"title": finished})


COMMANDS: Final = (
    Command(listed, ("tasks",), ("tâches",), "", Phrase("what is left to do after incidents")),
    Command(
        task, ("task",), ("tâche",), "N … | done N", Phrase("note something to be done, or say that it is done"),
        free_text=True,
    ),
)  # fmt: skip
