"""Datadog's webhooks: the usual body, the ones that Keep and Datadog's own pages propose, and a bare monitor.

Key: monitor and group (scope), else Datadog's aggregation key, else the alert's cycle, else the title without what says
its state; never the event's id, which changes each time. `Triggered`, `Re-Triggered`, `Warn`, `No Data` fire, anything
`Recovered` is over; where the transition is missing, the title's first bracket or the kind of alert says it.
Source: docs.datadoghq.com/integrations/webhooks/.
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.target import fold
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import joined, said
from handlers.sources.tags import ENVIRONMENT, SERVICE, first, tagged
from handlers.sources.templated import Fields, contents, flat

SOURCE: Final = "datadog"
TITLE: Final = ("title", "eventtitle", "alerttitle", "incidenttitle", "name", "monitorname", "subject")
TEXT: Final = ("body", "eventmsg", "eventmessage", "textonlymsg", "message", "description", "text")
TRANSITION: Final = ("alerttransition", "transition", "status", "incidentstatus", "state", "overallstate")
SCOPE: Final = ("alertscope", "scopes", "scope")
MONITOR_IN: Final = re.compile(r"/monitors[/#](?:status/)?(\d+)")
SCOPE_IN: Final = re.compile(r"^\s*\[[\w\s-]{1,30} on \{(?P<scope>[^{}]{1,300})\}\]")
STATE_TAGS: Final = re.compile(
    r"^(?:\s*\[(?:test|(?:re-?)?(?:triggered|warn(?:ing)?|no data|notified|notify|alert)"
    r"|(?:no data |warn )?recovered|ok|monitor \w+|P\d)[^\]]*\])+\s*",
    re.IGNORECASE,
)
OVER: Final = re.compile(r"recover|resolved|\bok\b|success|closed|completed")
FIRES: Final = re.compile(r"trigger|warn|no data|nodata|alert|error|renotif|re-?notif|active|critical|fail|open")
TAKEN: Final = re.compile(r"acknowledg")
TEST: Final = re.compile(r"^\s*\[test\]|\btest (?:monitor )?notification\b", re.IGNORECASE)
MENTIONS: Final = re.compile(r"%%%|(?<!\S)@[\w.-]+(?:@[\w.-]+)?")
SYNTHETIC: Final = re.compile(r"\[synthetics?\]", re.IGNORECASE)
LONGEST_STATE: Final = 12
NO_SEVERITY: Final = ("normal", "not defined", "none", "null", "n/a", "")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(Fields(flat(content))) for content in contents(body, headers, "Datadog")]


def _alert(fields: Fields) -> Alert:
    title, body = fields(*TITLE), MENTIONS.sub("", next(iter(filter(None, map(fields, TEXT))), "")).strip()
    unfilled = not title and not body and fields.untouched(*TITLE, *TEXT)
    test = unfilled or fold(fields("alerttransition", "transition")) == "test"
    if not title and not body and not test:
        raise NotUnderstood("$.title", Phrase("It is missing."))
    title = title or next(iter(body.splitlines()), "")[:200] or ("Datadog test" if test else "alert without a title")
    named = SCOPE_IN.match(title)
    scope = fields(*SCOPE) or (named["scope"] if named else "")
    tags = tagged(scope) | tagged(fields.raw(*SCOPE)) | tagged(fields.raw("tags", "eventtags"))
    status, url = (
        AlertStatus.INFO if test else _status(fields, title),
        fields("link", "url", "eventurl", "alerturl", "incidenturl"),
    )
    happened = fields.when("date", "lastupdated", "timestamp", "datetime")
    return Alert(
        source=SOURCE,
        dedup_key=_key(fields, scope, f"{url} {body}") or stable_hash(STATE_TAGS.sub("", title), scope),
        status=status,
        title=title,
        text="\n".join(filter(None, (_check(title, status), "" if body == title else body))),
        environment=first(tags, ENVIRONMENT),
        service=first(tags, SERVICE),
        severity=_severity(fields),
        labels=said(host=fields("hostname", "host"), monitor=fields("monitorid", "alertid"),
                    query=fields("alertquery", "query"), metric=fields("alertmetric", "metric"),
                    snapshot=fields("snapshot")) | {name: tag for name, tag in tags.items() if tag != "*"},
        url=url,
        starts_at=None if status is AlertStatus.RESOLVED else happened,
        ends_at=happened if status is AlertStatus.RESOLVED else None,
    )  # fmt: skip


def _check(title: str, status: AlertStatus) -> str:
    """The title of a synthetic check is its name alone, and what its steps say reads like a build that failed."""
    return "The synthetic check fails" if SYNTHETIC.search(title) and status is AlertStatus.FIRING else ""


def _status(fields: Fields, title: str) -> AlertStatus:
    """The transition's own word, else the title's, else the kind of alert: error, warning, success or info."""
    tag = STATE_TAGS.match(title)
    if TEST.search(title):
        return AlertStatus.INFO
    kind, state = fold(fields("alerttype")), fold(fields("alertstatus"))
    state = state if len(state) <= LONGEST_STATE else ""  # it may be a whole sentence about the metric
    for said_ in (fold(fields(*TRANSITION)), state, fold(tag[0]) if tag else "", kind):
        if OVER.search(said_):
            return AlertStatus.RESOLVED
        if TAKEN.search(said_):
            return AlertStatus.ACKNOWLEDGED
        if FIRES.search(said_):
            return AlertStatus.FIRING
    return AlertStatus.INFO if kind in ("info", "user_update") else AlertStatus.FIRING


def _key(fields: Fields, scope: str, links: str) -> str:
    """The usual body names its monitor in a link only. Incidents and security signals have ids of their own."""
    found = MONITOR_IN.search(links)
    if monitor := fields("monitorid", "alertid") or (found[1] if found else ""):
        return joined("monitor", monitor, scope)
    if incident := fields("incidentuuid", "incidentpublicid", "incidentid", "securitysignalid"):
        return joined("incident", incident)
    return fields("aggregationkey", "aggregkey", "alertcyclekey", "dedupkey")


def _severity(fields: Fields) -> str:
    """P1 to P5 of the monitor; `normal` is what every event has for a priority."""
    for name in ("severity", "alertpriority", "priority", "incidentseverity", "securitysignalseverity"):
        found = fields(name)
        if found.lower() not in NO_SEVERITY:
            return found
    return ""
