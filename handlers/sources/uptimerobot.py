"""UptimeRobot's webhook: JSON or a form, whose fields people name themselves after its variables (`*monitorID*`).

Key: the monitor's id, else its address, else its name; with `ssl` or `domain` after it for what is about to expire.
`alertType` 1 is down, 2 is up, 3 an expiring certificate, 4 an expiring domain; pausing and starting are information.
Variables that UptimeRobot does not know come back as they were and count as nothing.
Source: uptimerobot.com/api, help.uptimerobot.com, “Web-hook notifications”.
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.target import fold
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import joined, said
from handlers.sources.tags import ENVIRONMENT, SERVICE, SEVERITY, first, tagged
from handlers.sources.templated import Fields, contents

SOURCE: Final = "uptimerobot"
TYPES: Final = {"0": "paused", "1": "down", "2": "up", "3": "ssl expiry", "4": "domain expiry", "98": "started",
                "99": "paused"}  # fmt: skip
STATUSES: Final = {
    "down": AlertStatus.FIRING, "up": AlertStatus.RESOLVED, "paused": AlertStatus.INFO, "started": AlertStatus.INFO,
    "test": AlertStatus.INFO, "resumed": AlertStatus.INFO, "ok": AlertStatus.RESOLVED,
}  # fmt: skip
SENTENCE: Final = re.compile(
    r"\W*monitor\s+(?:is|est)\s+(?P<word>down|up)\s*:\s*(?P<which>[^()\n]{1,200}?)\s*(?:\(\s*(?P<url>[^)\s]+)|\s-\s|$)"
    r"|(?:monitor:?\s+)?(?P<name>\S.{0,200}?)\s+(?:is|est)\s+(?P<state>down|up)\b",
    re.IGNORECASE,
)
NAME: Final = ("monitorfriendlyname", "friendlyname", "monitorname", "name", "title")
DETAILS: Final = ("alertdetails", "details", "message", "reason", "text", "description")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(Fields(content)) for content in contents(body, headers, "UptimeRobot")]


def _alert(fields: Fields) -> Alert:
    if not fields(*NAME, "monitorurl", "url", "monitorid", "id"):
        fields = _sentence(fields)
    name, address, which = fields(*NAME), fields("monitorurl", "url"), fields("monitorid", "id")
    test = fields.untouched("alerttype", "monitorfriendlyname", "alerttypefriendlyname")
    if not (name or address or which or test):
        raise NotUnderstood("$.monitorFriendlyName", Phrase("It is missing."))
    kind, what = _kind(fields)
    status = AlertStatus.INFO if test else _status(kind)
    shown = name or address or (f"monitor {which}" if which else "UptimeRobot test")
    tags = tagged(fields.raw("monitortags", "tags"))
    over, happened = status is AlertStatus.RESOLVED, fields.when("alertdatetime", "datetime", "timestamp", "date")
    return Alert(
        source=SOURCE,
        dedup_key=joined(which or stable_hash(address or name or "test"), what),
        status=status,
        title=f"{shown}{':' if what else ''} {_says(kind, what, fields)}".strip(),
        text=fields(*DETAILS),
        environment=first(tags, ENVIRONMENT) or fields("environment", "env"),
        service=first(tags, SERVICE) or fields("service"),
        severity=fields("severity", "priority") or first(tags, SEVERITY) or ("warning" if what else ""),
        labels=said(monitor=name, url=address, duration=fields("alertfriendlyduration", "alertduration"),
                    contacts=fields("monitoralertcontacts"), days_left=fields("sslexpirydaysleft")) | tags,
        url=address if address.startswith(("http://", "https://")) else "",
        starts_at=None if over else happened,
        ends_at=happened if over else None,
    )  # fmt: skip


def _sentence(fields: Fields) -> Fields:
    """A body made for a chat says all in one: `{"text": "Site is Down: …"}`."""
    told = fields(*DETAILS)
    found = SENTENCE.match(told)
    if found is None:
        return fields
    name, state = found["which"] or found["name"], found["word"] or found["state"]
    return Fields({"name": name, "state": state, "url": found["url"] or "", "details": told})


def _kind(fields: Fields) -> tuple[str, str]:
    """What happened; and what is about to expire, if that is it. The number is believed unless it is a strange one."""
    number, word = (
        fields("alerttype", "type", "status"),
        fold(fields("alerttypefriendlyname", "alerttypename", "state")),
    )
    kind = TYPES.get(number) or word or fold(number)
    kind = word if kind in ("paused", "started") and word in STATUSES else kind
    what = next((each for each in ("ssl", "domain") if each in kind or (each in word and number not in ("1", "2"))), "")
    return kind, what


def _status(kind: str) -> AlertStatus:
    return STATUSES.get(kind, AlertStatus.FIRING)


def _says(kind: str, what: str, fields: Fields) -> str:
    days = fields("sslexpirydaysleft", "domainexpirydaysleft")
    if what:
        subject = "certificate" if what == "ssl" else "domain"
        return f"{subject} expires in {days} days" if days else f"{subject} expires soon"
    return {"down": "is down", "up": "is up"}.get(kind, kind)
