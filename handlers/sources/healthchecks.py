"""Healthchecks.io (hosted or one's own): webhooks whose body people write with `$NAME`, `$STATUS`, `$JSON`….

Key: the check's code, else its slug or name; a body that names none shares one key. `down` fires, `up` is over; `new`,
`paused`, `started`, `grace` are information, and so is the check named TEST of the test button. Names are pasted in
unescaped: `mending` puts that right. The plain words `NAME is down` are understood as well.
Source: healthchecks.io/docs/configuring_notifications/#webhooks; hc/integrations/webhook.
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.target import fold
from handlers.sources.body import NotUnderstood
from handlers.sources.fields import joined, said
from handlers.sources.tags import ENVIRONMENT, SERVICE, SEVERITY, first, tagged
from handlers.sources.templated import Fields, contents

SOURCE: Final = "healthchecks"
STATUSES: Final = {
    "down": AlertStatus.FIRING, "fail": AlertStatus.FIRING, "failed": AlertStatus.FIRING, "late": AlertStatus.FIRING,
    "alerting": AlertStatus.FIRING, "up": AlertStatus.RESOLVED, "ok": AlertStatus.RESOLVED,
    "success": AlertStatus.RESOLVED, "new": AlertStatus.INFO, "paused": AlertStatus.INFO, "started": AlertStatus.INFO,
    "grace": AlertStatus.INFO, "test": AlertStatus.INFO,
}  # fmt: skip
NAME: Final = ("name", "checkname", "title", "check", "summary", "monitor")
WORDS: Final = re.compile(
    rb"\W*(?P<name>[^{}\n]{1,200}?)\W+(?:is|has gone|went|has gone back|est)\W+(?P<status>up|down)\b[^{}\n]{0,200}",
    re.I,
)
SAYS: Final = {AlertStatus.FIRING: "failed or late", AlertStatus.RESOLVED: "on time again"}


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    if body.lstrip()[:1] not in (b"{", b"[") and (found := WORDS.fullmatch(body.strip())):
        name, status = found["name"].decode("utf-8", "replace"), found["status"].decode()
        return [_alert(Fields({"name": name.strip("\"' "), "status": status}))]
    return [_alert(_opened(content)) for content in contents(body, headers, "Healthchecks")]


def _opened(content: dict[str, object]) -> Fields:
    """`$JSON` is the whole check, as an object of its own within the body, or as the body."""
    inner = next(
        (each for each in content.values() if isinstance(each, dict) and ("name" in each or "slug" in each)), {}
    )
    return Fields({**inner, **{name: value for name, value in content.items() if value is not inner}})


def _alert(fields: Fields) -> Alert:
    name, word = fields(*NAME), fold(fields("status", "state", "checkstatus"))
    code = fields("code", "uuid", "uniquekey", "checkid", "id") or fields("slug") or name
    test = fields.untouched("status", "name", "code") or name == "TEST"
    if not (name or code or word or test):
        raise NotUnderstood("$.status", Phrase("It is missing."))
    status = AlertStatus.INFO if test else STATUSES.get(word, AlertStatus.FIRING)
    tags, over = tagged(fields.raw("tags", "checktags"), by_blanks=True), status is AlertStatus.RESOLVED
    happened = fields.when("now", "timestamp", "date")
    return Alert(
        source=SOURCE,
        dedup_key=joined("check", code or "unnamed"),
        status=status,
        title=f"{name or fields('slug') or 'A check'}: {SAYS.get(status, word or 'test')}",
        text="\n".join(filter(None, (fields("desc", "description", "message", "text", "body"), _pinged(fields)))),
        environment=first(tags, ENVIRONMENT) or fields("environment", "env"),
        service=first(tags, SERVICE) or fields("service"),
        severity=first(tags, SEVERITY) or fields("severity", "priority"),
        labels=said(check=name, slug=fields("slug"), project=fields("project")) | tags,
        url=fields("url", "link", "checkurl", "cloaksurl", "detailsurl"),
        starts_at=None if over else happened,
        ends_at=happened if over else None,
    )


def _pinged(fields: Fields) -> str:
    last = fields("lastping")
    return f"Last ping: {last}" if last else ""
