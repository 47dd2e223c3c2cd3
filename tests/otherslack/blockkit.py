"""Block Kit and the Web API's arguments, judged by docs.slack.dev alone: nothing here knows of `bot` or its sandbox.

`problems_of_message` and `problems_of_view` yield what Slack would refuse, one sentence each.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Json = Mapping[str, Any]

# docs.slack.dev/reference/block-kit/block-elements: where each may stand ("Works with block types"), and its own rules
IN_SECTION: Final = frozenset(
    [
        "button",
        "image",
        "overflow",
        "static_select",
        "multi_static_select",
        "users_select",
        "datepicker",
        "timepicker",
        "checkboxes",
        "radio_buttons",
        "conversations_select",
        "channels_select",
        "external_select",
    ]
)
IN_ACTIONS: Final = IN_SECTION - {"image"} | {"datetimepicker"}
IN_INPUT: Final = IN_ACTIONS - {"button", "overflow"} | {
    "plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input",
}  # fmt: skip
MOST_BLOCKS: Final = {"message": 50, "modal": 100, "home": 100}
ELEMENT_KEYS: Final[Mapping[str, str]] = {
    "button": "text! action_id url value style confirm accessibility_label",
    "image": "alt_text! image_url slack_file",
    "overflow": "options! action_id confirm",
    "static_select": "options option_groups action_id initial_option confirm focus_on_load placeholder",
    "users_select": "action_id initial_user confirm focus_on_load placeholder",
    "datepicker": "action_id initial_date confirm focus_on_load placeholder",
    "timepicker": "action_id initial_time confirm focus_on_load placeholder timezone",
    "checkboxes": "options! action_id initial_options confirm focus_on_load",
    "radio_buttons": "options! action_id initial_option confirm focus_on_load",
    "plain_text_input": "action_id initial_value multiline min_length max_length dispatch_action_config focus_on_load"
    " placeholder",
}
BLOCK_KEYS: Final[Mapping[str, str]] = {
    "section": "block_id text fields accessory expand",
    "header": "block_id text!",
    "divider": "block_id",
    "context": "block_id elements!",
    "actions": "block_id elements!",
    "image": "block_id alt_text! image_url slack_file title",
    "input": "block_id label! element! dispatch_action hint optional",
}


def problems_of_message(message: Json) -> Iterator[str]:
    """`text`, `blocks`, `metadata` of chat.postMessage and its like."""
    text, blocks = message.get("text"), message.get("blocks")
    if not text and not blocks:
        yield "no_text"
    if not text:
        yield "blocks without a text: a notification and a screen reader have nothing to say"
    if len(text or "") > 40_000:
        yield "msg_too_long"
    if blocks is not None:
        yield from _blocks(blocks, "message")
        if sum(map(_weight, blocks)) > 13_200:
            yield "msg_blocks_too_long"
    if (metadata := message.get("metadata")) is not None and set(metadata) != {"event_type", "event_payload"}:
        yield "invalid_metadata_format"


def problems_of_view(view: Json) -> Iterator[str]:
    """Views: docs.slack.dev/reference/views."""
    kind = view.get("type")
    if kind not in {"modal", "home"}:
        yield f"view type {kind}"
        return
    only_modal = {"title", "close", "submit", "clear_on_close", "notify_on_close", "submit_disabled"}
    known = {"type", "blocks", "private_metadata", "callback_id", "external_id"} | (
        only_modal if kind == "modal" else set()
    )
    yield from (f"view.{name}: unknown" for name in set(view) - known)
    if kind == "modal":
        yield from _text(view.get("title"), 24, "view.title", plain=True)
        for name in {"close", "submit"} & set(view):
            yield from _text(view[name], 24, f"view.{name}", plain=True)
    if len(view.get("private_metadata", "")) > 3000:
        yield "view.private_metadata: more than 3000"
    if len(view.get("callback_id", "")) > 255:
        yield "view.callback_id: more than 255"
    if len(repr(view).encode()) > 250_000:
        yield "view_too_large"
    yield from _blocks(view.get("blocks"), str(kind))
    if kind == "modal" and any(each.get("type") == "input" for each in view["blocks"]) and "submit" not in view:
        yield "view.submit: required when there is an input"


def _blocks(blocks: Any, surface: str) -> Iterator[str]:
    if not isinstance(blocks, list):
        yield "blocks: no list"
        return
    if len(blocks) > MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks"
    for name, count in Counter(each["block_id"] for each in blocks if each.get("block_id")).items():
        if count > 1:
            yield f"block_id {name} twice"
    for at, block in enumerate(blocks):
        yield from _block(block, f"blocks[{at}]")


def _block(block: Json, at: str) -> Iterator[str]:
    kind = str(block.get("type"))
    if kind not in BLOCK_KEYS:
        yield f"{at}: {kind}?"
        return
    yield from _keys(block, BLOCK_KEYS[kind], at)
    if len(block.get("block_id", "")) > 255:
        yield f"{at}.block_id: more than 255"
    match kind:
        case "section":
            yield from _section(block, at)
        case "header":
            yield from _text(block.get("text"), 150, at, plain=True)
        case "context" | "actions":
            yield from _elements(block, at)
        case "input":
            yield from _text(block.get("label"), 2000, f"{at}.label", plain=True)
            if "hint" in block:
                yield from _text(block["hint"], 2000, f"{at}.hint", plain=True)
            yield from _element(block.get("element") or {}, IN_INPUT, f"{at}.element")
        case _:
            pass


def _section(block: Json, at: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield f"{at}: neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], 3000, at)
    if "fields" in block:
        if not 1 <= len(block["fields"]) <= 10:
            yield f"{at}: {len(block['fields'])} fields"
        for each in block["fields"]:
            yield from _text(each, 2000, f"{at}.fields")
    if "accessory" in block:
        yield from _element(block["accessory"], IN_SECTION, f"{at}.accessory")


def _elements(block: Json, at: str) -> Iterator[str]:
    elements, most = block.get("elements") or [], 10 if block["type"] == "context" else 25
    if not 1 <= len(elements) <= most:
        yield f"{at}: {len(elements)} elements"
    for each in elements:
        if block["type"] == "actions":
            yield from _element(each, IN_ACTIONS, at)
        elif each.get("type") == "image":
            yield from _keys(each, ELEMENT_KEYS["image"], at)
        else:
            yield from _text(each, 3000, at)
    for name, count in Counter(each.get("action_id") for each in elements if each.get("action_id")).items():
        if count > 1:
            yield f"{at}: action_id {name} twice"


def _element(element: Json, allowed: frozenset[str], at: str) -> Iterator[str]:
    kind = str(element.get("type"))
    at = f"{at}<{kind} {element.get('action_id', '')}>"
    if kind not in allowed or kind not in ELEMENT_KEYS:
        yield f"{at}: not allowed there"
        return
    yield from _keys(element, ELEMENT_KEYS[kind], at)
    if not 0 < len(element.get("action_id", "x")) <= 255:
        yield f"{at}.action_id: its length"
    if "placeholder" in element:
        yield from _text(element["placeholder"], 150, f"{at}.placeholder", plain=True)
    if "confirm" in element:
        yield from _confirm(element["confirm"], f"{at}.confirm")
    if kind == "button":
        yield from _text(element.get("text"), 75, at, plain=True)
        if len(element.get("value", "")) > 2000:
            yield f"{at}.value: more than 2000"
        if element.get("style") not in {None, "primary", "danger"}:
            yield f"{at}.style"
    if kind == "plain_text_input":
        yield from _typed(element, at)
    if "options" in ELEMENT_KEYS[kind]:
        yield from _options(element, {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}.get(kind, 100), at)


def _typed(element: Json, at: str) -> Iterator[str]:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if not 0 <= least <= 3000 or not 1 <= most <= 3000 or least > most:
        yield f"{at}: lengths"
    if len(element.get("initial_value", "")) > most:
        yield f"{at}.initial_value: longer than its most"


def _options(element: Json, most: int, at: str) -> Iterator[str]:
    options: Sequence[Json] = element.get("options") or []
    if not 1 <= len(options) <= most:
        yield f"{at}: {len(options)} options"
    for each in options:
        yield from _keys(each, "text! value! description url", f"{at}.option")
        yield from _text(
            each.get("text"), 75, f"{at}.option", plain=element["type"] not in {"checkboxes", "radio_buttons"}
        )
        if len(each.get("value", "")) > 150:
            yield f"{at}.option.value: more than 150"
    if (first := element.get("initial_option")) is not None and first not in options:
        yield f"{at}.initial_option: none of its options"
    values = [each.get("value") for each in options]
    if len(set(values)) < len(values):
        yield f"{at}: two options with one value"


def _confirm(dialog: Json, at: str) -> Iterator[str]:
    yield from _keys(dialog, "title! text! confirm! deny! style", at)
    for name, most in {"title": 100, "text": 300, "confirm": 30, "deny": 30}.items():
        yield from _text(dialog.get(name), most, f"{at}.{name}", plain=True)


def _text(value: Any, most: int, at: str, *, plain: bool = False) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in {"plain_text", "mrkdwn"}:
        yield f"{at}: no text object"
        return
    if plain and value["type"] != "plain_text":
        yield f"{at}: mrkdwn where only plain_text may be"
    yield from _keys(value, "text! emoji" if value["type"] == "plain_text" else "text! verbatim", at)
    if not 1 <= len(value.get("text", "")) <= most:
        yield f"{at}: {len(value.get('text', ''))} characters, 1 to {most} are allowed"


def _keys(thing: Json, spec: str, at: str) -> Iterator[str]:
    words = spec.split()
    known = {word.rstrip("!") for word in words} | {"type"}
    yield from (f"{at}.{name}: unknown" for name in set(thing) - known)
    yield from (f"{at}.{word[:-1]}: missing" for word in words if word.endswith("!") and word[:-1] not in thing)


def _weight(node: Any) -> int:
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(_weight(each) for each in node.values() if not isinstance(each, str))
    return sum(map(_weight, node)) if isinstance(node, list) else 0
