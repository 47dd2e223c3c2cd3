"""What the worker does about runbooks: which step comes now, and how it ended. Each use case is one transaction."""

from dataclasses import dataclass
from datetime import timedelta

from bot.audit import DESK
from bot.desk import Desk
from bot.phrase import Phrase, Value
from bot.procedure import ProcedureRun, ProcedureStep, StepState, Taken, filled
from bot.runs.advance import advance, card, facts, remind, written
from bot.runs.procedures import Procedures
from bot.store import procedures
from bot.store.database import Database

FIRST_REMINDER, NEXT_REMINDER = timedelta(minutes=30), timedelta(hours=24)
"""A question that waits for so long is asked again."""
LONGEST_OUTPUT = 6000  # characters that are kept of what a step read


@dataclass(frozen=True, slots=True)
class Task:
    """A step for the desk to do. `given`: its parameters, filled in, without those that are empty."""

    run: ProcedureRun
    taken: Taken
    step: ProcedureStep

    @property
    def given(self) -> dict[str, str]:
        values = {name: filled(value, self.run.values) for name, value in self.step.given.items()}
        return {name: value for name, value in values.items() if value}

    @property
    def environment(self) -> str:
        return self.given.get("environment", self.run.environment)

    @property
    def service(self) -> str:
        return self.given.get("service", self.run.service)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a step ended: `output` is what was read, secrets hidden already."""

    well: bool
    said: Phrase | None = None
    output: str = ""


class Walking:
    """`owner` names this worker in leases. Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk, owner: str) -> None:
        self.db, self.desk, self.owner = db, desk, owner
        self.procedures = Procedures(db, desk)

    async def to_walk(self) -> list[int]:
        async with self.db.transaction() as tx:
            return await procedures.to_walk(tx)

    async def remind(self) -> None:
        """Nobody has answered a question: it is asked again, in the thread and to whoever began the runbook."""
        async with self.db.transaction() as tx:
            for number in await procedures.unanswered(tx, FIRST_REMINDER, NEXT_REMINDER):
                run = await procedures.get(tx, number)
                if run is not None and run.current is not None:
                    await remind(tx, self.desk, run, run.current)

    async def claim(self, number: int) -> bool:
        async with self.db.transaction() as tx:
            return await procedures.claim(tx, number, self.owner)

    async def hold(self, number: int) -> bool:
        async with self.db.transaction() as tx:
            return await procedures.hold(tx, number, self.owner)

    async def let_go(self, number: int) -> None:
        async with self.db.transaction() as tx:
            await procedures.let_go(tx, number, self.owner)

    async def next(self, number: int) -> Task | None:
        """The step that the desk has to do now, a row before it; None: it waits for a person, or it is over."""
        async with self.db.transaction() as tx:
            if not await procedures.held(tx, number):
                return None
            run = await advance(tx, self.desk, number)
            current = run.current
            if run.state.is_over or current is None or current.state is StepState.WAITING:
                return None
            return Task(run, current, run.step_of(current))

    async def run_of(self, task: Task) -> int | None:
        """The run that this step asked for, before a crash perhaps."""
        async with self.db.transaction() as tx:
            return await procedures.run_of(tx, task.taken.id)

    async def ended(self, task: Task, how: Ended) -> bool:
        """The row after the step. False: somebody called it off, or another worker ended it."""
        state = StepState.DONE if how.well else StepState.FAILED
        output = how.output[-LONGEST_OUTPUT:]
        async with self.db.transaction() as tx:
            if not await procedures.hold(tx, task.run.id, self.owner):
                return False
            if not await procedures.end_step(tx, task.taken.id, StepState.RUNNING, state, said=how.said, output=output):
                return False
            run = await procedures.run_of(tx, task.taken.id)
            await written(tx, DESK, f"runbook.step_{state.value}", task.run, _told(task, how), run)
            await card(tx, self.desk, task.run)
            return True


def _told(task: Task, how: Ended) -> Phrase:
    """For the incident's timeline: the step by its name, and what came of it."""
    name = filled(task.step.title, task.run.values)
    values: dict[str, Value | Phrase] = {**facts(task.run, task.taken.position), "name": name, "how": how.said or ""}
    if how.well:
        if how.said is None:
            return Phrase("Runbook “{title}” ({id}), step {step}, “{name}”: done", values)
        return Phrase("Runbook “{title}” ({id}), step {step}, “{name}”: done. {how}", values)
    if how.said is None:
        return Phrase("Runbook “{title}” ({id}), step {step}, “{name}”: failed", values)
    return Phrase("Runbook “{title}” ({id}), step {step}, “{name}”: failed. {how}", values)
