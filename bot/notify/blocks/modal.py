"""The bricks of a modal, each within Slack's limits (docs.slack.dev, Block Kit reference: views, input blocks)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Final

from bot.notify.blocks.parts import Block, shorten

MAX_TITLE: Final = 24  # also of the two buttons
MAX_LABEL: Final = 200  # Slack takes 2000; a phone shows less
MAX_OPTIONS: Final = 100
MAX_RADIOS: Final = 10
MAX_OPTION: Final = 75
MAX_METADATA: Final = 3000
MAX_BLOCKS: Final = 100
Option = tuple[str, str]
"""What is shown, and the value that comes back (150 characters at most)."""


@dataclass(frozen=True, slots=True)
class Modal:
    """`view` is the argument of `views.open` and of the response actions `update` and `push`."""

    view: Block


def modal(
    callback: str, title: str, submit: str, close: str, blocks: Iterable[Block], carried: Mapping[str, Any]
) -> Modal:
    """`carried` comes back with the submission. Raises ValueError when it is too long: the caller bounds its parts."""
    metadata = json.dumps(carried, separators=(",", ":"), ensure_ascii=False)
    if len(metadata) > MAX_METADATA:
        raise ValueError("more than a modal carries")
    return Modal(
        {
            "type": "modal",
            "callback_id": callback,
            "title": plain(title, MAX_TITLE),
            "submit": plain(submit, MAX_TITLE),
            "close": plain(close, MAX_TITLE),
            "private_metadata": metadata,
            "blocks": list(blocks)[:MAX_BLOCKS],
        }
    )


def notice(title: str, close: str, blocks: Iterable[Block]) -> Modal:
    """Something to be read, without anything to submit."""
    kept = list(blocks)[:MAX_BLOCKS]
    return Modal({"type": "modal", "title": plain(title, MAX_TITLE), "close": plain(close, MAX_TITLE), "blocks": kept})


def field(name: str, label: str, element: Block, hint: str = "", *, optional: bool = False) -> Block:
    """An input whose answer is found under `name`."""
    made: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, MAX_LABEL),
        "element": {**element, "action_id": name},
        "optional": optional,
    }
    if hint:
        made["hint"] = plain(hint, MAX_LABEL)
    return made


def written(longest: int, initial: str = "", placeholder: str = "", *, lines: bool = False) -> Block:
    """Free text; `longest` in characters."""
    made: Block = {"type": "plain_text_input", "max_length": min(longest, 3000), "multiline": lines}
    if initial:
        made["initial_value"] = initial[: made["max_length"]]
    if placeholder:
        made["placeholder"] = plain(placeholder, 150)
    return made


def choice(options: Sequence[Option], chosen: str) -> Block:
    """One of a menu; `chosen` is the value that stands there at first, and is never one of those that are too many."""
    shown = list(options[:MAX_OPTIONS])
    shown[-1:] = [each for each in options[MAX_OPTIONS:] if each[1] == chosen][:1] or shown[-1:]
    return _with_first({"type": "static_select"}, [_option(each) for each in shown], chosen)


def clock(initial: time) -> Block:
    """A time of day; it comes back as `22:30`."""
    return {"type": "timepicker", "initial_time": f"{initial:%H:%M}"}


def date_picker() -> Block:
    """A day, none at first; it comes back as `2026-11-30`."""
    return {"type": "datepicker"}


def person_picker() -> Block:
    """Somebody of the workspace, nobody at first; their Slack id comes back."""
    return {"type": "users_select"}


def radios(options: Sequence[Option], chosen: str) -> Block:
    """One of a few that are all in sight."""
    return _with_first({"type": "radio_buttons"}, [_option(each) for each in options[:MAX_RADIOS]], chosen)


def plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": True}


def filled(view: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the fields of a submitted view, by name; '' for what was left empty."""
    found: dict[str, str] = {}
    for block in ((view.get("state") or {}).get("values") or {}).values():
        for name, element in block.items():
            chosen = element.get("selected_option") or {}
            picked = (element.get(kind) for kind in ("selected_time", "selected_date", "selected_user", "value"))
            found[name] = str(chosen.get("value") or next(filter(None, picked), ""))
    return found


def carried(view: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal` was given; {} when it is not ours."""
    try:
        found = json.loads(str(view.get("private_metadata") or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _option(option: Option) -> Block:
    text, value = option
    return {"text": plain(text, MAX_OPTION), "value": value}


def _with_first(element: Block, options: list[Block], chosen: str) -> Block:
    first = next((each for each in options if each["value"] == chosen), None)
    return {**element, "options": options, **({"initial_option": first} if first else {})}
