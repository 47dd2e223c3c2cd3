"""Amazon CloudWatch, through SNS (in its envelope or by raw message delivery) or EventBridge.

An alarm's key is its ARN; where that is missing, its account, region and name: `ALARM` and `OK` have the same.
Composite alarms and EventBridge's "CloudWatch Alarm State Change" too. `INSUFFICIENT_DATA` fires, as a
warning: whoever set an action for it wants to know. AWS Health's events are known by their ARN. What else comes through
the topic fires with its subject as title and key, since it has no other; CloudFormation's are known by
their stack; handshakes, tests, successes are information.
Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html, …/sns/latest/dg.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources import sns
from handlers.sources.body import NotUnderstood, decode, stable_hash
from handlers.sources.fields import at, header, instant, joined, mapping, pairs, said, sequence, text

SOURCE: Final = "cloudwatch"
STATES: Final = {
    "ALARM": AlertStatus.FIRING,
    "OK": AlertStatus.RESOLVED,
    "INSUFFICIENT_DATA": AlertStatus.FIRING,
}
GOOD_NEWS: Final = re.compile(r"(?i)success|succeeded|scheduled|test_notification|completed\b"
                               r"|^(?:delivery|send|open|click)$|^elasticache:(?!failover)\w+complete$")  # fmt: skip
STACK: Final = re.compile(r"(?m)^(\w+)='([^'\n]*)'$")
UNDER_WAY: Final = frozenset({
    "RUNNING", "PENDING", "PROVISIONING", "ACTIVATING", "STARTED", "IN_PROGRESS", "STOPPING", "DEACTIVATING",
    "DEPROVISIONING", "SUPERSEDED", "CANCELED", "CANCELLED", "RESUMED",
})  # fmt: skip
"""States of EventBridge that are neither a failure nor a recovery."""
SERVICES: Final = ("ServiceName", "FunctionName", "DBInstanceIdentifier", "DBClusterIdentifier", "ApiName", "QueueName",
                   "ClusterName", "BucketName", "TableName")  # fmt: skip


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert for each message. Raises NotUnderstood."""
    content = decode(body, object)
    if not isinstance(content, dict):
        raise NotUnderstood("$", Phrase("It must be an object, as SNS sends it."))
    wrapped = sns.envelope(body, headers)
    if wrapped is not None and wrapped.kind != sns.NOTIFICATION:
        return [_handshake(wrapped)]
    message = content.get("Message") if isinstance(content.get("Message"), str | dict) else content
    topic = text(content, "TopicArn") or header(headers, "x-amz-sns-topic-arn")
    inner = _json(message) if isinstance(message, str) else message
    if isinstance(inner, dict):
        return [_message(inner, topic, text(content, "Subject"))]
    return [_words(str(message), topic, text(content, "Subject"))]


def _json(message: str) -> object:
    try:
        return msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError):
        return None


def _handshake(wrapped: sns.Envelope) -> Alert:
    return Alert(
        source=SOURCE,
        dedup_key=joined("subscription", wrapped.topic) if wrapped.topic else "subscription",
        status=AlertStatus.INFO,
        title=f"{wrapped.kind} {wrapped.topic}",
        text=wrapped.fields.get("Message", ""),
        labels=said(topic=wrapped.topic),
    )


def _message(content: dict[str, object], topic: str, subject: str) -> Alert:
    if text(content, "AlarmName"):
        return _alarm(content, topic)
    if text(content, "detail-type"):
        detail = mapping(content, "detail")
        if text(detail, "alarmName"):
            return _alarm_event(content, detail, topic)
        return _event(content, detail, topic)
    return _other(content, topic, subject)


