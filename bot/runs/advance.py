"""One runbook from row to row: the next step is taken in the very transaction that ended the last one."""

from datetime import timedelta
from typing import Final

from bot.audit import DESK, Actor, Entry
from bot.desk import Desk
from bot.message import About, Kind
from bot.phrase import Phrase, Value
from bot.procedure import End, ProcedureRun, ProcedureState, Skip, StepState, Taken, filled, next_move
from bot.store import audit, messages, procedures
from bot.store.database import Tx
from bot.target import fold

SLOW: Final = timedelta(seconds=20)
"""A step that took longer: whoever waits for the next question does something else by now."""


async def advance(tx: Tx, desk: Desk, number: int) -> ProcedureRun:
    """Until a step is under way, waits for a person, or it is over; as it stands then. The row must be held."""
    while True:
        run = await procedures.get(tx, number)
        assert run is not None  # held by the caller
        if run.state.is_over or run.current is not None:
            return run
        await _one_move(tx, desk, run)


async def _one_move(tx: Tx, desk: Desk, run: ProcedureRun) -> None:
    environment = desk.environments.get(run.environment)
    move = next_move(run, environment.answers_to() if environment else {fold(run.environment)})
    assert move is not None  # nothing is under way
    if isinstance(move, End):
        await _end(tx, desk, run, move)
        return
    if isinstance(move, Skip):
        await procedures.take(tx, run.id, move.position, move.visit, StepState.SKIPPED)
        return
    human = run.procedure.steps[move.position].do is None
    state = StepState.WAITING if human else StepState.RUNNING
    await procedures.take(tx, run.id, move.position, move.visit, state)
    await card(tx, desk, run)
    if human and run.taken:
        await _ask(tx, desk, run, move.position)


async def _ask(tx: Tx, desk: Desk, run: ProcedureRun, position: int) -> None:
    values = {**facts(run, position), "question": _question(run, position)}
    said = Phrase("❓ Runbook “{title}” ({id}), step {step}: “{question}”. Answer on its card.", values)
    await note(tx, desk, run, said)
    last = run.taken[-1]
    if last.finished_at is not None and last.finished_at - last.started_at > SLOW:
        await tell(tx, desk, run, said)


async def remind(tx: Tx, desk: Desk, run: ProcedureRun, waiting: Taken) -> None:
    """Of a question without an answer: the runbook stands still, and nobody else may begin it there."""
    values: dict[str, Value | Phrase] = {
        **facts(run, waiting.position), "question": _question(run, waiting.position), "at": waiting.started_at,
    }  # fmt: skip
    said = Phrase(
        "⏰ Runbook “{title}” ({id}) waits since {at} for an answer to step {step}: “{question}”. Answer on its card,"
        " or end it: `/ecotrajet runbook cancel {id}`.",
        values,
    )
    await note(tx, desk, run, said)
    await tell(tx, desk, run, said)


def _question(run: ProcedureRun, position: int) -> str:
    step = run.procedure.steps[position]
    return filled(step.title or step.ask, run.values).splitlines()[0]


async def _end(tx: Tx, desk: Desk, run: ProcedureRun, end: End) -> None:
    await procedures.move(tx, run.id, end.state, end.said)
    values = {**facts(run), "how": end.said}
    said = Phrase("✅ Runbook “{title}” ({id}) is over: {how}", values)
    if end.state is ProcedureState.FAILED:
        said = Phrase("🔴 Runbook “{title}” ({id}) did not get through: {how}", values)
    await written(tx, DESK, f"runbook.{end.state.value}", run, said)
    await card(tx, desk, run)
    await note(tx, desk, run, said)
    if end.state is ProcedureState.FAILED:
        await tell(tx, desk, run, said)


# Rows of what is said ---------------------------------------------------------------------------------------------


def facts(run: ProcedureRun, position: int | None = None) -> dict[str, Value | Phrase]:
    """The values that name a runbook in a sentence, and a step of it."""
    named: dict[str, Value | Phrase] = {"id": run.id, "title": filled(run.procedure.title, run.values)}
    return named if position is None else {**named, "step": position + 1}


async def card(tx: Tx, desk: Desk, run: ProcedureRun) -> None:
    """In the thread of its incident's card, else in the channel; posted once, edited after."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.RUNBOOK_CARD, to=desk.incidents_channel, incident=run.incident,
        procedure=run.id,
    )  # fmt: skip


async def note(tx: Tx, desk: Desk, run: ProcedureRun, said: Phrase) -> None:
    """A sentence in the same thread: an edit of a card tells nobody that they are awaited."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.NOTE, to=desk.incidents_channel, incident=run.incident,
        procedure=None if run.incident else run.id, body={"phrase": said.to_json()},
    )  # fmt: skip


async def tell(tx: Tx, desk: Desk, run: ProcedureRun, said: Phrase) -> None:
    """To whoever began it, if Slack reaches them: they may have gone away meanwhile."""
    person = desk.people.get(run.begun_by)
    if person is not None and person.slack:
        await messages.queue(
            tx, kind=Kind.SLACK, about=About.TELL, to=person.slack, person=person.id, procedure=run.id,
            body={"phrase": said.to_json()},
        )  # fmt: skip


async def written(tx: Tx, by: Actor, did: str, run: ProcedureRun, said: Phrase, of: int | None = None) -> None:
    """The audit line; `of`: a run that a step asked for."""
    place = f" {run.environment}/{run.service}".rstrip("/") if run.environment else ""
    on = f"runbook {run.id} {run.procedure.name}{place}"
    await audit.write(tx, Entry(by, did, run.incident, of, on=on, why=said))
