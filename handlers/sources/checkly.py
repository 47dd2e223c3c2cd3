"""Checkly's webhook, as its own template and Keep's have it; every value is a text, some are empty.

Key: the check's id; with `ssl` after it for a certificate, which never sends a recovery. `ALERT_FAILURE…` and
`ALERT_DEGRADED…` fire (a check that fell from failing to degraded still fires), `…_RECOVERY` is over. Checkly may sign:
`x-checkly-signature` is HMAC-SHA256 over the body, hexadecimal.
Source: checklyhq.com/docs/integrations/alerts/webhooks.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.secret import Secret
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import header, joined, said
from handlers.sources.tags import ENVIRONMENT, SERVICE, SEVERITY, first, tagged
from handlers.sources.templated import Fields, contents

SOURCE: Final = "checkly"
TEXT: Final = ("checkerrormessage", "errormessage", "error", "apicheckresponsestatustext", "message", "description")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(Fields(content)) for content in contents(body, headers, "Checkly")]


def verify(body: bytes, headers: Mapping[str, str], secret: Secret) -> bool:
    """Constant-time; without a signature: no."""
    given = header(headers, "x-checkly-signature").strip().lower().removeprefix("sha256=")
    wanted = hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _alert(fields: Fields) -> Alert:
    name, event = fields("checkname", "name"), fields("event", "alerttitle", "title", "summary")
    test = fields.untouched("checkname", "alerttype", "alerttitle", "event", "title")
    if not (name or event or test):
        raise NotUnderstood("$.check_name", Phrase("It is missing."))
    kind, which = fields("alerttype", "type", "status").upper(), fields("checkid", "id")
    certificate, tags = "SSL" in kind, tagged(fields.raw("tags"))
    status = AlertStatus.INFO if test else _status(kind, event)
    over, happened = status is AlertStatus.RESOLVED, fields.when("startedat", "timestamp", "time")
    return Alert(
        source=SOURCE,
        dedup_key=joined(which or stable_hash(name or event or "test"), "ssl" if certificate else ""),
        group_key=fields("groupname") and joined("group", fields("groupname")),
        status=status,
        title=event if name and name in event else ": ".join(filter(None, (name, event))) or "Checkly test",
        text="\n".join(dict.fromkeys(said_ for each in TEXT if (said_ := fields(each)))),
        environment=first(tags, ENVIRONMENT) or fields("environment", "env"),
        service=first(tags, SERVICE) or fields("service"),
        severity=fields("severity") or _severity(status, kind, first(tags, SEVERITY)),
        labels=said(group=fields("groupname"), check=name, location=fields("runlocation"), region=fields("region"),
                    type=fields("checktype"), status_code=fields("apicheckresponsestatuscode"),
                    response_time=fields("responsetime"), domain=fields("sslcheckdomain"),
                    days_left=fields("ssldaysremaining")) | tags,
        url=fields("link", "resultlink", "url"),
        starts_at=None if over else happened,
        ends_at=happened if over else None,
    )  # fmt: skip


def _status(kind: str, event: str) -> AlertStatus:
    """`ALERT_DEGRADED_FAILURE` and `ALERT_FAILURE_DEGRADED` are steps from one trouble to another."""
    if "RECOVERY" in kind or "RECOVERED" in kind:
        return AlertStatus.RESOLVED
    if kind in ("NO_ALERT", "TEST", "ALERT_TEST"):
        return AlertStatus.INFO
    recovered = not kind and event.rstrip(".! ").lower().endswith(("has recovered", "recovered"))
    return AlertStatus.RESOLVED if recovered else AlertStatus.FIRING


def _severity(status: AlertStatus, kind: str, tag: str) -> str:
    if status is not AlertStatus.FIRING:
        return ""
    degraded = kind.endswith(("DEGRADED", "DEGRADED_REMAIN"))
    return "degraded" if degraded else tag or ("warning" if "SSL" in kind else "")
