"""PagerDuty's formats: Events API v2 and v1, as senders send them; its own webhooks v1, v2 and v3, as it sends them.

An event's key is its `dedup_key` (v1: `incident_key`); a trigger without one is a new alert each time, known by what
the door made up (`given.ALIAS`) or by a hash of the body. A webhook's key is the incident's id.
Source: field study E5; developer.pagerduty.com/docs/events-api-v2-overview, …/events-api-v1-overview,
…/webhooks-overview (v3), and the documentation of webhooks v1 and v2, which PagerDuty has taken down.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.secret import Secret
from handlers.sources import given
from handlers.sources.body import NotUnderstood, decode, stable_hash
from handlers.sources.fields import at, header, instant, joined, mapping, pairs, said, sequence, text

SOURCE: Final = "pagerduty"
CHANGE: Final = "change"
ACTIONS: Final = {
    "trigger": AlertStatus.FIRING,
    "acknowledge": AlertStatus.ACKNOWLEDGED,
    "resolve": AlertStatus.RESOLVED,
}
NEWS: Final = {  # of webhooks: the last part of `incident.triggered` (v3), `incident.trigger` (v1, v2)
    **ACTIONS, "triggered": AlertStatus.FIRING, "acknowledged": AlertStatus.ACKNOWLEDGED,
    "resolved": AlertStatus.RESOLVED, "escalate": AlertStatus.FIRING, "escalated": AlertStatus.FIRING,
    "unacknowledge": AlertStatus.FIRING, "unacknowledged": AlertStatus.FIRING, "reopened": AlertStatus.FIRING,
}  # fmt: skip
ENVIRONMENT: Final = ("environment", "env", "environnement", "stage")
SERVICE: Final = ("service", "service_name", "app", "application")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert for an event or a webhook; of v1 and v2 webhooks one for each message. Raises NotUnderstood."""
    content = decode(body, object)
    match content:
        case {"messages": list() as messages}:
            return [_message(each, f"$.messages[{n}]") for n, each in enumerate(messages)]
        case {"event": dict() as event} if text(event, "event_type"):
            return [_news(event)]
        case dict() if header(headers, given.ACTION) == CHANGE:
            return [_change(content)]
        case dict() if "event_action" in content or "routing_key" in content:
            return [_event(content, body, headers)]
        case dict() if "event_type" in content or "service_key" in content:
            return [_old_event(content, body, headers)]
        case dict():
            raise NotUnderstood("$.event_action", Phrase("It must be one of {words}.", {"words": ", ".join(ACTIONS)}))
        case _:
            raise NotUnderstood("$", Phrase("It must be an object, as PagerDuty's clients send it."))


def verify(body: bytes, headers: Mapping[str, str], secret: Secret) -> bool:
    """The signature of webhooks v3: `v1=` and HMAC-SHA256, several while a secret is being replaced. Constant-time."""
    wanted = hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()
    sent = header(headers, "X-PagerDuty-Signature").split(",")
    return any([hmac.compare_digest(each.strip().encode("utf-8", "replace"), f"v1={wanted}".encode()) for each in sent])


def _event(content: dict[str, object], body: bytes, headers: Mapping[str, str]) -> Alert:
    """Alertmanager's severity is a template of its user's: any word will do."""
    status = _action(content, "event_action")
    payload = mapping(content, "payload")
    if status is AlertStatus.FIRING and not text(payload, "summary"):
        raise NotUnderstood("$.payload.summary", Phrase("It is missing."))
    details = mapping(payload, "custom_details")
    labels = pairs(details) | said(
        source=text(payload, "source"), component=text(payload, "component"), group=text(payload, "group"),
        **{"class": text(payload, "class")}, client=text(content, "client"),
    )  # fmt: skip
    key = _key(content, "dedup_key", status, body, headers)
    return Alert(
        source=SOURCE, dedup_key=key, status=status, title=text(payload, "summary") or key,
        text=_told(at(payload, "custom_details")), environment=_own(labels, ENVIRONMENT),
        service=_own(labels, SERVICE) or text(payload, "component"), severity=text(payload, "severity"), labels=labels,
        url=text(content, "client_url", "links.0.href"), starts_at=instant(payload, "timestamp"),
    )  # fmt: skip


