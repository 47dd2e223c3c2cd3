"""Signs of life that somebody has to give: a cron job, a backup, another monitoring tool. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.incident import Priority
from bot.target import fold

SOURCE: Final = "heartbeat"
"""The source of the alerts about them, and the label that holds the name."""


class Signal(StrEnum):
    SUCCESS = "success"
    START = "start"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Watchdog:
    """An alert that another tool sends all the time, to show that it can: its silence is the alarm.

    `source` is one of ours; `alert` a glob for its name (Prometheus: the label `alertname`) or its title.
    """

    source: str
    alert: str

    def is_this(self, alert: Alert) -> bool:
        if alert.source != self.source or alert.status is not AlertStatus.FIRING:
            return False
        names = {alert.title, alert.labels.get("alertname", "")} - {""}
        return any(fnmatchcase(fold(name), fold(self.alert)) for name in names)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One entry of `heartbeats`: missed when no success came for `period` and `grace`, or, once a start came, for
    `run_within`. `environment` and `service` are our ids or ''. `watchdog`: which alert is a success, too.
    """

    name: str
    period: timedelta
    grace: timedelta
    run_within: timedelta
    priority: Priority = Priority.P2
    environment: str = ""
    service: str = ""
    watchdog: Watchdog | None = None


def signal_of(word: str) -> Signal | None:
    """`''`, `start`, `fail`, or a program's exit code (0 to 255); None for anything else."""
    if not word:
        return Signal.SUCCESS
    if word in (Signal.START, Signal.FAIL):
        return Signal(word)
    if word.isascii() and word.isdigit() and int(word) <= 255:
        return Signal.FAIL if int(word) else Signal.SUCCESS
    return None
