"""Sentry: issue alerts, issues and metric alerts of its integration platform, and the older webhooks plugin.

Keys: `issue:` and the issue's id for every event of an issue, so that its resolution closes what its alert opened;
`metric:` and the incident's id for a metric alert. An issue that is created or comes back fires, one that is resolved
is over; assigned, ignored (archived) and commented upon are information: they say nothing of whether it still happens.
Installations are handshakes. `Sentry-Hook-Signature` is HMAC-SHA256 over the body, hexadecimal.
Source: docs.sentry.io/organization/integrations/integration-platform/webhooks/.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.secret import Secret
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import at, header, instant, joined, mapping, said, sequence, text
from handlers.sources.tags import ENVIRONMENT, SERVICE, first, tagged
from handlers.sources.templated import contents

SOURCE: Final = "sentry"
ISSUE_IN: Final = re.compile(r"/issues/(\d+)")
PROJECT_IN: Final = re.compile(r"/projects/[^/]+/([^/]+)/")
ISSUE_ACTIONS: Final = {
    "created": AlertStatus.FIRING, "unresolved": AlertStatus.FIRING, "triggered": AlertStatus.FIRING,
    "resolved": AlertStatus.RESOLVED,
}  # fmt: skip
METRIC_ACTIONS: Final = {
    "critical": AlertStatus.FIRING, "warning": AlertStatus.FIRING, "open": AlertStatus.FIRING,
    "resolved": AlertStatus.RESOLVED, "closed": AlertStatus.RESOLVED,
}  # fmt: skip
EVENTS: Final = ("event", "error")
LABELS: Final = ("release", "server_name", "transaction", "url", "handled", "logger")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    resource = header(headers, "Sentry-Hook-Resource").lower()
    return [_alert(content, resource) for content in contents(body, headers, "Sentry")]


def verify(body: bytes, headers: Mapping[str, str], secret: Secret) -> bool:
    """Constant-time; without a signature: no."""
    given = header(headers, "Sentry-Hook-Signature").strip().lower()
    wanted = hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _alert(content: dict[str, object], resource: str) -> Alert:
    """By what it holds: a proxy may have taken the header off."""
    data = mapping(content, "data")
    read: Callable[[dict[str, object], dict[str, object]], Alert]
    if resource in ("installation", "comment", "seer") or (not resource and _is_news(data)):
        read = _news
    elif mapping(data, "metric_alert") or resource == "metric_alert":
        read = _metric
    elif mapping(data, *EVENTS):
        read = _event
    elif mapping(data, "issue"):
        read = _issue
    elif not data and (mapping(content, "event") or text(content, "culprit", "message", "project_name")):
        read = _plugin
    elif text(content, "action"):
        read = _news
    else:
        raise NotUnderstood("$.data", Phrase("Sentry tells here what happened; there is nothing."))
    return read(content, data)


def _is_news(data: dict[str, object]) -> bool:
    return not mapping(data, *EVENTS, "issue", "metric_alert") and bool(mapping(data, "installation"))


def _event(content: dict[str, object], data: dict[str, object]) -> Alert:
    """`event_alert`: a rule matched this event; `error`: every event there is."""
    event = mapping(data, *EVENTS)
    issue = text(event, "issue_id", "groupID") or _issue_in(event, "issue_url", "web_url", "url")
    found = PROJECT_IN.search(text(event, "url", "issue_url"))
    project = text(event, "project_slug", "project_name") or (found[1] if found else "")
    rule = text(data, "triggered_rule") or text(data, "issue_alert.title")
    return _of_event(
        event, _key(issue, event), text(event, "title", "message", "metadata.value", "culprit"), project,
        status=AlertStatus.FIRING, rule=rule, url=text(event, "web_url", "issue_url", "url"),
    )  # fmt: skip


def _plugin(content: dict[str, object], data: dict[str, object]) -> Alert:
    """The webhooks plugin: `id` is the issue's."""
    event = mapping(content, "event")
    title = text(event, "title") or text(content, "message") or text(event, "message", "culprit")
    project = text(content, "project_slug", "project_name", "project")
    rules = ", ".join(each for each in sequence(content, "triggering_rules") if isinstance(each, str))
    issue = text(content, "id") or _issue_in(content, "url")
    return _of_event(
        {**content, **event}, _key(issue, event), title or text(content, "culprit"), project,
        status=AlertStatus.FIRING, rule=rules, url=text(content, "url"), more=text(content, "message"),
    )  # fmt: skip


