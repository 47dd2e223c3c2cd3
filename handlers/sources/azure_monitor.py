"""Azure Monitor's action groups: the common alert schema, the older ones (metric, classic, log, activity log), budgets.

Keys: the common schema's `alertId`, the same for `Fired` and `Resolved`; a metric rule's id with its resource; a log
search's rule with its workspace; an activity's resource and operation, Service Health's tracking id, Resource Health's
resource. The rule groups. Sev0 to Sev4 as sent; the test button of an action group and autoscaling are information.
Source: learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema and …/alerts-non-common-schema-definitions.
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources.body import NotUnderstood, decode
from handlers.sources.fields import at, instant, joined, mapping, pairs, said, sequence, text

SOURCE: Final = "azure_monitor"
STATUSES: Final = {
    "fired": AlertStatus.FIRING, "activated": AlertStatus.FIRING, "active": AlertStatus.FIRING,
    "resolved": AlertStatus.RESOLVED, "deactivated": AlertStatus.RESOLVED, "mitigated": AlertStatus.RESOLVED,
}  # fmt: skip
HEALTHY: Final = ("available", "healthy")
TEST_ID: Final = "12345678-1234-1234-1234-1234567890ab"
TEST_RULE: Final = re.compile(r"(?i)test-\w*(?:alertrule|budget)\w*")
AUTOSCALE: Final = re.compile(r"(?i)scale (?:in|out|up|down)")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    content = decode(body, object)
    if not isinstance(content, dict):
        raise NotUnderstood("$", Phrase("It must be an object, as Azure Monitor sends it."))
    if text(content, "data.BudgetName"):
        return [_budget(mapping(content, "data"))]
    if mapping(content, "data.essentials") and text(content, "data.alertContext.AlertData.BudgetName"):
        return [_budget(mapping(content, "data.alertContext.AlertData"), mapping(content, "data.essentials"))]
    if essentials := mapping(content, "data.essentials"):
        return [_common(essentials, mapping(content, "data.alertContext"), mapping(content, "data.customProperties"))]
    if activity := mapping(content, "data.context.activityLog", "context.activityLog"):
        return [_activity(activity, text(content, "data.status", "status"))]
    if text(content, "data.AlertRuleName", "AlertRuleName"):
        return [_log(mapping(content, "data") or content)]
    if context := mapping(content, "data.context", "context"):
        return [_metric(context, content)]
    raise NotUnderstood("$.data", Phrase("It follows none of the alert schemas of Azure Monitor."))


def _common(essentials: dict[str, object], context: dict[str, object], own: dict[str, object]) -> Alert:
    rule = text(essentials, "alertRule")
    targets = [text({"t": each}, "t") for each in sequence(essentials, "alertTargetIDs")]
    key = text(essentials, "alertId") or text(essentials, "originAlertId") or joined(rule, *targets)
    if not rule or not key:
        raise NotUnderstood("$.data.essentials.alertRule", Phrase("It is missing."))
    test = TEST_RULE.fullmatch(rule) or key.rstrip("/").endswith(TEST_ID)
    service = text(essentials, "configurationItems.0") or _name(targets[0] if targets else "")
    health, properties = text(essentials, "monitoringService"), mapping(context, "properties")
    key, status = _health(health, key, context, STATUSES.get(text(essentials, "monitorCondition").lower()))
    notes = mapping(context, "annotations")  # with `labels`: of a rule of managed Prometheus
    labels = said(
        rule=rule, resource=service, signal=text(essentials, "signalType"), monitor=health,
        group=_group(targets[0] if targets else ""), target=targets[0] if targets else "",
    ) | _dimensions(context) | pairs(mapping(context, "labels")) | pairs(properties) | pairs(own)  # fmt: skip
    return Alert(
        source=SOURCE, dedup_key=key, group_key=joined(rule, *targets), status=AlertStatus.INFO if test else status,
        title=_titled(
            rule, text(properties, "title") or text(notes, "summary", "title") or text(essentials, "description")
        ),
        text="\n".join(filter(None, (text(essentials, "description"), _conditions(context), _told(properties),
                                     text(notes, "description", "message"), text(context, "DetectionSummary")))),
        environment=_own(labels, "environment", "env"), service=_own(labels, "service", "app") or service,
        severity=text(essentials, "severity"), labels=labels,
        url=text(context, "condition.allOf.0.linkToSearchResultsUI", "LinkToSearchResults") or _portal(key),
        starts_at=instant(essentials, "firedDateTime"), ends_at=instant(essentials, "resolvedDateTime"),
    )  # fmt: skip


def _budget(data: dict[str, object], essentials: Mapping[str, object] | None = None) -> Alert:
    """What has been spent goes beyond a budget's threshold. No rule, no severity, and no end."""
    name, told = text(data, "BudgetName"), text(essentials or {}, "description")
    spent = " / ".join(
        filter(None, (text(data, "SpendingAmount", "SpentAmount"), text(data, "Budget", "BudgetThreshold")))
    )
    test = TEST_RULE.fullmatch(name) or text(essentials or {}, "alertId").rstrip("/").endswith(TEST_ID)
    return Alert(
        source=SOURCE, dedup_key=joined("budget", text(data, "SubscriptionId", "Scope"), name),
        status=AlertStatus.INFO if test else AlertStatus.FIRING, title=f"Budget exceeded: {name}",
        text="\n".join(filter(None, (told, spent and f"{spent} {text(data, 'Unit')}".strip()))),
        severity="warning", labels=pairs(data),
        starts_at=instant(essentials, "firedDateTime"),
    )  # fmt: skip


