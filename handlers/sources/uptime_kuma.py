"""Uptime Kuma's webhook, as JSON or as a form with parts.

Key: the monitor's id. Up is over, down fires; pending (it retries) and maintenance are information. Without a monitor
and a heartbeat it is a notice: `… Testing` comes of the test button, a certificate or a domain that is about to expire
fires, known by its address and name, whatever the number of days left.
Source: github.com/louislam/uptime-kuma, server/notification-providers/webhook.js; server/model/monitor.js.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources import generic
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import at, instant, joined, mapping, said, text
from handlers.sources.tags import ENVIRONMENT, SERVICE, SEVERITY, first, tagged
from handlers.sources.templated import after_zero, contents

SOURCE: Final = "uptime_kuma"
DOWN, UP, PENDING, MAINTENANCE = "0", "1", "2", "3"
STATUSES: Final = {
    DOWN: AlertStatus.FIRING, UP: AlertStatus.RESOLVED, PENDING: AlertStatus.INFO, MAINTENANCE: AlertStatus.INFO,
    "false": AlertStatus.FIRING, "true": AlertStatus.RESOLVED, "down": AlertStatus.FIRING, "up": AlertStatus.RESOLVED,
    "pending": AlertStatus.INFO, "maintenance": AlertStatus.INFO,
}  # fmt: skip
WORDS: Final = {AlertStatus.FIRING: "is down", AlertStatus.RESOLVED: "is up"}
NOT_IMPORTANT: Final = {PENDING: "is being checked again", MAINTENANCE: "is in maintenance"}
IN_MESSAGE: Final = re.compile(r"\[(?P<name>.{1,200}?)\] \[\W*(?P<word>Up|Down|Pending|Maintenance)\]", re.IGNORECASE)
EXPIRES: Final = re.compile(
    r"^(?:\[(?P<name>.{0,200}?)\])?\s*(?:\[(?P<url>[^\]]{0,500})\])?.{0,60}?(?P<what>certificate|domain)"
    r"(?: name)? (?P<subject>\S{1,300}).{0,60}?(?:expires?|expired)\b(?:.{0,20}?(?P<days>-?\d+) days?)?",
    re.IGNORECASE,
)
TEST: Final = re.compile(r"\btest(?:ing)?\W*$|\btest(?:ing)? (?:message|notification)", re.IGNORECASE)


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    found: list[Alert] = []
    for content in contents(body, headers, "Uptime Kuma"):
        if mapping(content, "monitor") or mapping(content, "heartbeat"):
            found.append(_beat(content))
        elif text(content, "msg"):
            found.append(_notice(text(content, "msg")))
        elif "monitor" in content or "heartbeat" in content or not content:
            raise NotUnderstood("$.msg", Phrase("It is missing."))
        else:  # a body that somebody made with a template of his own
            found += generic.parse(msgspec.json.encode(content), {})
    return found


def _beat(content: dict[str, object]) -> Alert:
    monitor, beat = mapping(content, "monitor"), mapping(content, "heartbeat")
    tags, message = tagged(at(monitor, "tags")), text(content, "msg")
    word, heard = text(beat, "status").lower(), IN_MESSAGE.search(message)
    status = STATUSES.get(word) or STATUSES.get(heard["word"].lower() if heard else "", AlertStatus.FIRING)
    name = text(monitor, "pathName", "name") or (heard["name"] if heard else "") or text(monitor, "url", "hostname")
    name = name or "monitor without a name"
    begun = after_zero(instant(beat, "time", "localDateTime"))
    address = "" if (address := text(monitor, "url")).endswith("://") else address  # of what has none: "https://"
    return Alert(
        source=SOURCE,
        dedup_key=joined("monitor", text(monitor, "id") or text(beat, "monitorID", "monitor_id"))
        if text(monitor, "id") or text(beat, "monitorID", "monitor_id")
        else stable_hash(name, text(monitor, "url")),
        status=status,
        title=f"{name} {NOT_IMPORTANT.get(word) or WORDS.get(status, 'reported')}",
        text="\n".join(dict.fromkeys(filter(None, (text(beat, "msg"), text(monitor, "description"))))),
        environment=first(tags, ENVIRONMENT),
        service=first(tags, SERVICE),
        severity=first(tags, SEVERITY),
        labels=tags | said(
            monitor=name, type=text(monitor, "type"), host=text(monitor, "hostname"), url=address,
        ),
        url=address,
        starts_at=begun if status is not AlertStatus.RESOLVED else None,
        ends_at=begun if status is AlertStatus.RESOLVED else None,
    )  # fmt: skip


def _notice(message: str) -> Alert:
    expires = EXPIRES.search(message)
    if expires is None:
        return Alert(
            source=SOURCE, dedup_key=stable_hash("notice", message), title=message,
            status=AlertStatus.INFO if TEST.search(message) else AlertStatus.FIRING,
        )  # fmt: skip
    what, subject, days = expires["what"].lower(), expires["subject"].strip(".,"), expires["days"]
    left = "expired" if days is None or int(days) < 0 else f"in {days} days"
    return Alert(
        source=SOURCE,
        dedup_key=joined(what, expires["url"] or "", subject),
        status=AlertStatus.FIRING,
        title=f"{expires['name'] or subject}: {what} expiry {left if days else ''}".strip(),
        text=message,
        severity="warning",
        labels=said(host=subject, url=expires["url"] or ""),
        url=expires["url"] or "",
    )
