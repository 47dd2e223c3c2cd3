"""Google Cloud Monitoring's webhooks (incident 1.0 to 1.2), also through Pub/Sub; Error Reporting's.

The key is the incident's id: `open` and `closed` have the same. The policy groups. Version `test` is the test button.
Times are seconds since 1970, and 0 for none; the state is written in any case.
Source: cloud.google.com/monitoring/support/notification-options#schema-pubsub.
"""

import base64
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources.body import NotUnderstood, decode, stable_hash
from handlers.sources.fields import at, instant, joined, mapping, pairs, said, text

SOURCE: Final = "gcp_monitoring"
STATES: Final = {"open": AlertStatus.FIRING, "closed": AlertStatus.RESOLVED, "acknowledged": AlertStatus.ACKNOWLEDGED}
NO_SEVERITY: Final = "no severity"
ENVIRONMENT: Final = ("environment", "env", "stage")
SERVICE: Final = ("service", "service_name", "app", "module_id", "container_name")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    content = decode(body, object)
    if isinstance(at(content, "message.data"), str):
        content = _published(text(content, "message.data"))
    incident = mapping(content, "incident")
    if not incident and mapping(content, "group_info", "exception_info"):
        return [_error(content)]
    if not incident:
        raise NotUnderstood("$.incident", Phrase("Google Cloud Monitoring sends its incident here; there is none."))
    return [_alert(incident, test=text(content, "version").lower() == "test")]


def _published(data: str) -> object:
    try:
        return decode(base64.b64decode(data, validate=True), object)
    except ValueError:  # also what is not even ASCII
        raise NotUnderstood("$.message.data", Phrase("It is not base64.")) from None


def _alert(incident: dict[str, object], *, test: bool) -> Alert:
    labels = _labels(incident)
    policy, condition = text(incident, "policy_name"), text(incident, "condition_name", "condition.displayName")
    summary = text(incident, "summary", "documentation.subject") or " · ".join(filter(None, (policy, condition)))
    key = text(incident, "incident_id") or joined(policy, condition, text(incident, "resource_id", "resource_name"))
    if not summary or not key:
        missing = "summary" if not summary else "incident_id"
        raise NotUnderstood(f"$.incident.{missing}", Phrase("It is missing."))
    severity = text(incident, "severity")
    return Alert(
        source=SOURCE,
        dedup_key=key,
        group_key=joined(text(incident, "scoping_project_id"), policy) if policy else "",
        status=AlertStatus.INFO if test else STATES.get(text(incident, "state").lower(), AlertStatus.FIRING),
        title=summary,
        text="\n".join(filter(None, (condition, text(incident, "documentation.content", "documentation")))),
        environment=next((labels[name] for name in ENVIRONMENT if labels.get(name)), ""),
        service=next((labels[name] for name in SERVICE if labels.get(name)), ""),
        severity=(severity if severity.lower() != NO_SEVERITY else "") or labels.get("severity", ""),
        labels=labels,
        url=text(incident, "url"),
        starts_at=instant(incident, "started_at"),
        ends_at=instant(incident, "ended_at"),
    )


def _error(content: object) -> Alert:
    """Error Reporting's news of an error that is new or came back; it has no end. Its page names the group."""
    page, project = text(content, "group_info.detail_link"), text(content, "group_info.project_id")
    kind, message = text(content, "exception_info.type"), text(content, "exception_info.message")
    said_ = ": ".join(filter(None, (kind, message)))
    return Alert(
        source=SOURCE, dedup_key=joined("error", project, page or stable_hash(kind, message)),
        status=AlertStatus.INFO if text(content, "version").lower() == "test" else AlertStatus.FIRING,
        title=text(content, "subject") or said_ or "Error Reporting",
        text="\n".join(filter(None, (said_, text(content, "event_info.log_message")))),
        service=text(content, "event_info.service"), severity="error",
        labels=said(project=project, url=text(content, "event_info.request_url"),
                    status_code=text(content, "event_info.response_status")),
        url=page,
    )  # fmt: skip


def _labels(incident: dict[str, object]) -> dict[str, str]:
    """The user's own labels go before the system's."""
    found: dict[str, str] = {}
    for place in ("metadata.system_labels", "resource.labels", "metric.labels", "metadata.user_labels",
                  "policy_user_labels"):  # fmt: skip
        found |= pairs(mapping(incident, place))
    return found | said(
        project=text(incident, "scoping_project_id"), resource=text(incident, "resource_display_name", "resource_name"),
        resource_type=text(incident, "resource_type_display_name", "resource.type"),
        metric=text(incident, "metric.type"), policy=text(incident, "policy_name"),
        condition=text(incident, "condition_name", "condition.displayName"),
        value=text(incident, "observed_value"), threshold=text(incident, "threshold_value"),
    )  # fmt: skip