def _health(service: str, key: str, context: dict[str, object], said_: AlertStatus | None) -> tuple[str, AlertStatus]:
    """Service Health and Resource Health fire anew for each of their news; their own words tell which is the end."""
    status = said_ or AlertStatus.FIRING
    if service == "ServiceHealth" and (tracking := text(context, "properties.trackingId")):
        over = text(context, "status", "properties.stage").lower() == "resolved"
        return f"service-health:{tracking}", AlertStatus.RESOLVED if over else status
    if service == "Resource Health" and (resource := text(context, "resourceId", "properties.resourceId")):
        over = text(context, "properties.currentHealthStatus").lower() in HEALTHY
        return f"resource-health:{resource}", AlertStatus.RESOLVED if over else status
    return key, status


def _activity(activity: dict[str, object], activated: str) -> Alert:
    kind = text(activity, "eventSource").replace(" ", "")
    resource, operation = text(activity, "resourceId"), text(activity, "operationName")
    properties = mapping(activity, "properties")
    plain = joined(resource, operation) or text(activity, "eventDataId", "correlationId")
    if not plain:
        raise NotUnderstood("$.data.context.activityLog", Phrase("It names neither a resource nor an operation."))
    service = "Resource Health" if kind == "ResourceHealth" else kind
    key, status = _health(service, plain, activity, STATUSES.get(activated.lower()))
    return Alert(
        source=SOURCE, dedup_key=key, group_key=resource, status=status,
        title=text(properties, "title") or _titled(operation, _name(resource)) or kind,
        text="\n".join(filter(None, (text(activity, "description"), _told(properties)))),
        service=text(properties, "service") or _name(resource), severity=text(activity, "level"),
        labels=said(resource=resource, operation=operation, group=text(activity, "resourceGroupName"), monitor=kind,
                    caller=text(activity, "caller"), outcome=text(activity, "status")) | pairs(properties),
        starts_at=instant(activity, "eventTimestamp", "submissionTimestamp"),
    )  # fmt: skip