def _old_event(content: dict[str, object], body: bytes, headers: Mapping[str, str]) -> Alert:
    status = _action(content, "event_type")
    if status is AlertStatus.FIRING and not text(content, "description"):
        raise NotUnderstood("$.description", Phrase("It is missing."))
    labels = pairs(mapping(content, "details")) | said(client=text(content, "client"))
    key = _key(content, "incident_key", status, body, headers)
    return Alert(
        source=SOURCE, dedup_key=key, status=status, title=text(content, "description") or key,
        text=_told(at(content, "details")), environment=_own(labels, ENVIRONMENT), service=_own(labels, SERVICE),
        severity=labels.get("severity", ""), labels=labels, url=text(content, "client_url", "contexts.0.href"),
    )  # fmt: skip


def _action(content: dict[str, object], name: str) -> AlertStatus:
    found = ACTIONS.get(text(content, name))
    if found is None:
        raise NotUnderstood(f"$.{name}", Phrase("It must be one of {words}.", {"words": ", ".join(ACTIONS)}))
    return found


def _key(
    content: dict[str, object], name: str, status: AlertStatus, body: bytes, headers: Mapping[str, str]
) -> str:  # fmt: skip
    key = text(content, name)
    if not key and status is not AlertStatus.FIRING:
        raise NotUnderstood(f"$.{name}", Phrase("It is missing: which alert is meant?"))
    return key or header(headers, given.ALIAS) or stable_hash(body.decode("utf-8", "replace"))


def _change(content: dict[str, object]) -> Alert:
    """Something was changed on purpose: shown near incidents, never a page."""
    payload = mapping(content, "payload")
    summary = text(payload, "summary")
    if not summary:
        raise NotUnderstood("$.payload.summary", Phrase("It is missing."))
    labels = pairs(mapping(payload, "custom_details")) | said(source=text(payload, "source"))
    return Alert(
        source=SOURCE, dedup_key=joined(CHANGE, stable_hash(summary, text(payload, "source", "timestamp"))),
        status=AlertStatus.INFO, title=summary, environment=_own(labels, ENVIRONMENT), service=_own(labels, SERVICE),
        labels=labels, url=text(content, "links.0.href"), starts_at=instant(payload, "timestamp"),
    )  # fmt: skip


def _message(content: object, path: str) -> Alert:
    """Webhook v1 (`type`, `data.incident`) or v2 (`event`, `incident`)."""
    incident = mapping(content, "incident", "data.incident")
    kind = text(content, "event", "type")
    if not incident or not kind:
        raise NotUnderstood(f"{path}.incident", Phrase("It is missing."))
    return _of_incident(incident, kind)


def _news(event: dict[str, object]) -> Alert:
    """Webhook v3; `pagey.ping` is its test button, and notes, services and responders are not incidents."""
    kind, about = text(event, "event_type"), mapping(event, "data")
    if text(event, "resource_type") == "incident" or kind.startswith("incident."):
        return _of_incident(mapping(about, "incident") or about, kind, instant(event, "occurred_at"))
    return Alert(
        source=SOURCE, dedup_key=joined(kind, text(about, "id") or text(event, "id") or "ping"),
        status=AlertStatus.INFO, title=f"{kind}: {text(about, 'message', 'summary', 'name') or 'PagerDuty'}",
    )  # fmt: skip


def _of_incident(incident: dict[str, object], kind: str, at_: object = None) -> Alert:
    number = text(incident, "incident_number", "number")
    title = text(incident, "title", "trigger_summary_data.subject", "trigger_summary_data.description", "description")
    title = title or text(incident, "summary", "incident_key") or f"PagerDuty {number or kind}"
    status = NEWS.get(kind.rpartition(".")[2], AlertStatus.INFO)
    over = status is AlertStatus.RESOLVED
    alert_keys = ", ".join(text(each, "alert_key") for each in sequence(incident, "alerts"))
    return Alert(
        source=SOURCE, dedup_key=text(incident, "id") or text(incident, "incident_key") or joined("incident", number)
        or stable_hash(title), status=status, title=title,
        text=text(incident, "trigger_summary_data.description", "description"),
        service=text(incident, "service.name", "service.summary"),
        severity=text(incident, "priority.summary", "priority.name", "urgency"),
        labels=said(number=number, incident_key=text(incident, "incident_key"), event=kind, alert_keys=alert_keys),
        url=text(incident, "html_url"), starts_at=instant(incident, "created_at", "created_on"),
        ends_at=instant(incident, "last_status_change_at", "last_status_change_on") if over else None,
    )  # fmt: skip


def _told(details: object) -> str:
    """Alertmanager's details hold the whole group as text; other senders' are names and values."""
    if isinstance(details, dict):
        return "\n".join(f"{name}: {value}" for name, value in pairs(details).items())
    return details if isinstance(details, str) else ""


def _own(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    folded = {name.casefold(): value for name, value in labels.items()}
    return next((folded[name] for name in names if folded.get(name)), "")
