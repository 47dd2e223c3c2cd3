"""Runs as use cases: one transaction each. People ask, approve and call off; the worker starts, steps and ends."""

from bot.runs.execution import Execution
from bot.runs.runs import Runs

__all__ = ["Execution", "Runs"]
