"""ElastAlert's `http_post` and `http_post2`: whatever fields the rule's author chose, or the document that matched.

ElastAlert only ever says that something matched, so everything fires; a static field (`status: resolved`) of a second
rule that looks for the recovery is understood. Key: a field made for it, else the rule's name (with the `query_key`, if
sent), else the title; a document's `_id` is none, since every match has another one.
Source: elastalert2.readthedocs.io, “HTTP POST” and “HTTP POST 2”.
"""

from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.target import fold
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import at, joined, pairs
from handlers.sources.tags import ENVIRONMENT, SERVICE, SEVERITY, first, tagged
from handlers.sources.templated import Fields, contents

SOURCE: Final = "elastalert"
KEY: Final = ("dedupkey", "alertuid", "alias", "fingerprint", "incidentkey", "alertid", "key")
RULE: Final = ("rulename", "rule", "alertname", "elastalertrule", "rulenames", "name")
QUERY_KEY: Final = ("querykey", "querykeyvalue", "keyvalue")
TITLE: Final = ("title", "alertsubject", "subject", "summary", "alerttitle")
TEXT: Final = ("alerttext", "text", "message", "description", "msg", "body", "log", "error")
TEXT_PATHS: Final = ("error.message", "log.original", "event.original")
STATUS: Final = ("alertstatus", "status", "state")
STATUSES: Final = {
    "resolved": AlertStatus.RESOLVED, "resolve": AlertStatus.RESOLVED, "recovered": AlertStatus.RESOLVED,
    "recovery": AlertStatus.RESOLVED, "acknowledged": AlertStatus.ACKNOWLEDGED,
}  # fmt: skip
"""No others: a document that matched may well have a `status` of its own, such as `ok` or `200`."""
URL: Final = ("url", "link", "kibanadiscoverurl", "kibanalink", "opensearchdiscoverurl", "discoverurl", "dashboard")
RULE_SETTINGS: Final = ("http_post", "http_post2", "alert_on", "smtp_", "slack_webhook")
"""Fields beginning with these are the rule's own settings, which may hold addresses with secrets."""
MOST_SAID: Final = 5  # fields that a title without any other words is made of


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(content) for content in contents(body, headers, "ElastAlert")]


def _alert(content: dict[str, object]) -> Alert:
    told = {name: value for name, value in content.items() if not name.lower().startswith(RULE_SETTINGS)}
    fields, labels = Fields(told), tagged(told.get("tags")) | tagged(told.get("labels"))
    details = pairs({name: value for name, value in told.items() if name not in ("tags", "labels")})
    labels = details | labels
    if not labels and not content:
        raise NotUnderstood("$", Phrase("ElastAlert sends here what matched; there is nothing."))
    text = fields(*TEXT) or _inner(told)
    title = fields(*TITLE) or _made_up(fields(*RULE, "alert"), text, details)
    return Alert(
        source=SOURCE,
        dedup_key=_key(fields, title),
        status=STATUSES.get(fold(fields(*STATUS)), AlertStatus.FIRING),
        title=title,
        text="" if text == title else text,
        environment=first(labels, ENVIRONMENT),
        service=first(labels, SERVICE),
        severity=first(labels, SEVERITY) or first(labels, ("alert_severity", "log.level", "log_level")),
        labels={name: value for name, value in labels.items() if value not in (title, text)},
        url=next((url for name in URL if (url := fields(name)).startswith(("http://", "https://"))), ""),
        starts_at=fields.when("timestamp", "time", "date"),
    )


def _key(fields: Fields, title: str) -> str:
    if key := fields(*KEY):
        return key
    if rule := fields(*RULE):
        return joined("rule", rule, fields(*QUERY_KEY))
    return stable_hash("match", title)


def _inner(told: dict[str, object]) -> str:
    return next((found for path in TEXT_PATHS if isinstance(found := at(told, path), str) and found.strip()), "")


def _made_up(rule: str, text: str, details: Mapping[str, str]) -> str:
    if rule or text:
        return ": ".join(dict.fromkeys(filter(None, (rule, *text.splitlines()[:1]))))[:300]
    found = ", ".join(f"{name}: {value}" for name, value in list(details.items())[:MOST_SAID])
    return found[:200] or "ElastAlert match"
