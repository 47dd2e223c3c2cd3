"""Kapacitor's `.post()` and `httppost` handlers: the data of an alert as JSON.

Key: the alert's `id`, which its template makes of the task and the group, the same for every level. `OK` is over,
`INFO` is information, `WARNING` and `CRITICAL` fire; a body without a level fires too.
Source: docs.influxdata.com/kapacitor/v1/reference/event_handlers/post/.
"""

from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import mapping, said, sequence, text
from handlers.sources.tags import ENVIRONMENT, SERVICE, first, tagged
from handlers.sources.templated import Fields, contents

SOURCE: Final = "kapacitor"
LEVELS: Final = {
    "ok": AlertStatus.RESOLVED, "info": AlertStatus.INFO, "warning": AlertStatus.FIRING, "warn": AlertStatus.FIRING,
    "critical": AlertStatus.FIRING, "crit": AlertStatus.FIRING,
}  # fmt: skip


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(content) for content in contents(body, headers, "Kapacitor")]


def _alert(content: dict[str, object]) -> Alert:
    fields = Fields(content)
    name, message = fields("id", "alertid", "name", "taskname"), fields("message", "text", "title")
    if not (name or message):
        raise NotUnderstood("$.id", Phrase("It is missing."))
    tags = _tags(content)
    level = fields("level", "severity", "status")
    status = LEVELS.get(level.split(" ")[0].lower(), AlertStatus.FIRING)
    happened = fields.when("time", "timestamp")
    over = status is AlertStatus.RESOLVED
    return Alert(
        source=SOURCE,
        dedup_key=name or stable_hash(*(f"{key}={value}" for key, value in sorted(tags.items())), message),
        status=status,
        title=message if name in message else ": ".join(filter(None, (name, message))),
        text=fields("details"),
        environment=first(tags, ENVIRONMENT),
        service=first(tags, SERVICE),
        severity=level,
        labels=tags | said(previous=fields("previouslevel"), measurement=text(content, "data.series.0.name")),
        url=fields("url", "link"),
        starts_at=None if over else happened,
        ends_at=happened if over else None,
    )


def _tags(content: dict[str, object]) -> dict[str, str]:
    """Of the points that made it change its level."""
    series = sequence(content, "data.series")
    return {name: value for each in reversed(series) for name, value in tagged(mapping(each, "tags")).items()} | tagged(
        content.get("tags")
    )