def _alarm(content: dict[str, object], topic: str) -> Alert:
    name, state = text(content, "AlarmName"), text(content, "NewStateValue").upper()
    account, region = text(content, "AWSAccountId"), text(content, "Region")
    trigger = mapping(content, "Trigger")
    labels = _dimensions(trigger) | said(
        topic=topic, account=account, region=region, previous=text(content, "OldStateValue"),
        rule=text(content, "AlarmRule"), metric=text(content, "Trigger.MetricName", "MetricName"),
        namespace=text(content, "Trigger.Namespace", "Namespace"),
    )  # fmt: skip
    return _made(
        name, state, text(content, "AlarmDescription"), text(content, "NewStateReason"), labels,
        key=text(content, "AlarmArn") or joined(account, region, name),
        severity=text(content, "Priority", "Severity"),
        content=content,
    )  # fmt: skip


def _alarm_event(content: dict[str, object], detail: dict[str, object], topic: str) -> Alert:
    name, state = text(detail, "alarmName"), text(detail, "state.value").upper()
    account, region = text(content, "account"), text(content, "region")
    metric = mapping(detail, "configuration.metrics.0.metricStat.metric")
    labels = pairs(mapping(metric, "dimensions")) | said(
        topic=topic, account=account, region=region, metric=text(metric, "name"), namespace=text(metric, "namespace")
    )
    return _made(
        name, state, text(detail, "configuration.description"), text(detail, "state.reason"), labels,
        key=text(content, "resources.0") or joined(account, region, name), severity="", content=content,
    )  # fmt: skip


def _made(
    name: str, state: str, description: str, reason: str, labels: dict[str, str], *, key: str, severity: str,
    content: dict[str, object],
) -> Alert:  # fmt: skip
    return Alert(
        source=SOURCE,
        dedup_key=key,
        status=STATES.get(state, AlertStatus.FIRING),
        title=f"{name}: {description}" if description and name.casefold() not in description.casefold() else name,
        text="\n".join(filter(None, (description, reason))),
        service=next((labels[each] for each in SERVICES if labels.get(each)), ""),
        severity=severity or ("warning" if state == "INSUFFICIENT_DATA" else ""),
        labels=labels,
        url=_console(key, name),
        starts_at=instant(content, "StateChangeTime", "detail.state.timestamp", "time"),
    )


def _dimensions(trigger: dict[str, object]) -> dict[str, str]:
    """Of a metric, or of each metric that a formula is made of."""
    metrics = [at(each, "MetricStat.Metric") for each in sequence(trigger, "Metrics")]
    found: dict[str, str] = {}
    for holder in (trigger, *metrics):
        for each in sequence(holder, "Dimensions"):
            if name := text(each, "name", "Name"):
                found.setdefault(name, text(each, "value", "Value"))
    return found


def _console(key: str, name: str) -> str:
    """Where the alarm is shown; only its ARN tells the region as addresses write it."""
    parts = key.split(":")
    if len(parts) < 7 or parts[0] != "arn" or not re.fullmatch(r"[a-z0-9-]+", parts[3]):
        return ""
    return f"https://{parts[3]}.console.aws.amazon.com/cloudwatch/home?region={parts[3]}#alarmsV2:alarm/{name}"


def _event(content: dict[str, object], detail: dict[str, object], topic: str) -> Alert:
    """EventBridge. AWS Health says when it is over; the others do not."""
    kind, origin = text(content, "detail-type"), text(content, "source")
    about = text(detail, "eventDescription.0.latestDescription", "description", "Message", "stoppedReason", "title",
                 "Cause")  # fmt: skip
    state = text(detail, "state", "status", "build-status", "lastStatus").upper()
    runs = kind.startswith("EC2 Instance State-change") and state == "RUNNING"
    over = text(detail, "statusCode") == "closed" or state in ("OK", "SUCCEEDED") or runs
    planned = text(detail, "eventTypeCategory") in ("scheduledChange", "accountNotification")
    lasting = text(detail, "project-name", "stateMachineArn", "jobName")  # the resource is one run of it
    resource = lasting or text(content, "resources.0")
    titled = text(detail, "title", "eventTypeCode", "EventID")
    title = titled or " ".join(filter(None, (resource.rpartition("/")[2], text(detail, "state", "build-status"))))
    nothing = planned or GOOD_NEWS.search(kind) or state in UNDER_WAY
    status = AlertStatus.INFO if nothing else AlertStatus.FIRING
    return Alert(
        source=SOURCE,
        dedup_key=text(detail, "eventArn")
        or joined(origin, kind, text(content, "account"), text(content, "region"), resource, titled),
        status=AlertStatus.RESOLVED if over else status,
        title=f"{kind}: {title}" if title else kind,
        text=about,
        service=text(detail, "service").lower(),
        labels=said(topic=topic, source=origin, account=text(content, "account"), region=text(content, "region"))
        | pairs(detail),
        starts_at=instant(detail, "startTime") or instant(content, "time"),
    )


