"""A source of alerts as the configuration names it: whose format it has, who may send, what its alerts are about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.alert import AlertStatus
from bot.secret import Secret

PATHS: Final = "paths"
BUILT_IN: Final = (
    "alertmanager", "azure_monitor", "checkly", "cloudwatch", "datadog", "elastalert", "gcp_monitoring", "generic",
    "github", "gitlab", "grafana", "grafana_legacy", "healthchecks", "incidentio", "kapacitor", "netdata", "newrelic",
    "oncall", "opsgenie", "pagerduty", "pingdom", "sentry", "slack", "statuscake", "supabase", "uptime_kuma",
    "uptimerobot", "zabbix",
)  # fmt: skip
"""Every format that the desk reads by itself; `handlers.sources.SOURCES` has exactly these (a test says so)."""

PATH: Final = re.compile(r"\$(?:\.[A-Za-z_][\w-]*|\[\d{1,4}\]|\['[^']{1,100}'\])*")
STEP: Final = re.compile(r"\.(?P<name>[A-Za-z_][\w-]*)|\[(?P<place>\d+)\]|\['(?P<quoted>[^']+)'\]")
HOLE: Final = re.compile(r"\{(\$[^{}]*)\}")

Path = tuple[str | int, ...]
"""Names and places from the top of a body; empty for the body itself."""


@dataclass(frozen=True, slots=True)
class Template:
    """Text with holes: `parts` are words and paths, in order. One path alone is a template of one part."""

    parts: tuple[str | Path, ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """Where a sender that nobody knows yet keeps what an alert is made of. `each`: the list of its alerts.

    `words`: its own words for a status, folded. `labels` by their names.
    """

    title: Template
    each: Path | None = None
    status: Template | None = None
    words: Mapping[str, AlertStatus] = field(default_factory=lambda: MappingProxyType({}))
    dedup_key: tuple[Template, ...] = ()
    group_key: Template | None = None
    environment: Template | None = None
    service: Template | None = None
    severity: Template | None = None
    text: Template | None = None
    url: Template | None = None
    starts_at: Template | None = None
    labels: Mapping[str, Template] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """`like` is one of BUILT_IN, or PATHS with `paths`. Any of `tokens` lets a sender in: two while one is replaced.

    `secret`: what the vendor signs with. `environment` and `service` go to alerts that name none themselves.
    `branches`: patterns of those that matter (github, gitlab). `topics`: ARNs that may be confirmed (cloudwatch).
    `channels`: those watched (slack), names or ids.
    """

    name: str
    like: str
    enabled: bool = True
    tokens: tuple[Secret, ...] = ()
    secret: Secret | None = None
    environment: str = ""
    service: str = ""
    branches: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    paths: Paths | None = None

    def secrets(self) -> tuple[Secret, ...]:
        return (*self.tokens, self.secret) if self.secret else self.tokens


def path(said: str) -> Path:
    """`$.alert.labels['my name'][0]`. Raises ValueError."""
    if not PATH.fullmatch(said):
        raise ValueError("must be a path, such as $.alert.name or $.alerts[0]['a name']")
    return tuple(
        int(step["place"]) if step["place"] else step["name"] or step["quoted"] for step in STEP.finditer(said)
    )


def template(said: str) -> Template:
    """`$.alert.name` is a path, `{$.host} is {$.state}` holds two; anything else is meant as it stands.

    Raises ValueError.
    """
    if said.startswith("$"):
        return Template((path(said),))
    parts: list[str | Path] = []
    for place, part in enumerate(HOLE.split(said)):
        if place % 2:
            parts.append(path(part))
        elif part:
            parts.append(part)
    return Template(tuple(parts))
