"""What every source's reader needs: the refusal with its place, JSON, text that PostgreSQL can keep, times, keys."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec

from bot.alert import Alert
from bot.phrase import Phrase

Parse = Callable[[bytes, Mapping[str, str]], list[Alert]]
T = TypeVar("T")

WHERE: Final = re.compile(r" - at `(?P<path>[^`]+)`$")
WHICH_BYTE: Final = re.compile(r" \(byte (?P<byte>\d+)\)$")
LONGEST_KEY: Final = 500  # characters; longer ones are hashed, since an index entry must stay small
LONGEST_FIELD: Final = 200
LONGEST_LABEL: Final = 2000
MOST_LABELS: Final = 200
NUL: Final = "\x00"


class NotUnderstood(Exception):
    """The body is not what this source sends: at the JSON path `path` (`$.alerts[0].labels`), `phrase` is wrong."""

    def __init__(self, path: str, phrase: Phrase) -> None:
        super().__init__(f"{path}: {phrase}")
        self.path = path
        self.phrase = phrase


def decode(body: bytes, shape: type[T]) -> T:
    """`body` as JSON of this shape. Raises NotUnderstood with the path of the first thing that does not fit."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        text = str(error)
        found = WHERE.search(text)
        reason = WHERE.sub("", text)
        raise NotUnderstood(
            found["path"] if found else "$", Phrase("It does not fit: {reason}.", {"reason": reason})
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood("$", _not_json(body, str(error))) from None
    except RecursionError:
        raise NotUnderstood("$", Phrase("The JSON is nested too deeply.")) from None


def _not_json(body: bytes, reason: str) -> Phrase:
    if not body.strip():
        return Phrase("The body is empty; JSON is expected.")
    found = WHICH_BYTE.search(reason)
    return Phrase(
        "The body is not JSON: {reason}.",
        {"reason": WHICH_BYTE.sub("", reason) + (f", byte {found['byte']}" if found else "")},
    )


def moment(said: str) -> datetime | None:
    """An ISO 8601 instant, UTC when it names no zone; None for nothing, for Go's zero time, and for what is no time."""
    try:
        found = datetime.fromisoformat(said.strip())
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC) if found.year > 1 else None
    except (ValueError, OverflowError):
        return None


def text_of(value: object) -> str:
    """A scalar as people write it: `true`, `3`, `0.5`; anything else as JSON."""
    match value:
        case str():
            return value
        case None:
            return ""
        case _:
            return msgspec.json.encode(value).decode()


def stable_hash(*parts: str) -> str:
    """16 hexadecimal digits, the same for the same parts on every machine and in every version."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def cleaned(alerts: Sequence[Alert]) -> list[Alert]:
    """What every alert keeps to, whoever sent it: no NUL, no broken Unicode, nothing longer than we can keep."""
    return [alert if _is_clean(alert) else _cleaned(alert) for alert in alerts]


def _is_clean(alert: Alert) -> bool:
    """Nearly all are: then nothing is copied. Whatever is in doubt is cleaned."""
    words = (alert.environment, alert.service, alert.severity, *alert.labels)
    everything = "".join((alert.dedup_key, alert.group_key, alert.title, alert.text, *words, *alert.labels.values()))
    return (
        (everything + alert.url).isascii()
        and NUL not in everything
        and NUL not in alert.url
        and max(len(alert.dedup_key), len(alert.group_key), len(alert.title)) <= LONGEST_KEY
        and max(map(len, words)) <= LONGEST_FIELD
        and max(map(len, alert.labels.values()), default=0) <= LONGEST_LABEL
        and len(alert.labels) <= MOST_LABELS
        and alert.title == " ".join(alert.title.split())
        and alert.text == alert.text.strip()
        and (not alert.url or alert.url.startswith(("http://", "https://")))
    )


def _cleaned(alert: Alert) -> Alert:
    labels = {clean(name)[:LONGEST_FIELD]: clean(value)[:LONGEST_LABEL] for name, value in alert.labels.items()}
    return replace(
        alert,
        dedup_key=key(alert.dedup_key),
        group_key=key(alert.group_key),
        title=" ".join(clean(alert.title).split())[:LONGEST_KEY],
        text=clean(alert.text).strip(),
        environment=clean(alert.environment)[:LONGEST_FIELD],
        service=clean(alert.service)[:LONGEST_FIELD],
        severity=clean(alert.severity)[:LONGEST_FIELD],
        labels=dict(list(labels.items())[:MOST_LABELS]),
        url=clean(alert.url) if alert.url.startswith(("http://", "https://")) else "",
    )


def clean(text: str) -> str:
    """PostgreSQL keeps no NUL, and UTF-8 no half of a surrogate pair."""
    if text.isascii() and NUL not in text:
        return text
    return text.replace(NUL, "\ufffd").encode("utf-8", "replace").decode()


def key(said: str) -> str:
    """Itself when it is short enough, else its beginning and a hash of the whole."""
    plain = clean(said)
    return plain if len(plain) <= LONGEST_KEY else f"{plain[:LONGEST_FIELD]}…{stable_hash(plain)}"
