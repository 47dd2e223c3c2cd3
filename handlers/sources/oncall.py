"""Grafana OnCall's webhook and formatted webhook integrations, for those whom it has left.

Formatted: `alert_uid`, `title`, `image_url`, `state` (ok | alerting), `link_to_upstream_details`, `message`; all may be
left out. Without `alert_uid` OnCall made up a key for each body, so that a recovery closed nothing; here the key is the
title less what says its state ("web is down", "web is up"). Any other object is read as `generic` reads it.
Source: field study E7; grafana.com/docs/oncall, "Formatted webhook".
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.target import fold
from handlers.sources import generic
from handlers.sources.body import NotUnderstood, decode, stable_hash
from handlers.sources.fields import pairs, said, text

SOURCE: Final = "oncall"
FORMATTED: Final = ("alert_uid", "state", "title", "message", "image_url", "link_to_upstream_details")
STATES: Final = {
    "ok": AlertStatus.RESOLVED, "resolved": AlertStatus.RESOLVED, "alerting": AlertStatus.FIRING,
    "firing": AlertStatus.FIRING, "acknowledged": AlertStatus.ACKNOWLEDGED, "paused": AlertStatus.INFO,
}  # fmt: skip
STATE: Final = re.compile(
    r"(?:\s+(?:is|was|went|est))?\s+(?:down|up|ok|alerting|resolved|tombe|retabli)\W*$|^\W*\[\w+\]\s*"
)


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert, or one for each object of a list. Raises NotUnderstood."""
    content = decode(body, object) if body.lstrip()[:1] in (b"{", b"") else None
    if isinstance(content, dict) and text(content, "state").lower() in ("", *STATES):
        return [_formatted(content)]
    return [replace(alert, source=SOURCE) for alert in generic.parse(body, headers)]


def _formatted(content: dict[str, object]) -> Alert:
    title = text(content, "title", "message", "name", "summary", "text", "alert_uid")
    if not title:
        raise NotUnderstood("$.title", Phrase("It is missing."))
    more = {name: value for name, value in content.items() if name not in FORMATTED}
    labels = pairs(more) | said(image=text(content, "image_url"))
    return Alert(
        source=SOURCE, dedup_key=text(content, "alert_uid") or stable_hash(STATE.sub("", fold(title))),
        status=STATES.get(text(content, "state").lower(), AlertStatus.FIRING), title=title,
        text=text(content, "message"), environment=text(content, "environment", "env"),
        service=text(content, "service", "app"), severity=text(content, "severity", "priority"), labels=labels,
        url=text(content, "link_to_upstream_details", "url"),
    )  # fmt: skip
