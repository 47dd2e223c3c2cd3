"""Slack's mrkdwn, read into spans; spans become plain text here and HTML on the page.

Source: docs.slack.dev/messaging/formatting-message-text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta

from bot.sandbox.slack.emoji import emoji

ZONE = ZoneInfo("Europe/Paris")
TOKEN = re.compile(
    r"```(?P<pre>.+?)```|`(?P<code>[^`\n]+)`|<(?P<angle>[^<>\n]+)>|:(?P<emoji>[a-z0-9_+'-]+):"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])",
    re.DOTALL,
)
DATE_TOKEN = re.compile(r"\{(\w+)\}")
PINGS = {"channel": "@channel", "here": "@here", "everyone": "@everyone"}


class Directory(Protocol):
    """Who tells the names behind ids, and the time in seconds since 1970."""

    def user_name(self, user_id: str) -> str | None: ...
    def channel_name(self, channel_id: str) -> str | None: ...
    def now(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text: kind is text, pre, code, link, user, channel, ping, emoji, bold, italic or strike.

    `target` is the address of a link, or the id of who is mentioned; bold, italic and strike have children, no text.
    """

    kind: str
    text: str = ""
    target: str = ""
    children: tuple["Span", ...] = ()


def unescape(text: str) -> str:
    """Slack escapes exactly three characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape(text: str) -> str:
    """What Slack does to the text people type."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def spans(text: str, names: Directory) -> Iterator[Span]:
    """Read mrkdwn into spans, left to right."""
    end = 0
    for found in TOKEN.finditer(text):
        if found.start() > end:
            yield Span("text", unescape(text[end : found.start()]))
        yield _span(str(found.lastgroup), found[str(found.lastgroup)], names)
        end = found.end()
    if end < len(text):
        yield Span("text", unescape(text[end:]))


def _span(kind: str, inner: str, names: Directory) -> Span:
    if kind in {"bold", "italic", "strike"}:
        return Span(kind, children=tuple(spans(inner, names)))
    if kind == "angle":
        return _angle(inner, names)
    if kind == "emoji":
        return Span("emoji", emoji(inner), inner)
    return Span(kind, unescape(inner).strip("\n"))


def _angle(inner: str, names: Directory) -> Span:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        name = names.user_name(target[1:]) or unescape(label) or target[1:]
        return Span("user", f"@{name}", target[1:])
    if target.startswith("#"):
        return Span("channel", f"#{names.channel_name(target[1:]) or unescape(label) or target[1:]}", target[1:])
    if target.startswith("!date^"):
        return Span("text", _date(target, unescape(label), names.now()))
    if target.startswith("!"):
        word = target[1:].partition("^")[0]
        return Span("ping", PINGS.get(word) or unescape(label) or f"@{word}", target[1:])
    return Span("link", unescape(label or target), unescape(target))


def _date(target: str, fallback: str, now: float) -> str:
    """`!date^1392734382^{date_short} {time}^https://link`, or `{ago}`: `il y a 3 minutes`.

    In the workspace's zone and language.
    """
    _, seconds, pattern, *_ = [*target.split("^"), "", ""]
    if not seconds.isdigit():
        return fallback
    when = datetime.fromtimestamp(int(seconds), ZONE)
    day, full = format_date(when, "d MMM y", locale="fr"), format_date(when, "full", locale="fr")
    shown = {
        "date_num": f"{when:%Y-%m-%d}", "date_slash": f"{when:%d/%m/%Y}", "date": day,
        "date_short": day, "date_short_pretty": day, "date_pretty": format_date(when, "d MMMM y", locale="fr"),
        "date_long": full, "date_long_pretty": full, "time": f"{when:%H:%M}", "time_secs": f"{when:%H:%M:%S}",
        "ago": format_timedelta(int(seconds) - int(now) or -1, add_direction=True, threshold=1, locale="fr"),
    }  # fmt: skip
    return DATE_TOKEN.sub(lambda found: shown.get(found[1], found[0]), pattern) or fallback


def plain(text: str, names: Directory) -> str:
    """Mrkdwn as a person reads it, without marks."""
    return "".join(_plain(span) for span in spans(text, names))


def _plain(span: Span) -> str:
    return "".join(_plain(child) for child in span.children) if span.children else span.text


def pings(text: str, names: Directory) -> Iterator[str]:
    """Whom this text would ring: user ids, and channel, here, everyone or subteam^ID."""
    for span in _flat(spans(text, names)):
        if span.kind in {"user", "ping"}:
            yield span.target


def _flat(found: Iterator[Span]) -> Iterator[Span]:
    for span in found:
        yield span
        yield from _flat(iter(span.children))
