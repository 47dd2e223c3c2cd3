"""Block Kit blocks and views: what Slack refuses, in its own words.

Source: docs.slack.dev/reference/block-kit/blocks.
"""

from collections.abc import Iterator, Sequence

from bot.sandbox.record import Json
from bot.sandbox.slack.elements import ELEMENTS, IN_ACTIONS, IN_INPUT, IN_SECTION, KIND
from bot.sandbox.slack.reading import elements_of
from bot.sandbox.slack.shapes import Check, Shape, anything, boolean, by_type, items, problem, string, text

ID: dict[str, Check] = {"block_id": string(255)}
IMAGE = Shape(
    {**KIND, "alt_text": string(2000)},
    {**ID, "image_url": string(3000, 1), "slack_file": anything, "title": text(2000, plain=True)},
)
RICH_LOOKS: dict[str, Check] = {"border": anything, "style": anything, "indent": anything, "offset": anything}
RICH: dict[str, Check] = {
    kind: Shape({**KIND, "elements": anything}, RICH_LOOKS)
    for kind in ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
}
CONTEXT_ELEMENTS: dict[str, Check] = {"image": ELEMENTS["image"], "plain_text": text(3000), "mrkdwn": text(3000)}

BLOCKS: dict[str, Check] = {
    "section": Shape(
        KIND,
        {
            **ID,
            "text": text(3000),
            "fields": items(text(2000), 10),
            "accessory": by_type(ELEMENTS, IN_SECTION),
            "expand": boolean,
        },
    ),
    "header": Shape({**KIND, "text": text(150, plain=True)}, ID),
    "divider": Shape(KIND, ID),
    "context": Shape({**KIND, "elements": items(by_type(CONTEXT_ELEMENTS), 10)}, ID),
    "actions": Shape({**KIND, "elements": items(by_type(ELEMENTS, IN_ACTIONS), 25)}, ID),
    "image": IMAGE,
    "input": Shape(
        {**KIND, "label": text(2000, plain=True), "element": by_type(ELEMENTS, IN_INPUT)},
        {**ID, "hint": text(2000, plain=True), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": Shape({**KIND, "elements": items(by_type(RICH), 100)}, ID),
    "markdown": Shape({**KIND, "text": string(12000)}, ID),
    "table": Shape({**KIND, "rows": items(items(anything, 20), 100)}, {**ID, "column_settings": anything}),
}
IN_MESSAGE = frozenset(BLOCKS)
IN_VIEW = IN_MESSAGE - {"markdown", "table"}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_TEXT_IN_BLOCKS = 13_200  # undocumented; measured by slackapi/bolt-js issue 2509: msg_blocks_too_long above it

VIEW_FIELDS: dict[str, Check] = {
    **KIND,
    "callback_id": string(255),
    "private_metadata": string(3000),
    "external_id": string(255),
    "blocks": anything,
}
VIEWS: dict[str, Check] = {
    "modal": Shape(
        {**KIND, "title": text(24, plain=True), "blocks": anything},
        {
            **VIEW_FIELDS,
            "submit": text(24, plain=True),
            "close": text(24, plain=True),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": Shape({**KIND, "blocks": anything}, VIEW_FIELDS),
}


def block_problems(blocks: object, surface: str = "message", at: str = "/blocks") -> list[str]:
    """What Slack would refuse; `surface` is message, modal or home."""
    allowed = IN_MESSAGE if surface == "message" else IN_VIEW
    found = list(items(by_type(BLOCKS, allowed), MOST_BLOCKS[surface], 0)(blocks, at))
    if found or not isinstance(blocks, list):
        return found
    return [*_empty_sections(blocks, at), *_repeated_ids(blocks, at)]


def view_problems(view: object) -> list[str]:
    """What Slack would refuse in a modal or home tab."""
    found = list(by_type(VIEWS)(view, "/view"))
    if found or not isinstance(view, dict):
        return found
    found = block_problems(view["blocks"], view["type"], "/view/blocks")
    has_input = not found and any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and "submit" not in view:
        found.append(problem("missing required field: submit", "/view"))
    return found


def _empty_sections(blocks: Sequence[Json], at: str) -> Iterator[str]:
    for index, block in enumerate(blocks):
        if block["type"] == "section" and not ("text" in block or "fields" in block):
            yield problem("missing required field: text or fields", f"{at}/{index}")
        if block["type"] == "image" and not ("image_url" in block or "slack_file" in block):
            yield problem("missing required field: image_url or slack_file", f"{at}/{index}")


def _repeated_ids(blocks: Sequence[Json], at: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        if (block_id := block.get("block_id")) in seen:
            yield problem(f"`block_id` {block_id!r} already exists for another block", f"{at}/{index}/block_id")
        seen |= {block_id} if block_id else set()
        actions = [element["action_id"] for element in elements_of(block) if "action_id" in element]
        for action_id in sorted({one for one in actions if actions.count(one) > 1}):
            yield problem(f"`action_id` {action_id!r} already exists for another element", f"{at}/{index}/elements")


def text_length(node: object) -> int:
    """All characters of text in blocks, for the limit on their sum."""
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(text_length(inner) for inner in node.values() if not isinstance(inner, str))
    return sum(text_length(inner) for inner in node) if isinstance(node, list) else 0
