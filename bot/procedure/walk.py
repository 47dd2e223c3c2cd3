"""Which step comes next: by the order of the file, the conditions, and what a failure leads to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from bot.phrase import Phrase
from bot.procedure.procedure import CONTINUE, Condition, Procedure
from bot.procedure.run import ProcedureRun, ProcedureState, StepState, Taken
from bot.target import fold

MOST_VISITS: Final = 5
"""A step that is come back to more often goes in circles."""


@dataclass(frozen=True, slots=True)
class Take:
    position: int
    visit: int


@dataclass(frozen=True, slots=True)
class Skip:
    """Its condition does not hold."""

    position: int
    visit: int


@dataclass(frozen=True, slots=True)
class End:
    state: ProcedureState
    said: Phrase


def next_move(run: ProcedureRun, place: Collection[str]) -> Take | Skip | End | None:
    """None: a step is under way. `place`: the folded words that mean the run's environment."""
    if run.current is not None:
        return None
    procedure, last = run.procedure, run.taken[-1] if run.taken else None
    position = 0 if last is None else _after(procedure, last)
    if position is None:
        assert last is not None
        stopped = Phrase("Stopped at step {step}: it failed.", {"step": last.position + 1})
        return End(ProcedureState.FAILED, stopped)
    if position >= len(procedure.steps):
        return End(ProcedureState.SUCCEEDED, Phrase("Every step is through."))
    visit = 1 + sum(each.position == position for each in run.taken)
    if visit > MOST_VISITS:
        circles = Phrase("Stopped at step {step}: it goes in circles.", {"step": position + 1})
        return End(ProcedureState.FAILED, circles)
    step = procedure.steps[position]
    wanted = all(_holds(each, run, place) for each in step.only_if)
    wanted = wanted and not any(_holds(each, run, place) for each in step.unless)
    return Take(position, visit) if wanted else Skip(position, visit)


def _after(procedure: Procedure, last: Taken) -> int | None:
    """None: it ends here."""
    step = procedure.steps[last.position]
    if last.state is not StepState.FAILED or step.on_failure == CONTINUE:
        return last.position + 1
    return procedure.position(step.goto) if step.goto else None


def _holds(condition: Condition, run: ProcedureRun, place: Collection[str]) -> bool:
    if condition.step:
        at = run.procedure.position(condition.step)
        ended = [each.state.value for each in run.taken if each.position == at]
        if not ended or ended[-1] != condition.was:
            return False
    if condition.environments and not {fold(each) for each in condition.environments} & set(place):
        return False
    return not condition.given or bool(run.given.get(condition.given))
