"""What may be put into a message: text, blocks and attachments, checked as Slack checks them."""

from dataclasses import dataclass
from uuid import uuid4

from bot.sandbox.record import Json
from bot.sandbox.slack.call import Call, SlackError
from bot.sandbox.slack.limits import MOST_TEXT_IN_BLOCKS, block_problems, text_length

MOST_TEXT = 40_000
MOST_ATTACHMENTS = 100


@dataclass(frozen=True, slots=True)
class Content:
    """Checked content; None means "not given", which an edit keeps."""

    text: str
    blocks: list[Json] | None
    attachments: list[Json] | None


def content_of(call: Call) -> Content:
    """Text, blocks and attachments of a call; SlackError no_text, msg_too_long, invalid_blocks…"""
    text = call.text("text") or call.text("markdown_text")
    blocks, attachments = call.objects("blocks"), call.objects("attachments")
    if not text and not blocks and not attachments:
        raise SlackError("no_text", broken_rule=True)
    if len(text) > MOST_TEXT:
        raise SlackError("msg_too_long", broken_rule=True)
    if attachments and len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments", broken_rule=True)
    for index, attachment in enumerate(attachments or []):
        attachment["blocks"] = checked_blocks(attachment.get("blocks", []), f"/attachments/{index}/blocks")
    return Content(text, None if blocks is None else checked_blocks(blocks), attachments)


def checked_blocks(blocks: list[Json], at: str = "/blocks") -> list[Json]:
    """The blocks, each with a block_id; SlackError invalid_blocks with what is wrong."""
    if problems := block_problems(blocks, "message", at):
        raise SlackError("invalid_blocks", *problems, broken_rule=True)
    if text_length(blocks) > MOST_TEXT_IN_BLOCKS:
        raise SlackError("msg_blocks_too_long", broken_rule=True)
    return with_ids(blocks)


def with_ids(blocks: list[Json]) -> list[Json]:
    """Slack names the blocks and elements that have no id."""
    for block in blocks:
        block.setdefault("block_id", uuid4().hex[:5])
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            element.setdefault("action_id", uuid4().hex[:5])
        for key in ("accessory", "element"):
            if key in block and block[key]["type"] != "image":
                block[key].setdefault("action_id", uuid4().hex[:5])
    return blocks
