"""How things look as HTML: mrkdwn, times, avatars; and the templates."""

import re
from datetime import datetime
from functools import partial
from html import escape as html_escape
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from bot.sandbox.people import BOT_USER, SLACKBOT, Person
from bot.sandbox.record import Json
from bot.sandbox.slack.emoji import emoji
from bot.sandbox.slack.mrkdwn import ZONE, Directory, Span, spans
from bot.sandbox.slack.reading import rich_text

HERE = Path(__file__).parent
SAFE_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
TAGS = {"bold": "strong", "italic": "em", "strike": "del", "code": "code", "pre": "pre"}
COLORS = {"good": "#2eb67d", "warning": "#daa038", "danger": "#d6293e"}
HEX = re.compile(r"#?[0-9a-fA-F]{6}")


def span_html(span: Span) -> str:
    """One span as HTML."""
    text = html_escape(span.text)
    if span.kind in TAGS:
        inner = "".join(span_html(child) for child in span.children) or text
        return f"<{TAGS[span.kind]}>{inner}</{TAGS[span.kind]}>"
    if span.kind == "link" and SAFE_LINK.match(span.target):
        return f'<a href="{html_escape(span.target)}" target="_blank" rel="noopener noreferrer">{text}</a>'
    if span.kind in {"user", "ping"}:
        return f'<span class="mention">{text}</span>'
    if span.kind == "channel":
        place = html_escape(span.target)
        return f'<button class="mention" type="button" data-do="go" data-place="{place}">{text}</button>'
    if span.kind == "emoji":
        return f'<span class="emoji" role="img" aria-label="{html_escape(span.target)}">{text}</span>'
    return text


def mrkdwn_html(text: str, names: Directory) -> Markup:
    """Mrkdwn as HTML; lines that start with > become quotations."""

    def run(lines: list[str]) -> str:
        return "".join(span_html(span) for span in spans("\n".join(lines), names))

    if "```" in text or "&gt;" not in text:
        return Markup(run(text.split("\n")))  # noqa: S704  every span is escaped above
    parts: list[tuple[bool, list[str]]] = []
    for line in text.split("\n"):
        quoted = line.startswith("&gt;")
        if not parts or parts[-1][0] != quoted:
            parts.append((quoted, []))
        parts[-1][1].append(line.removeprefix("&gt;").lstrip() if quoted else line)
    html = (f"<blockquote>{run(lines)}</blockquote>" if quoted else run(lines) for quoted, lines in parts)
    return Markup("".join(html))  # noqa: S704  every span is escaped above


def time_of(ts: str) -> datetime:
    """A message's time in the workspace's zone."""
    return datetime.fromtimestamp(float(ts), ZONE)


def hour(ts: str) -> str:
    """A message's time of day."""
    return f"{time_of(ts):%H:%M}"


def moment(when: datetime) -> str:
    """The time of day of a text message or mail."""
    return f"{when.astimezone(ZONE):%H:%M}"


def day_of(when: datetime, today: datetime) -> str:
    """ "Aujourd’hui", "Hier" or the date."""
    days = (today.date() - when.date()).days
    return {0: "Aujourd’hui", 1: "Hier", -1: "Demain"}.get(days) or format_date(
        when, "EEEE d MMMM", locale="fr"
    ).capitalize()


def color_of(value: str) -> str:
    """An attachment's colour, if it is one."""
    return COLORS.get(value) or (f"#{value.lstrip('#')}" if HEX.fullmatch(value) else "#dddddd")


class Look:
    """The templates with what they need to know of the workspace."""

    def __init__(self, names: Directory, people: dict[str, Person]) -> None:
        self.names = names
        self.people = people
        self.environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters |= {
            "mrkdwn": self.text,
            "hour": hour,
            "moment": moment,
            "emoji": emoji,
            "color": color_of,
            "rich": partial(rich_text, names=names),
            "author": self.author,
        }
        self.environment.globals |= {"people": list(people.values())}

    def text(self, text: Json | str | None) -> Markup:
        """A text object (or bare mrkdwn) as HTML."""
        if not text:
            return Markup("")
        if isinstance(text, str):
            return mrkdwn_html(text, self.names)
        if text.get("type") == "plain_text":
            return Markup(html_escape(re.sub(r":([a-z0-9_+-]+):", lambda m: emoji(m[1]), str(text["text"]))))  # noqa: S704
        return mrkdwn_html(str(text["text"]), self.names)

    def author(self, user: str) -> dict[str, str]:
        """Name, initials and style class of whoever wrote something."""
        if user == BOT_USER:
            return {"name": "ÉcoTrajet", "initials": "É", "kind": "bot"}
        if user == SLACKBOT:
            return {"name": "Slackbot", "initials": "S", "kind": "slackbot"}
        person = self.people[user]
        return {"name": person.name, "initials": person.initials, "kind": person.key}

    def html(self, template: str, **context: Any) -> str:
        """Fill in a template."""
        return self.environment.get_template(template).render(**context)
