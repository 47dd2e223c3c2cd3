"""The bricks of a card, each within Slack's limits (docs.slack.dev, Block Kit reference).

Foreign text is escaped, so that `<!channel>` in an alert's title pings nobody, and cut politely.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Block = dict[str, Any]

MAX_BLOCKS: Final = 50
MAX_SECTION: Final = 3000
MAX_HEADER: Final = 150
MAX_FIELD: Final = 2000
MAX_FIELDS: Final = 10
MAX_BUTTON: Final = 75
MAX_VALUE: Final = 2000
MAX_WEIGHT: Final = 13_000  # of a message's blocks together; Slack answers msg_blocks_too_long above 13,200
MAX_TEXT: Final = 3000  # Slack takes 40,000; a notification shows far less
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Card:
    """`text` is what a notification, a screen reader and a phone without blocks show."""

    text: str
    blocks: tuple[Block, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for `chat.postMessage`, `respond` and `say`."""
        return {"text": self.text, "blocks": list(self.blocks)}


def card(text: str, blocks: Iterable[Block]) -> Card:
    """A card within Slack's limits: what is too much goes from before the end, so that the buttons stay."""
    kept = list(blocks)
    if len(kept) > MAX_BLOCKS or weight(kept) > MAX_WEIGHT:
        last = [kept.pop()]
        while kept and kept[-1]["type"] == last[0]["type"] == "actions":
            last.insert(0, kept.pop())
        while kept and (len(kept) > MAX_BLOCKS - 1 - len(last) or weight([*kept, *last]) > MAX_WEIGHT):
            kept.pop()
        kept += [context("…"), *last]
    return Card(cut(text, MAX_TEXT), tuple(kept))


def weight(node: object) -> int:
    """All characters of text in blocks."""
    match node:
        case {"text": str(text)}:
            return len(text)
        case dict():
            return sum(weight(inner) for inner in node.values() if not isinstance(inner, str))
        case list():
            return sum(weight(inner) for inner in node)
        case _:
            return 0


def escape(text: str) -> str:
    """Slack's three signs (docs.slack.dev, Formatting: escaping text); invisible characters are dropped."""
    return CONTROL.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line(text: str, limit: int = 200) -> str:
    """Foreign text as one escaped line without markup of its own."""
    words = " ".join(CONTROL.sub(" ", text).split())
    return escape(shorten(words, limit)).replace("*", "∗").replace("`", "ˋ").replace("~", "∼")


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def cut(rendered: str, limit: int) -> str:
    """Escaped text within `limit`, never in the middle of an entity, a link or a date."""
    if len(rendered) <= limit:
        return rendered
    return re.sub(r"&[a-z]{0,3}$|<[^<>]*$", "", rendered[: limit - 1]) + "…"


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, MAX_SECTION) or "—"}}


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """Two columns of `label` over `value`, both already escaped."""
    shown = [{"type": "mrkdwn", "text": cut(f"*{label}*\n{value}", MAX_FIELD)} for label, value in pairs[:MAX_FIELDS]]
    return {"type": "section", "fields": shown}


def context(*texts: str) -> Block:
    shown = [text for text in texts if text][:10]
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(text, MAX_FIELD)} for text in shown]}


def header(text: str) -> Block:
    """Plain text, in large letters; a screen reader announces it as a heading."""
    return {"type": "header", "text": _plain(text, MAX_HEADER)}


def divider() -> Block:
    return {"type": "divider"}


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def button(
    label: str, action_id: str, value: Mapping[str, object], style: str = "", confirm: Block | None = None
) -> Block:
    """`style`: primary, danger or none. `value` comes back, as JSON, with the press."""
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": _plain(label, MAX_BUTTON),
        "value": json.dumps(value, separators=(",", ":"), ensure_ascii=False)[:MAX_VALUE],
    }
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = confirm
    return made


def menu(action_id: str, label: str, options: Sequence[tuple[str, Mapping[str, object]]]) -> Block:
    """One choice of several, which act at once; `options` are labels with the value that comes back as JSON."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": _plain(label, 150),
        "options": [
            {"text": _plain(text, MAX_BUTTON), "value": json.dumps(value, separators=(",", ":"))[:150]}
            for text, value in options
        ],
    }


def confirm(title: str, text: str, yes: str, no: str, style: str = "danger") -> Block:
    return {
        "title": _plain(title, 100),
        "text": _plain(text, 300),
        "confirm": _plain(yes, 30),
        "deny": _plain(no, 30),
        "style": style,
    }


def link(url: str, label: str) -> str:
    """A link, if `url` is one that a browser should open; else only its label. `label` is escaped already."""
    if not re.fullmatch(r"https?://[^\s<>|\"]{1,1500}", url):
        return label
    return f"<{escape(url)}|{label.replace('|', '∣')}>"


def code(text: str, limit: int = MAX_SECTION) -> str:
    """A code block whose *end* is kept, at whole lines when possible: of a log the last lines matter."""
    room = limit - 8
    clean = escape(CONTROL.sub("", text)).replace("```", "ˋˋˋ").rstrip()
    if len(clean) > room:
        tail = clean[-(room - 2) :]
        _, newline, rest = tail.partition("\n")
        clean = "…\n" + (rest if newline and rest else re.sub(r"^[a-z#0-9]{0,4};", "", tail))
    return f"```\n{clean or '—'}\n```"


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": True}
