"""Signs of life that somebody has to give: a cron job, a backup, another monitoring tool. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.incident import Priority

SOURCE: Final = "heartbeat"
"""The source of the alerts about them, and the label that holds the name."""


class Signal(StrEnum):
    SUCCESS = "success"
    START = "start"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One entry of `heartbeats`: missed when no success came for `period` and `grace`, or, once a start came, for
    `run_within`. `environment` and `service` are our ids or ''.
    """

    name: str
    period: timedelta
    grace: timedelta
    run_within: timedelta
    priority: Priority = Priority.P2
    environment: str = ""
    service: str = ""


def signal_of(word: str) -> Signal | None:
    """`''`, `start`, `fail`, or a program's exit code (0 to 255); None for anything else."""
    if not word:
        return Signal.SUCCESS
    if word in (Signal.START, Signal.FAIL):
        return Signal(word)
    if word.isascii() and word.isdigit() and int(word) <= 255:
        return Signal.FAIL if int(word) else Signal.SUCCESS
    return None
