"""A message as the workspace stores it, and the snapshot of it that a person sees."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.record import Json
from bot.sandbox.slack.mrkdwn import Directory, pings, plain
from bot.sandbox.slack.reading import Button, attachment_text, blocks_text, buttons


@dataclass(slots=True, eq=False)
class Message:
    """The stored message; edits change it in place. `ephemeral_to` is the only user who sees it."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    ephemeral_to: str | None = None
    by_bot: bool = False
    edits: int = 0
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    pinned: bool = False
    username: str = ""
    icon: str = ""
    metadata: Json = field(default_factory=dict)
    trouble: str = ""  # the action whose press was not acknowledged: Slack shows a warning sign on it
    chosen: dict[str, Json] = field(default_factory=dict)  # block_id -> action_id -> state of inputs in the message

    @property
    def in_thread(self) -> bool:
        """A reply (the parent is not one)."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def all_blocks(self) -> list[Json]:
        """Its blocks, those in attachments included."""
        return self.blocks + [block for one in self.attachments for block in one.get("blocks", [])]

    def as_slack(self) -> Json:
        """The message object of payloads and answers."""
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": "T0ECOTRAJ"}
        if self.by_bot:
            shown |= {"bot_id": "B0ECOBOT1", "app_id": "A0ECOTRAJ"}
        optional: dict[str, Any] = {
            "blocks": self.blocks,
            "attachments": self.attachments,
            "thread_ts": self.thread_ts,
            "metadata": self.metadata,
            "files": self.files,
        }
        shown |= {key: value for key, value in optional.items() if value}
        if self.edits:
            shown["edited"] = {"user": self.user, "ts": self.ts}
        return shown


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """What one sees of a message now.

    `text` is the rendered plain text of its blocks and attachments (of its text when it has none), `notification` the
    fallback text that a push notification shows, `pings` whom it rings (user ids, channel, here, everyone).
    """

    channel: str
    ts: str
    author: str
    text: str
    notification: str
    buttons: tuple[Button, ...]
    edits: int
    thread: str | None
    ephemeral: bool
    pings: tuple[str, ...]
    reactions: tuple[str, ...]
    files: tuple[str, ...]
    blocks: tuple[Json, ...] = field(repr=False, compare=False)
    color: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The visible labels of its buttons and menus."""
        return tuple(button.label for button in self.buttons)

    def button(self, wanted: str) -> Button:
        """The button with this action_id or this visible label; AssertionError when there is none."""
        for button in self.buttons:
            if wanted in (button.action_id, button.label):
                return button
        there = ", ".join(f"{one.action_id} ({one.label})" for one in self.buttons) or "none"
        raise AssertionError(f"no button {wanted!r} on this message; there are: {there}\n{self.text}")


def show(message: Message, names: Directory) -> ShownMessage:
    """The snapshot of a stored message."""
    body = blocks_text(message.blocks, names) or plain(message.text, names)
    beneath = [attachment_text(one, names) for one in message.attachments]
    return ShownMessage(
        channel=message.channel,
        ts=message.ts,
        author=message.username or names.user_name(message.user) or message.user,
        text="\n".join(part for part in (body, *beneath) if part),
        notification=plain(message.text, names),
        buttons=tuple(buttons(message.all_blocks, names)),
        edits=message.edits,
        thread=message.thread_ts if message.in_thread else None,
        ephemeral=message.ephemeral_to is not None,
        pings=tuple(_pings(message, names)),
        reactions=tuple(message.reactions),
        files=tuple(str(one.get("title", "")) for one in message.files),
        blocks=tuple(message.all_blocks),
        color=str(message.attachments[0].get("color", "")) if message.attachments else "",
    )


def _pings(message: Message, names: Directory) -> Iterator[str]:
    yield from pings("\n".join([message.text, *(one.get("text", "") for one in message.attachments)]), names)
    for text in _mrkdwn_texts(message.all_blocks):
        yield from pings(text, names)


def _mrkdwn_texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield str(node.get("text", ""))
        if node.get("type") == "broadcast":
            yield f"<!{node.get('range')}>"
        for inner in node.values():
            yield from _mrkdwn_texts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _mrkdwn_texts(inner)
