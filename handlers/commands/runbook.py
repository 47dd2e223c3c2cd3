"""Commands about people's runbooks: which there are, what one does, beginning it, and how it stands."""

from typing import Final

from bot.answers import Repeated
from bot.errors import UserError
from bot.notify.blocks.procedure import procedure_card, procedure_list, procedure_steps
from bot.phrase import Phrase, Value
from bot.procedure import ProcedureRun
from bot.runs.procedures import Start, no_such
from bot.target import fold
from handlers import parse
from handlers.commands.tools import Asked, Command, Reply, Tools

LIST: Final = frozenset({"list", "liste", "lister", "ls"})
SHOW: Final = frozenset({"show", "montre", "montrer", "voir"})
RUN: Final = frozenset({"run", "begin", "start", "lance", "lancer", "commence", "commencer"})
CANCEL: Final = frozenset({"cancel", "annule", "annuler", "stop"})
DONE: Final = frozenset({"done", "fait", "faite", "ok"})
AGAIN: Final = frozenset({"again", "retry", "reessaie", "reessayer", "reprends", "reprendre"})
FAILED: Final = frozenset({"failed", "fail", "echec", "echoue"})


async def runbook(tools: Tools, asked: Asked) -> Reply:
    verb = fold(asked.line.verb) if asked.line.words else "list"
    if verb in LIST:
        known = tuple(tools.desk.procedures.values())
        return procedure_list(known, await tools.procedures.recent(), asked.reader)
    if verb in RUN:
        return await begin(tools, asked)
    if parse.number(verb) is not None:
        return await stands(tools, asked, parse.number(verb) or 0)
    if verb in SHOW:
        return await show(tools, asked)
    if verb in CANCEL | DONE | FAILED | AGAIN:
        return await decide(tools, asked, verb)
    raise UserError(
        Phrase(
            "I do not know “{word}” here. There are: `/ecotrajet runbook list`, `show NAME`, `run NAME`, "
            "`done N`, `failed N`, `again N`, `cancel N`, or only a number.",
            {"word": asked.line.verb},
        )
    )


async def show(tools: Tools, asked: Asked) -> Reply:
    """A runbook by its name; one under way by its number."""
    name = asked.line.words[1] if len(asked.line.words) > 1 else ""
    if (number := parse.number(name)) is not None:
        return await stands(tools, asked, number)
    return procedure_steps(tools.procedures.named(_said(name)), asked.reader)


async def begin(tools: Tools, asked: Asked) -> Reply:
    """`run hotfix prod ecotrajet version=v3`."""
    words = asked.line.words[1:]
    name = _said(words[0] if words else "")
    given = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    options = asked.line.options
    incident = parse.number(options.get("incident", ""))
    start = Start(name, [word for word in words[1:] if "=" not in word], given, incident, options.get("confirm"))
    return begun(await tools.procedures.begin(start, asked.by))


def begun(answer: ProcedureRun | Repeated) -> Reply:
    return None if isinstance(answer, Repeated) else said_of(answer)


def said_of(answer: ProcedureRun) -> Phrase:
    if answer.incident is not None:
        values = {"id": answer.id, "number": answer.incident}
        return Phrase("Runbook {id} begins. Its card is in the thread of incident #{number}.", values)
    return Phrase("Runbook {id} begins. Follow its card in the incidents channel.", {"id": answer.id})


async def stands(tools: Tools, asked: Asked, number: int) -> Reply:
    run = await tools.procedures.view(number)
    if run is None:
        raise UserError(no_such(number))
    return procedure_card(run, asked.reader)


async def decide(tools: Tools, asked: Asked, verb: str) -> Reply:
    number = parse.number(asked.line.words[1]) if len(asked.line.words) > 1 else None
    if number is None:
        example = {"example": f"/ecotrajet runbook {verb} 7"}
        raise UserError(Phrase("Which one? Give its number, for example `{example}`.", example))
    if verb in CANCEL:
        return cancelled(await tools.procedures.cancel(number, asked.by))
    if verb in AGAIN:
        return tried(await tools.procedures.again(number, asked.by))
    return answered(await tools.procedures.answer_of(number, verb in DONE, asked.by), done=verb in DONE)


def answered(answer: ProcedureRun | Repeated, *, done: bool) -> Reply:
    if isinstance(answer, Repeated):
        return None
    if word := answer.last_answer:
        facts: dict[str, Value | Phrase] = {"answer": word, "id": answer.id}
        if done:
            return Phrase("Noted: “{answer}”. Runbook {id} goes on.", facts)
        return Phrase("Noted: “{answer}”. Runbook {id} follows what is written for that.", facts)
    if done:
        return Phrase("Noted: done. Runbook {id} goes on.", {"id": answer.id})
    return Phrase("Noted: it failed. Runbook {id} follows what is written for that.", {"id": answer.id})


def tried(answer: ProcedureRun | Repeated) -> Reply:
    if isinstance(answer, Repeated):
        return None
    return Phrase("Runbook {id} goes on with the step that failed.", {"id": answer.id})


def cancelled(answer: ProcedureRun | Repeated) -> Reply:
    if isinstance(answer, Repeated):
        return None
    run = answer.current.run if answer.current is not None else None
    if run is not None:
        values = {"id": answer.id, "run": run}
        return Phrase(
            "Runbook {id} is called off. Run {run}, which it asked for, goes on: `/ecotrajet cancel {run}`.", values
        )
    return Phrase("Runbook {id} is called off: no further step.", {"id": answer.id})


def _said(name: str) -> str:
    if not name:
        raise UserError(Phrase("Which runbook? All there are: `/ecotrajet runbook list`."))
    return name


COMMANDS: Final = (
    Command(
        runbook, ("runbook", "runbooks"), ("procédure", "procédures"),
        Phrase(
            "[list | show NAME | run NAME [env] [service] [name=value] | N | done N | failed N | again N | cancel N]"
        ),
        Phrase("the team's procedures, step by step: what the desk does itself, and what it asks you to look at"),
        values=frozenset({"incident", "confirm"}),
    ),
)  # fmt: skip
