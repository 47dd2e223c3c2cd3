"""Netdata Cloud's webhook: alerts, and whether a node can be reached; also what an agent's own script may send.

Key of an alert: space, node, chart and alert, for Netdata sends no id that lasts; of a reachability notice: the node.
`critical` and `warning` fire, `clear` is over; a notice with a `status` object fires while the node is not reachable.
Source: learn.netdata.cloud/docs/alerting/notifications/centralized-cloud-notifications/webhook.
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources.body import NotUnderstood
from handlers.sources.fields import at, joined, mapping, said, text
from handlers.sources.tags import ENVIRONMENT, SERVICE, first, tagged
from handlers.sources.templated import Fields, contents

SOURCE: Final = "netdata"
STATUSES: Final = {
    "critical": AlertStatus.FIRING, "warning": AlertStatus.FIRING, "error": AlertStatus.FIRING,
    "unreachable": AlertStatus.FIRING, "offline": AlertStatus.FIRING, "stale": AlertStatus.FIRING,
    "clear": AlertStatus.RESOLVED, "cleared": AlertStatus.RESOLVED, "removed": AlertStatus.RESOLVED,
    "ok": AlertStatus.RESOLVED, "normal": AlertStatus.RESOLVED, "reachable": AlertStatus.RESOLVED,
    "live": AlertStatus.RESOLVED, "info": AlertStatus.INFO, "test": AlertStatus.INFO,
    "uninitialized": AlertStatus.INFO, "undefined": AlertStatus.INFO,
}  # fmt: skip
NODE_IN: Final = re.compile(r"^([\w][\w.-]*), ")
TEST: Final = re.compile(r"\btest (?:notification|alert|webhook)|^test$", re.IGNORECASE)


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(content) for content in contents(body, headers, "Netdata")]


def _alert(content: dict[str, object]) -> Alert:
    fields = Fields(content)
    name, message = fields("alert", "alarm", "name", "alertname"), fields("message", "summary")
    told = NODE_IN.match(message)
    node = fields("host", "hostname", "node", "nodename") or text(content, "node.hostname", "node.name")
    node = node or (told[1] if told else "")
    if not (name or message or node):
        raise NotUnderstood("$.message", Phrase("It is missing."))
    chart, space = fields("chart"), fields("space") or text(content, "space.name")
    status, tags = _status(content, fields), tagged(content.get("labels")) | tagged(content.get("tags"))
    over, happened = status is AlertStatus.RESOLVED, fields.when("date", "when", "timestamp")
    return Alert(
        source=SOURCE,
        dedup_key=joined("alert", space, node, chart, name) if name else joined("node", space, node or message),
        group_key=joined("node", space, node) if node else "",
        status=AlertStatus.INFO if TEST.search(name) or TEST.search(message) else status,
        title=": ".join(filter(None, (name, message))) if name else message or f"{node}: {_reached(content)}",
        text="\n".join(filter(None, (fields("info"), fields("value", "valuestring")))),
        environment=first(tags, ENVIRONMENT),
        service=first(tags, SERVICE),
        severity=fields("severity") or (fields("status") if isinstance(content.get("status"), str) else ""),
        labels=said(host=node, chart=chart, context=fields("context"), family=fields("family"), space=space,
                    rooms=", ".join(map(str, rooms)) if isinstance(rooms := fields.raw("rooms"), list) else "",
                    alert_class=fields("class"), duration=fields("duration")) | tags,
        url=next((url for name in ("alerturl", "alarmurl", "nodeurl", "url") if (url := fields(name))), ""),
        starts_at=None if over else happened,
        ends_at=happened if over else None,
    )  # fmt: skip


def _status(content: dict[str, object], fields: Fields) -> AlertStatus:
    """A notice of reachability says so in an object; else the severity is the state."""
    reachable = at(content, "status.reachable")
    if isinstance(reachable, bool):
        return AlertStatus.RESOLVED if reachable else AlertStatus.FIRING
    for word in (text(content, "status.text"), fields("severity"), fields("status", "state")):
        if word.lower() in STATUSES:
            return STATUSES[word.lower()]
    return AlertStatus.FIRING


def _reached(content: dict[str, object]) -> str:
    return text(content, "status.text") or ("is unreachable" if mapping(content, "status") else "alert")
