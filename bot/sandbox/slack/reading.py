"""Reading Block Kit: what a person sees of it as plain text, and what they can press."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.record import Json
from bot.sandbox.slack.mrkdwn import Directory, plain


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press or choose: kind is Block Kit's element type; `options` are (value, label)."""

    action_id: str
    label: str
    block_id: str = ""
    kind: str = "button"
    value: str = ""
    url: str = ""
    style: str = ""
    options: tuple[tuple[str, str], ...] = ()
    element: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


def text_of(text: Json | None, names: Directory) -> str:
    """A text object as plain text ("" for none)."""
    if not text:
        return ""
    return plain(str(text.get("text", "")), names)


def elements_of(block: Json) -> list[Json]:
    """The interactive (and other) elements that a block holds."""
    inside = list(block.get("elements", [])) if block.get("type") in {"actions", "context_actions"} else []
    inside += [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    return inside


def options_of(element: Json) -> list[Json]:
    """All options of a select, menu or set of boxes, groups flattened."""
    grouped = [option for group in element.get("option_groups", []) for option in group.get("options", [])]
    return list(element.get("options", [])) + grouped


def buttons(blocks: Iterable[Json], names: Directory) -> Iterator[Button]:
    """Everything with an action_id, in reading order."""
    for block in blocks:
        for element in elements_of(block):
            if "action_id" not in element:
                continue
            yield Button(
                action_id=str(element["action_id"]),
                label=text_of(element.get("text") or element.get("placeholder"), names),
                block_id=str(block.get("block_id", "")),
                kind=str(element.get("type", "")),
                value=str(element.get("value", "")),
                url=str(element.get("url", "")),
                style=str(element.get("style", "")),
                options=tuple((str(o.get("value", "")), text_of(o.get("text"), names)) for o in options_of(element)),
                element=element,
            )


def blocks_text(blocks: Sequence[Json], names: Directory) -> str:
    """Blocks as a person reads them, one line per block or more; labels of buttons are not text."""
    return "\n".join(line for block in blocks if (line := _block_text(block, names)))


def _block_text(block: Json, names: Directory) -> str:
    kind = block.get("type")
    if kind == "section":
        parts = [text_of(block.get("text"), names), *(text_of(one, names) for one in block.get("fields", []))]
        return "\n".join(part for part in parts if part)
    if kind == "context":
        return "  ".join(_context_text(element, names) for element in block.get("elements", []))
    if kind == "rich_text":
        return "\n".join(rich_text(element, names) for element in block.get("elements", []))
    if kind == "markdown":
        return str(block.get("text", ""))
    if kind == "image":
        return text_of(block.get("title"), names) or str(block.get("alt_text", ""))
    if kind == "input":
        return text_of(block.get("label"), names)
    if kind == "table":
        return "\n".join(" | ".join(_cell(cell, names) for cell in row) for row in block.get("rows", []))
    return text_of(block.get("text"), names)


def _context_text(element: Json, names: Directory) -> str:
    return str(element.get("alt_text", "")) if element.get("type") == "image" else text_of(element, names)


def _cell(cell: Json, names: Directory) -> str:
    return rich_text(cell, names) if cell.get("type") == "rich_text" else str(cell.get("text", ""))


def rich_text(element: Json, names: Directory) -> str:
    """A rich_text element, nested ones included, as plain text."""
    kind = element.get("type")
    if kind == "user":
        return f"@{names.user_name(element['user_id']) or element['user_id']}"
    if kind == "channel":
        return f"#{names.channel_name(element['channel_id']) or element['channel_id']}"
    if kind == "emoji":
        return plain(f":{element['name']}:", names)
    if kind == "broadcast":
        return f"@{element['range']}"
    if kind == "link":
        return str(element.get("text") or element["url"])
    if "elements" in element:
        between = "\n" if kind == "rich_text_list" else ""
        return between.join(rich_text(inner, names) for inner in element["elements"])
    return str(element.get("text", ""))


def attachment_text(attachment: Json, names: Directory) -> str:
    """A (legacy, coloured) attachment as plain text."""
    parts = [plain(str(attachment.get(key, "")), names) for key in ("pretext", "title", "text")]
    fields = attachment.get("fields", [])
    parts += [f"{one.get('title', '')} {plain(str(one.get('value', '')), names)}" for one in fields]
    parts += [blocks_text(attachment.get("blocks", []), names), plain(str(attachment.get("footer", "")), names)]
    return "\n".join(part for part in parts if part) or plain(str(attachment.get("fallback", "")), names)
