"""Grafana's dashboard alerts (up to version 10): one state for a rule, and the series that matched.

Key: organisation and rule (`ruleId`), or the rule's address where there is no id. `no_data` fires; `pending` and
`paused` are information. The test button sends a rule without an id, `Test notification`, in any state: its name makes
it open nothing.
Source: grafana.com/docs/grafana/v8.4/alerting/old-alerting/notifications/#webhook.
"""

import re
from typing import Final

from bot.alert import Alert, AlertStatus
from handlers.sources.body import stable_hash
from handlers.sources.fields import joined, mapping, said, sequence, text
from handlers.sources.tags import ENVIRONMENT, SERVICE, SEVERITY, first, tagged

SOURCE: Final = "grafana_legacy"
STATUSES: Final = {
    "alerting": AlertStatus.FIRING, "no_data": AlertStatus.FIRING, "nodata": AlertStatus.FIRING,
    "ok": AlertStatus.RESOLVED, "pending": AlertStatus.INFO, "paused": AlertStatus.INFO, "unknown": AlertStatus.INFO,
}  # fmt: skip
FIELDS: Final = ("ruleId", "ruleName", "ruleUrl", "evalMatches")
STATE_TAG: Final = re.compile(r"^\s*\[[^\]]{1,20}\]\s*")
TEST: Final = re.compile(r"(?i)test notification|testing the alert notification")


def fits(content: dict[str, object]) -> bool:
    return any(name in content for name in FIELDS)


def alert(content: dict[str, object]) -> Alert:
    matches = sequence(content, "evalMatches")
    series = [tagged(tags) for each in matches if (tags := mapping(each, "tags"))]
    labels = {name: value for each in reversed(series) for name, value in each.items()} | tagged(content.get("tags"))
    figures = [f"{text(each, 'metric') or 'value'} = {text(each, 'value')}" for each in matches if text(each, "value")]
    organisation, rule = text(content, "orgId"), text(content, "ruleId")
    title = _title(content)
    return Alert(
        source=SOURCE,
        dedup_key=joined("rule", organisation, rule)
        if rule.strip("0")
        else stable_hash(text(content, "ruleUrl"), text(content, "ruleName") or title),
        status=STATUSES.get(text(content, "state").lower(), AlertStatus.FIRING),
        title=title,
        text="\n".join(filter(None, (text(content, "message"), *figures))),
        environment=first(labels, ENVIRONMENT),
        service=first(labels, SERVICE),
        severity=first(labels, SEVERITY),
        labels=labels | said(image=text(content, "imageUrl")),
        url=text(content, "ruleUrl"),
    )


def _title(content: dict[str, object]) -> str:
    name, headline = text(content, "ruleName"), STATE_TAG.sub("", text(content, "title"))
    if TEST.search(headline) or TEST.search(text(content, "message")):
        return f"Test notification: {name or headline}"
    return name or headline or text(content, "message")[:200] or "alert without a name"
