"""One signal of any monitoring tool, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AlertStatus(StrEnum):
    FIRING = "firing"
    RESOLVED = "resolved"
    ACKNOWLEDGED = "acknowledged"  # somebody took it at the sender's
    INFO = "info"  # tests, handshakes, successes: kept, never an incident


@dataclass(frozen=True, slots=True)
class Alert:
    """`dedup_key` names the member, `group_key` the sender's own group; neither is ever made of display text.

    `environment` and `service` are what the sender said, not yet resolved to ours; `severity` is its own word.
    `change`: what it put in place on purpose, in few words; '' when it did not. Shown on incidents that begin after it.
    """

    source: str
    dedup_key: str
    status: AlertStatus
    title: str
    text: str = ""
    group_key: str = ""
    environment: str = ""
    service: str = ""
    severity: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    change: str = ""
