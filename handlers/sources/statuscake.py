"""StatusCake's web hook: a form with the test's name, address and state.

Key: the test's id, else its address, else its name; with its type for whatever is no uptime test (SSL, page speed,
server, heartbeat). `Down` fires, `Up` is over; `StatusCode` 0: nothing answered.
`Token` is the MD5 of user name and API key: it may be configured as the source's secret (the token itself, or user name
and key in one word), and is kept out of labels.
Source: statuscake.com/kb/knowledge-base/how-to-use-the-web-hook-url/.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.secret import Secret
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import joined, said
from handlers.sources.tags import ENVIRONMENT, SERVICE, first, tagged
from handlers.sources.templated import Fields, contents

SOURCE: Final = "statuscake"
STATUSES: Final = {
    "down": AlertStatus.FIRING, "up": AlertStatus.RESOLVED, "ok": AlertStatus.RESOLVED, "paused": AlertStatus.INFO,
    "test": AlertStatus.INFO, "pending": AlertStatus.INFO,
}  # fmt: skip
UPTIME: Final = ("", "uptime", "website", "http", "head", "tcp", "dns", "ping", "smtp", "ssh", "push")
WORDS: Final = {AlertStatus.FIRING: "is down", AlertStatus.RESOLVED: "is up"}


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(Fields(content)) for content in contents(body, headers, "StatusCake")]


def verify(body: bytes, headers: Mapping[str, str], secret: Secret) -> bool:
    """Whether its `Token` is the one, in constant time; without a token: no."""
    try:
        tokens = [Fields(content)("token") for content in contents(body, headers, "StatusCake")]
    except NotUnderstood:
        return False
    own = secret.reveal()
    made = hashlib.md5(own.encode(), usedforsecurity=False).hexdigest()  # how StatusCake makes it
    wanted = [own.encode(), made.encode()]
    return bool(tokens) and all(
        any([hmac.compare_digest(token.encode("utf-8", "replace"), each) for each in wanted]) for token in tokens
    )


def _alert(fields: Fields) -> Alert:
    name, address = fields("name", "testname", "websitename"), fields("url", "websiteurl", "domain")
    kind = "" if (kind := fields("type", "testtype").casefold()) in UPTIME else kind
    which, host = fields("testid", "id", "uptimeid"), fields("ip", "host")
    if not (name or address or which):
        raise NotUnderstood("$.Name", Phrase("It is missing."))
    word, code = fields("status", "state").lower(), fields("statuscode")
    status = STATUSES.get(word, AlertStatus.FIRING)
    shown = name or address or f"test {which}"
    tags = tagged(fields.raw("tags"))
    return Alert(
        source=SOURCE,
        dedup_key=joined(kind, *(("test", which) if which else (stable_hash(address or name),))),
        status=status,
        title=_other(shown, kind, word, fields) if kind else f"{shown} {WORDS.get(status, word)}".strip(),
        text="\n".join(filter(None, (_answered(status, code), fields("message", "description", "reason", "issue"),
                                     fields("value")))),
        environment=first(tags, ENVIRONMENT),
        service=first(tags, SERVICE),
        severity=fields("severity", "priority"),
        labels=said(test=name, url=address, ip=host, method=fields("method"), status_code=code, type=kind,
                    days_left=fields("daysleft", "expiry")) | tags,
        url=address if address.startswith(("http://", "https://")) else "",
    )  # fmt: skip


def _other(shown: str, kind: str, word: str, fields: Fields) -> str:
    days = fields("daysleft", "expiry")
    if kind == "ssl" and days.isdecimal():
        return f"{shown}: certificate expires in {days} days"
    return f"{shown}: {kind} {word}".strip()


def _answered(status: AlertStatus, code: str) -> str:
    if status is not AlertStatus.FIRING or not code:
        return ""
    return "It does not answer" if code == "0" else f"It answers with {code}"
