"""The sections `maintenance` (weekly windows) and `heartbeats` (signs of life)."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.alert import AlertStatus
from bot.classification import Rule, When
from bot.config.models import Day, Duration, Name, Section, Text, TimeOfDay, Zone
from bot.heartbeat import SOURCE, Heartbeat, Watchdog
from bot.incident import Priority
from bot.maintenance import Matcher, Window
from bot.phrase import Phrase
from bot.target import fold

SHORTEST: Final = timedelta(seconds=10)


class WindowSection(Section):
    """`end` not later than `start`: over midnight."""

    environments: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()
    labels: dict[str, Text] = Field(default_factory=dict)
    days: tuple[Day, ...]
    start: TimeOfDay
    end: TimeOfDay
    time_zone: Zone | None = None
    why: str = ""


class WatchdogSection(Section):
    source: Name
    alert: Text = "watchdog"


class HeartbeatSection(Section):
    """`run_within` left out: as long as the grace. `watchdog`: an alert that is always sent, as a sign of life."""

    period: Duration
    grace: Duration = timedelta(minutes=5)
    run_within: Duration | None = None
    priority: Priority = Priority.P2
    environment: str = ""
    service: str = ""
    watchdog: WatchdogSection | None = None


def windows(entries: Mapping[str, WindowSection], zone: ZoneInfo) -> tuple[Window, ...]:
    return tuple(
        Window(
            key=f"config:{name}", name=name, matcher=Matcher(entry.environments, entry.services, entry.labels),
            days=frozenset(entry.days), starts=entry.start, ends=entry.end, zone=entry.time_zone or zone,
            reason=entry.why or name,
        )
        for name, entry in entries.items()
    )  # fmt: skip


def heartbeats(entries: Mapping[str, HeartbeatSection]) -> dict[str, Heartbeat]:
    return {
        name: Heartbeat(
            name, entry.period, entry.grace, entry.run_within or entry.grace, entry.priority, entry.environment,
            entry.service, Watchdog(entry.watchdog.source, entry.watchdog.alert) if entry.watchdog else None,
        )
        for name, entry in entries.items()
    }  # fmt: skip


def heartbeat_rules(entries: Mapping[str, HeartbeatSection]) -> tuple[Rule, ...]:
    """Before all others: what a missing sign of life is worth stands beside its period."""
    return tuple(
        Rule(
            f"heartbeats.{name}", entry.priority,
            Phrase("“{name}” has to give a sign of life every {period}", {"name": name, "period": entry.period}),
            When(
                statuses=frozenset({AlertStatus.FIRING}), sources=frozenset({SOURCE}),
                labels={SOURCE: re.escape(fold(name))},
            ),
        )
        for name, entry in entries.items()
    )  # fmt: skip
