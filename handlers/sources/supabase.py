"""Supabase: database webhooks, log drains, and its status page.

A database webhook tells of a row that changed: information, whatever the row says (a rule of classification cannot
make an incident of it; let the database send to `generic` for that). Of a log drain, lines of level error or worse
fire, once for each project, part and SQL state (never by their text), and the others are information. The status page
(Atlassian Statuspage) is known by its incident's or component's id.
Source: supabase.com/docs/guides/database/webhooks, …/telemetry/log-drains; support.atlassian.com/statuspage webhooks.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources.body import NotUnderstood, decode, stable_hash, text_of
from handlers.sources.fields import instant, joined, mapping, pairs, said, sequence, text

SOURCE: Final = "supabase"
CHANGES: Final = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")
OVER: Final = ("resolved", "postmortem", "completed", "operational")
PLANNED: Final = ("scheduled", "in_progress", "verifying", "under_maintenance")
COMPONENTS: Final = {"major_outage": "critical", "partial_outage": "major", "degraded_performance": "warning"}
BAD: Final = ("error", "fatal", "panic", "critical", "emergency", "alert")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert for each row or incident; for log lines one for each different trouble. Raises NotUnderstood."""
    content = decode(body, object)
    if isinstance(content, dict) and text(content, "type") in CHANGES and text(content, "table"):
        return [_change(content)]
    if isinstance(content, dict) and (about := mapping(content, "incident", "component")):
        return [_page(content, about)]
    lines = content if isinstance(content, list) else [content]
    events = [each for each in lines if isinstance(each, dict) and text(each, "event_message", "message")]
    if not events:
        raise NotUnderstood(
            "$", Phrase("It is neither a row that changed, nor log lines, nor news of the status page.")
        )
    return _logs(events)


def _change(content: dict[str, object]) -> Alert:
    kind, table = text(content, "type"), joined(text(content, "schema"), text(content, "table"))
    row = mapping(content, "record", "old_record")
    which = text(row, "id", "uuid", "key") or stable_hash(text_of(row))
    return Alert(
        source=SOURCE, dedup_key=joined("row", table, which), status=AlertStatus.INFO,
        title=f"{kind} {table.replace(':', '.')} {which}", labels=pairs(row),
        starts_at=instant(row, "updated_at", "created_at"),
    )  # fmt: skip


def _page(content: dict[str, object], about: dict[str, object]) -> Alert:
    """An incident, or one component without an incident."""
    word = text(about, "status") or text(content, "component_update.new_status")
    kind = "incident" if mapping(content, "incident") else "component"
    name, impact = text(about, "name"), text(about, "impact")
    worst = impact or (COMPONENTS.get(word, "") if kind == "component" else "")
    if not name:
        raise NotUnderstood(f"$.{kind}.name", Phrase("It is missing."))
    status = AlertStatus.RESOLVED if word in OVER else AlertStatus.INFO if word in PLANNED else AlertStatus.FIRING
    return Alert(
        source=SOURCE, dedup_key=joined("status-page", kind, text(about, "id") or name), status=status,
        title=f"Supabase: {name}" if kind == "incident" else f"Supabase: {name} ({word.replace('_', ' ')})",
        text=text(about, "incident_updates.0.body") or text(content, "page.status_description"),
        service="supabase", severity=worst if impact != "none" else "info",
        labels=said(state=word, components=", ".join(text(each, "name") for each in sequence(about, "components"))),
        url=text(about, "shortlink") or text(content, "meta.documentation"),
        starts_at=instant(about, "started_at", "created_at"), ends_at=instant(about, "resolved_at"),
    )  # fmt: skip


def _logs(events: Iterable[dict[str, object]]) -> list[Alert]:
    found: dict[str, Alert] = {}
    for event in events:
        alert = _line(event)
        known = found.get(alert.dedup_key)
        if known is None or known.status is AlertStatus.INFO:
            found[alert.dedup_key] = alert
    return list(found.values())


def _line(event: dict[str, object]) -> Alert:
    metadata = mapping(event, "metadata", "metadata.0")
    parsed = mapping(metadata, "parsed", "parsed.0")
    level = text(parsed, "error_severity") or text(metadata, "level") or text(event, "level")
    message, part = text(event, "event_message", "message"), text(event, "source", "appname") or "logs"
    project, code = text(metadata, "project") or text(event, "project"), text(parsed, "sql_state_code")
    answered = text(metadata, "response.status_code", "response.0.status_code")
    bad = level.lower() in BAD or answered.startswith("5")
    return Alert(
        source=SOURCE, dedup_key=joined("log", project, part, level.lower(), code, answered),
        status=AlertStatus.FIRING if bad else AlertStatus.INFO, title=message.partition("\n")[0], text=message,
        service=project, severity=level.lower(),
        labels=said(project=project, part=part, sql_state=code, status_code=answered, host=text(metadata, "host")),
        starts_at=instant(event, "timestamp"),
    )  # fmt: skip