def _log(data: dict[str, object]) -> Alert:
    rule = text(data, "AlertRuleName")
    workspace = text(data, "WorkspaceId", "ApplicationId", "ResourceId", "SubscriptionId")
    return Alert(
        source=SOURCE, dedup_key=joined(workspace, rule), group_key="", status=AlertStatus.FIRING,
        title=_titled(rule, text(data, "Description")),
        text="\n".join(filter(None, (text(data, "Description"), text(data, "SearchQuery")))),
        severity=text(data, "Severity"),
        labels=said(rule=rule, workspace=workspace, results=text(data, "ResultCount"),
                    threshold=text(data, "AlertThresholdValue"), target=text(data, "AffectedConfigurationItems.0")),
        url=text(data, "LinkToSearchResultsUI", "LinkToSearchResults"),
        starts_at=instant(data, "SearchIntervalEndtimeUtc", "SearchIntervalEndTimeUtc", "SearchIntervalStartTimeUtc"),
    )  # fmt: skip


def _metric(context: dict[str, object], content: dict[str, object]) -> Alert:
    """Metric alerts, old and classic, availability tests of Application Insights, and autoscaling."""
    name, resource = text(context, "name"), text(context, "resourceId", "resourceName")
    key = joined(text(context, "id") or name, resource)
    if not key:
        raise NotUnderstood("$.data.context.name", Phrase("It is missing."))
    own = mapping(content, "data.properties", "properties")
    scaled = AUTOSCALE.fullmatch(text(content, "operation"))
    status = STATUSES.get(text(content, "data.status", "status").lower(), AlertStatus.FIRING)
    service = text(context, "resourceName") or _name(resource)
    labels = said(
        rule=name, resource=service, group=text(context, "resourceGroupName"), region=text(context, "resourceRegion"),
        target=resource, metric=text(context, "condition.metricName", "condition.allOf.0.metricName"),
    ) | pairs(own)  # fmt: skip
    return Alert(
        source=SOURCE, dedup_key=key, status=AlertStatus.INFO if scaled else status,
        title=_titled(name or text(content, "operation"), text(context, "description")),
        text="\n".join(filter(None, (text(context, "description", "details"), _conditions(context)))),
        environment=_own(labels, "environment", "env"), service=_own(labels, "service", "app") or service,
        severity=text(context, "severity") and f"Sev{text(context, 'severity').removeprefix('Sev')}",
        labels=labels, url=text(context, "portalLink"), starts_at=instant(context, "timestamp"),
    )  # fmt: skip


def _dimensions(context: dict[str, object]) -> dict[str, str]:
    """What a metric or a log search was split by."""
    every = [each for one in sequence(context, "condition.allOf") for each in sequence(one, "dimensions")]
    return {name: value for each in every if (name := text(each, "name")) and (value := text(each, "value"))}


def _conditions(context: dict[str, object]) -> str:
    """`Transactions 1 (GreaterThan 0)`, one line each."""
    every = sequence(context, "condition.allOf") or [at(context, "condition")]
    return "\n".join(filter(None, (_condition(each) for each in every)))


def _condition(content: object) -> str:
    wanted = " ".join(filter(None, (text(content, "operator"), text(content, "threshold"))))
    measured = (text(content, "metricName", "searchQuery"), text(content, "metricValue"))
    return " ".join(filter(None, (*measured, f"({wanted})" if wanted else "")))


def _told(properties: dict[str, object]) -> str:
    return text(properties, "communication", "details", "cause", "statusMessage")


def _titled(rule: str, more: str) -> str:
    return f"{rule}: {more}" if rule and more and rule.casefold() not in more.casefold() else rule or more


def _name(resource: str) -> str:
    """The last part of a resource's id."""
    return resource.rstrip("/").rpartition("/")[2]


def _group(resource: str) -> str:
    found = re.search(r"(?i)/resourcegroups/([^/]+)", resource)
    return found[1] if found else ""


def _own(labels: Mapping[str, str], *names: str) -> str:
    folded = {name.casefold(): value for name, value in labels.items()}
    return next((folded[name] for name in names if folded.get(name)), "")


def _portal(alert: str) -> str:
    if not alert.startswith("/subscriptions/"):
        return ""
    page = "https://portal.azure.com/#blade/Microsoft_Azure_Monitoring_Alerts/AlertDetails/alertId"
    return f"{page}/{alert.replace('/', '%2f')}"
