"""The state of the small Slack: who is there, which channels, what was said, what is open."""

import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.sandbox.faults import Faults
from bot.sandbox.people import BOT_NAME, BOT_USER, SLACKBOT, Person, Room
from bot.sandbox.record import Json, Record
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.message import Message, ShownMessage, show
from bot.sandbox.slack.tickets import ResponseUrls, Triggers


@dataclass(slots=True, eq=False)
class Conversation:
    """A channel (C…), a private channel or group (G…) or a direct message (D…)."""

    id: str
    name: str
    members: set[str]
    topic: str = ""
    purpose: str = ""
    creator: str = BOT_USER
    created: int = 0
    archived: bool = False
    private: bool = False
    messages: list[Message] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)

    @property
    def is_dm(self) -> bool:
        """A direct message between one person and the bot."""
        return self.id.startswith("D")


@dataclass(slots=True, eq=False)
class View:
    """A modal or home tab: `body` as the bot gave it, `state` what was typed into it last."""

    id: str
    user: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    state: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The secrets of one sandbox, new each time."""

    bot: str = field(default_factory=lambda: f"xoxb-sandbox-{secrets.token_hex(12)}")
    app: str = field(default_factory=lambda: f"xapp-sandbox-{secrets.token_hex(12)}")
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification: str = field(default_factory=lambda: secrets.token_hex(12))


class Workspace:
    """Everything the Web API reads and changes. `offset` (seconds) is how far the demo's clock was pushed forward."""

    def __init__(self, people: Iterable[Person], rooms: Sequence[Room], manifest: Manifest, record: Record) -> None:
        self.people = {person.slack_id: person for person in people}
        self.manifest = manifest
        self.record = record
        self.tokens = Tokens()
        self.faults = Faults()
        self.triggers = Triggers()
        self.response_urls = ResponseUrls()
        self.scopes_used: set[str] = set()
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, Json] = {}
        self.user_groups: dict[str, tuple[str, ...]] = {"S0ASTREIN": ()}
        self.offset = 0.0
        self.url = ""
        self._last_ts = 0.0
        everybody = set(self.people)
        self.conversations = {
            room.id: Conversation(room.id, room.name, everybody | ({BOT_USER} if room.has_bot else set()), room.topic)
            for room in rooms
        }

    def now(self) -> float:
        """Seconds since 1970 on the demo's clock."""
        return time.time() + self.offset

    def new_ts(self) -> str:
        """A message's timestamp, never twice the same and always growing."""
        self._last_ts = max(self.now(), self._last_ts + 0.000_002)
        return f"{self._last_ts:.6f}"

    def user_name(self, user_id: str) -> str | None:
        """The name shown for a user id."""
        if user_id in (BOT_USER, SLACKBOT):
            return BOT_NAME if user_id == BOT_USER else "Slackbot"
        person = self.people.get(user_id)
        return person.name if person else None

    def channel_name(self, channel_id: str) -> str | None:
        """The name shown for a channel id."""
        conversation = self.conversations.get(channel_id)
        return conversation.name if conversation else None

    def dm(self, user_id: str) -> Conversation:
        """The direct message between a person and the bot, opened when needed."""
        channel_id = f"D{user_id[1:]}"
        if channel_id not in self.conversations:
            name = f"dm-{user_id.lower()}"
            self.conversations[channel_id] = Conversation(
                channel_id, name, {user_id, BOT_USER}, created=int(self.now())
            )
        return self.conversations[channel_id]

    def find(self, name_or_id: str) -> Conversation | None:
        """A conversation by id, `name` or `#name`."""
        wanted = name_or_id.removeprefix("#")
        if wanted in self.conversations:
            return self.conversations[wanted]
        return next((one for one in self.conversations.values() if one.name == wanted and not one.is_dm), None)

    def message(self, channel_id: str, ts: str) -> Message | None:
        """A stored message, ephemeral ones included."""
        conversation = self.conversations.get(channel_id)
        return next((one for one in conversation.messages if one.ts == ts), None) if conversation else None

    def post(self, message: Message) -> Message:
        """Put a message where it belongs and wake those who wait."""
        self.conversations[message.channel].messages.append(message)
        self.changed()
        return message

    def slackbot(self, channel_id: str, user_id: str, text: str) -> Message:
        """What Slack itself tells one person."""
        return self.post(Message(channel_id, self.new_ts(), SLACKBOT, text, ephemeral_to=user_id))

    def changed(self) -> None:
        """Something a person could see is different."""
        self.record.changes.tell()

    def visible(self, user_id: str, conversation: Conversation) -> list[Message]:
        """What this person sees there, in order."""
        if user_id not in conversation.members:
            return []
        return [one for one in conversation.messages if one.ephemeral_to in (None, user_id)]

    def shown(self, message: Message) -> ShownMessage:
        """The snapshot of a message."""
        return show(message, self)

    def top_view(self, user_id: str) -> View | None:
        """The modal in front of this person."""
        stack = self.stacks.get(user_id)
        return self.views[stack[-1]] if stack else None