def _other(content: dict[str, object], topic: str, subject: str) -> Alert:
    """What other services publish: Auto Scaling, budgets, a team's own programs."""
    cache = next((name for name in content if name.startswith("ElastiCache:")), "")
    kind = text(content, "Event", "event", "detailType", "notificationType", "eventType", "Event Source") or cache
    title = subject or text(content, "title", "summary", "Description", "message", "Event Message", "content.title",
                            "content.description") or kind  # fmt: skip
    if cache:  # its subject is always the same, too
        title = f"{cache} {text(content, cache)}".strip()
    if text(content, "Event Source") and text(content, "Event Message"):  # of RDS, whose subject is always the same
        title = ": ".join(filter(None, (text(content, "Source ID"), text(content, "Event Message"))))
    if not title:
        raise NotUnderstood("$.Message", Phrase("There is neither an alarm, an event nor a subject in it."))
    own = text(content, cache) or text(
        content, "dedup_key", "id", "metadata.threadId", "Source ID", "AutoScalingGroupARN", "AutoScalingGroupName"
    )
    good = any(GOOD_NEWS.search(each) for each in (kind, subject)) or kind == "autoscaling:EC2_INSTANCE_LAUNCH"
    return Alert(
        source=SOURCE,
        dedup_key=joined(topic, kind, own) if own or kind else joined(topic, stable_hash(subject or title)),
        status=AlertStatus.INFO if good else AlertStatus.FIRING,
        title=title,
        text=text(content, "Description", "Cause", "Event Message", "message", "content.description"),
        severity=text(content, "severity", "Severity"),
        labels=said(topic=topic) | pairs(content),
        starts_at=instant(content, "StartTime", "Event Time", "time", "timestamp"),
    )


def _stack(fields: Mapping[str, str], topic: str) -> Alert:
    """A line of CloudFormation about one of a stack's resources, or about the stack itself, whose end is the end."""
    state, stack, resource = fields["ResourceStatus"], fields.get("StackName", ""), fields.get("LogicalResourceId", "")
    whole = resource in ("", stack) or fields.get("ResourceType") == "AWS::CloudFormation::Stack"
    fails = state.endswith("_FAILED") or (whole and "ROLLBACK" in state)
    over = whole and state.endswith("_COMPLETE") and not fails
    return Alert(
        source=SOURCE,
        dedup_key=joined("stack", fields.get("StackId", "") or joined(topic, stack)),
        status=AlertStatus.FIRING if fails else AlertStatus.RESOLVED if over else AlertStatus.INFO,
        title=f"CloudFormation {stack}: {state}" if whole else f"CloudFormation {stack}: {resource} {state}",
        text=fields.get("ResourceStatusReason", ""),
        labels=said(topic=topic, stack=stack, resource=resource, type=fields.get("ResourceType", "")),
        starts_at=instant(fields, "Timestamp"),
    )


def _words(message: str, topic: str, subject: str) -> Alert:
    """Plain text. It has no id, so its subject must do: a message's own number would open a new incident each time."""
    stack = dict(STACK.findall(message))
    if stack.get("ResourceStatus"):
        return _stack(stack, topic)
    title = subject or message.strip().partition("\n")[0]
    if not title:
        raise NotUnderstood("$.Message", Phrase("The message is empty."))
    return Alert(
        source=SOURCE,
        dedup_key=joined(topic, stable_hash(title)),
        status=AlertStatus.INFO if GOOD_NEWS.search(subject) else AlertStatus.FIRING,
        title=title,
        text=message,
        labels=said(topic=topic),
    )
