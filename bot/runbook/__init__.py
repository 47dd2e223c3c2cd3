"""The words of acting on containers: a frozen Plan people approve, the Steps, the Evidence and the Outcome.

Describe, then do: a runbook first makes a plan (plain data); that very plan is approved, stored and run, and it is
refused when the world has changed since. `runbooks/` implements `Runbook` and `Engines` on Docker.
"""

from bot.runbook.looks import Looks
from bot.runbook.outcome import Evidence, Light, Outcome, Repaired, Result, ServiceStatus
from bot.runbook.plan import (
    FORWARD,
    FROZEN,
    REPLACING,
    Action,
    ActionClass,
    Change,
    ChangeKind,
    Image,
    Plan,
    Step,
)
from bot.runbook.protocols import Engines, Journal, Runbook

__all__ = [
    "FORWARD",
    "FROZEN",
    "REPLACING",
    "Action",
    "ActionClass",
    "Change",
    "ChangeKind",
    "Engines",
    "Evidence",
    "Image",
    "Journal",
    "Light",
    "Looks",
    "Outcome",
    "Plan",
    "Repaired",
    "Result",
    "Runbook",
    "ServiceStatus",
    "Step",
]
