"""Pingdom's webhooks: uptime and transaction checks, and the older `message=` of its BeepManager.

Key: the check's id. `DOWN` and `FAILING` fire, `UP` and `SUCCESS` are over, unconfirmed and paused ones are
information, and so is the test message. Pingdom has two importances; the high one is said to be `critical`, the low one
`warning`, which nobody wants to be woken for.
Source: pingdom.com/resources/webhooks/.
"""

from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import joined, said, text
from handlers.sources.tags import ENVIRONMENT, SERVICE, first, tagged
from handlers.sources.templated import Fields, contents

SOURCE: Final = "pingdom"
STATUSES: Final = {
    "down": AlertStatus.FIRING, "failing": AlertStatus.FIRING, "failed": AlertStatus.FIRING,
    "up": AlertStatus.RESOLVED, "success": AlertStatus.RESOLVED, "successful": AlertStatus.RESOLVED,
    "unconfirmed_down": AlertStatus.INFO, "paused": AlertStatus.INFO, "notify_of_close": AlertStatus.RESOLVED,
    "assign": AlertStatus.FIRING,
}  # fmt: skip
SEVERITIES: Final = {"high": "critical", "low": "warning"}
WORDS: Final = {AlertStatus.FIRING: "is down", AlertStatus.RESOLVED: "is up"}
TEST: Final = "test message triggered by"


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(content) for content in contents(body, headers, "Pingdom")]


def _alert(content: dict[str, object]) -> Alert:
    fields = Fields(content)
    name, which = fields("checkname", "name"), fields("checkid", "check")
    host = text(content, "check_params.hostname") or fields("host", "hostname")
    if not (name or which or host):
        raise NotUnderstood("$.check_name", Phrase("It is missing."))
    name = name or host or f"check {which}"
    long, short = fields("longdescription"), fields("description")
    status = _status(fields, short)
    test = TEST in f"{long} {short}".lower()
    slow = "speed" in fields("checktype").lower() and status is AlertStatus.FIRING
    word = "is slow" if slow else WORDS.get(status, fields("currentstate").lower())
    tags, happened = tagged(content.get("tags")), fields.when("statechangedtimestamp", "statechangedutctime")
    address = text(content, "check_params.full_url", "check_params.url")
    return Alert(
        source=SOURCE,
        dedup_key=joined("check", which) if which else stable_hash(name, host),
        status=AlertStatus.INFO if test else status,
        title=f"{'Test: ' if test else ''}{name} {word}".strip(),
        text="\n".join(dict.fromkeys(filter(None, (long or short, fields("custommessage"))))),
        environment=first(tags, ENVIRONMENT),
        service=first(tags, SERVICE),
        severity=SEVERITIES.get(fields("importancelevel").lower(), fields("importancelevel")),
        labels=said(host=host, url=address, type=fields("checktype"), reason=short,
                    probe=text(content, "first_probe.location")) | tags,
        url=address,
        starts_at=happened if status is AlertStatus.FIRING else None,
        ends_at=happened if status is AlertStatus.RESOLVED else None,
    )  # fmt: skip


def _status(fields: Fields, short: str) -> AlertStatus:
    for word in (fields("currentstate", "state", "status"), fields("action"), short):
        if word.lower() in STATUSES:
            return STATUSES[word.lower()]
    return AlertStatus.FIRING
