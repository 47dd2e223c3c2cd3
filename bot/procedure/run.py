"""A procedure under way: its states, its only moves, and how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.phrase import Phrase
from bot.procedure.procedure import Procedure, ProcedureStep, filled


class ProcedureState(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self is not ProcedureState.RUNNING


ALLOWED: Final[dict[ProcedureState, frozenset[ProcedureState]]] = {  # from -> to
    ProcedureState.RUNNING: frozenset({ProcedureState.SUCCEEDED, ProcedureState.FAILED, ProcedureState.CANCELLED}),
    ProcedureState.SUCCEEDED: frozenset(),
    ProcedureState.FAILED: frozenset({ProcedureState.RUNNING}),  # by a person: the failed step again
    ProcedureState.CANCELLED: frozenset(),
}
LEASE: Final = timedelta(seconds=10)
"""How long a worker holds a procedure without a sign of life (real time)."""


def may_come_from(to: ProcedureState) -> list[ProcedureState]:
    """The states from which a move to `to` is allowed."""
    return [state for state, following in ALLOWED.items() if to in following]


class StepState(StrEnum):
    RUNNING = "running"  # the desk does it, or follows the run it asked for
    WAITING = "waiting"  # for a person's word
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def is_over(self) -> bool:
        return self in (StepState.DONE, StepState.FAILED, StepState.SKIPPED)


@dataclass(frozen=True, slots=True)
class Taken:
    """One step taken, or being taken. `visit` counts from 1: a jump may come back. `by`: who answered; `run`: the run
    that it asked for; `output`: what was read, secrets hidden.
    """

    id: int
    position: int
    visit: int
    state: StepState
    started_at: datetime
    finished_at: datetime | None = None
    by: str | None = None
    said: Phrase | None = None
    output: str = ""
    run: int | None = None


@dataclass(frozen=True, slots=True)
class ProcedureRun:
    """One row of `procedure_run`; `procedure` as it was when it began. `why`: the reason it was suggested for."""

    id: int
    procedure: Procedure
    state: ProcedureState
    environment: str
    service: str
    begun_by: str
    begun_at: datetime
    given: Mapping[str, str] = field(default_factory=dict)
    incident: int | None = None
    confirm: str | None = None
    finished_at: datetime | None = None
    said: Phrase | None = None
    taken: tuple[Taken, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """What fills `{placeholders}`."""
        return {**self.given, "environment": self.environment, "service": self.service}

    @property
    def current(self) -> Taken | None:
        """The step that is being taken, or waits."""
        return self.taken[-1] if self.taken and not self.taken[-1].state.is_over else None

    @property
    def last_answer(self) -> str:
        """The words on the button that a person pressed last; '' where the runbook leaves them to the desk."""
        asked = [each for each in self.taken if each.state.is_over and self.step_of(each).do is None]
        return self.answer_of(asked[-1]) if asked else ""

    def answer_of(self, taken: Taken) -> str:
        """The words on the button that was pressed there; '' where the runbook leaves them to the desk."""
        step = self.step_of(taken)
        return filled({StepState.DONE: step.done, StepState.FAILED: step.failed}.get(taken.state, ""), self.values)

    @property
    def may_go_on(self) -> bool:
        """It stopped at a step that failed, which may be tried again."""
        failed = bool(self.taken) and self.taken[-1].state is StepState.FAILED
        return self.state is ProcedureState.FAILED and failed

    def step_of(self, taken: Taken) -> ProcedureStep:
        return self.procedure.steps[taken.position]
