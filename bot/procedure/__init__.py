"""Runbooks as people write them: a file of steps, from what the desk can do and what only a person can see. Pure.

People say "runbook"; here it is a procedure, since `bot.runbook` is about a single action on containers.
"""

from bot.procedure.catalogue import CATALOGUE, Act, ActKind
from bot.procedure.procedure import Condition, Fit, Parameter, Procedure, ProcedureStep, filled
from bot.procedure.run import ALLOWED, ProcedureRun, ProcedureState, StepState, Taken, may_come_from
from bot.procedure.suggestion import Suggestion, suggestions
from bot.procedure.walk import End, Skip, Take, next_move

__all__ = [
    "ALLOWED",
    "CATALOGUE",
    "Act",
    "ActKind",
    "Condition",
    "End",
    "Fit",
    "Parameter",
    "Procedure",
    "ProcedureRun",
    "ProcedureState",
    "ProcedureStep",
    "Skip",
    "StepState",
    "Suggestion",
    "Take",
    "Taken",
    "filled",
    "may_come_from",
    "next_move",
    "suggestions",
]