def _of_event(
    event: dict[str, object], key: str, title: str, project: str, *, status: AlertStatus, rule: str, url: str,
    more: str = "",
) -> Alert:  # fmt: skip
    tags = tagged(at(event, "tags"))
    values = [each for each in sequence(event, "exception.values") if isinstance(each, dict)]
    cause = [": ".join(filter(None, (text(each, "type"), text(each, "value")))) for each in values[-1:]]
    texts = (more, *cause, text(event, "logentry.formatted", "message"), text(event, "culprit"))
    return Alert(
        source=SOURCE,
        dedup_key=key,
        group_key=joined("project", project),
        status=status,
        title=title or "event without a title",
        text="\n".join(each for each in dict.fromkeys(texts) if each and each != title),
        environment=text(event, "environment") or first(tags, ENVIRONMENT),
        service=first(tags, SERVICE) or project,
        severity=text(event, "level") or tags.get("level", ""),
        labels=said(project=project, rule=rule, culprit=text(event, "culprit"), platform=text(event, "platform"))
        | {name: tags[name] for name in LABELS if name in tags}
        | said(release=text(event, "release", "release.version")),
        url=url,
        starts_at=instant(event, "datetime", "timestamp", "received"),
    )


def _issue(content: dict[str, object], data: dict[str, object]) -> Alert:
    issue, action = mapping(data, "issue"), text(content, "action").lower()
    project = text(issue, "project.slug", "project.name", "project")
    status = ISSUE_ACTIONS.get(action, AlertStatus.INFO)
    title = text(issue, "title", "metadata.title", "metadata.value", "culprit")
    return Alert(
        source=SOURCE,
        dedup_key=_key(text(issue, "id") or _issue_in(issue, "permalink", "web_url", "url"), issue),
        group_key=joined("project", project),
        status=status,
        title=title or text(issue, "shortId") or "issue without a title",
        text="\n".join(
            each for each in dict.fromkeys((text(issue, "metadata.value"), text(issue, "culprit"))) if each != title
        ),
        environment=text(issue, "environment"),
        service=project,
        severity=text(issue, "level"),
        labels=said(
            project=project, issue=text(issue, "shortId"), action=action, priority_in_sentry=text(issue, "priority"),
            substatus=text(issue, "substatus"), actor=text(content, "actor.name"), platform=text(issue, "platform"),
        ),
        url=text(issue, "web_url", "permalink", "url"),
        starts_at=instant(issue, "firstSeen"),
    )  # fmt: skip


def _metric(content: dict[str, object], data: dict[str, object]) -> Alert:
    metric, action = mapping(data, "metric_alert"), text(content, "action").lower()
    rule = mapping(metric, "alert_rule")
    which = text(metric, "id", "identifier") or text(rule, "id")
    title = text(data, "description_title") or text(metric, "title") or text(rule, "name")
    status = METRIC_ACTIONS.get(action, AlertStatus.INFO)
    project = next((each for each in sequence(metric, "projects") if isinstance(each, str)), "")
    return Alert(
        source=SOURCE,
        dedup_key=joined("metric", which or stable_hash(text(rule, "name") or title)),
        group_key=joined("metric-rule", text(rule, "id")),
        status=status,
        title=title or "metric alert without a title",
        text=text(data, "description_text").replace("\\n", "\n"),
        environment=text(rule, "environment"),
        service=project,
        severity=action if status is AlertStatus.FIRING and action != "open" else "",
        labels=said(
            project=project, rule=text(rule, "name"), query=text(rule, "query"), aggregate=text(rule, "aggregate")
        ),
        url=text(data, "web_url"),
        starts_at=instant(metric, "date_started", "date_detected"),
        ends_at=instant(metric, "date_closed") if status is AlertStatus.RESOLVED else None,
    )


def _news(content: dict[str, object], data: dict[str, object]) -> Alert:
    """Installations, comments…: kept, and nothing else."""
    subject = "installation" if mapping(data, "installation") else next(iter(data), "event")
    which = text(data, "installation.uuid", "issue_id", "comment_id") or text(content, "installation.uuid")
    return Alert(
        source=SOURCE,
        dedup_key=joined(subject, which) if which else joined(subject, text(content, "action")),
        status=AlertStatus.INFO,
        title=" ".join(filter(None, ("Sentry", subject, text(content, "action")))),
        text=text(data, "comment"),
        labels=said(actor=text(content, "actor.name"), project=text(data, "project_slug")),
    )


def _key(issue: str, event: dict[str, object]) -> str:
    """The issue's id, else what Sentry itself groups by, else the event alone."""
    group = ",".join(each for each in sequence(event, "hashes") if isinstance(each, str))
    alone = group or text(event, "event_id", "id") or stable_hash(text(event, "title", "message", "culprit"))
    return joined("issue", issue) if issue else joined("event", alone)


def _issue_in(content: dict[str, object], *paths: str) -> str:
    return next((found[1] for path in paths if (found := ISSUE_IN.search(text(content, path)))), "")
