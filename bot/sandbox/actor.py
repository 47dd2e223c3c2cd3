"""A person of the workspace, as tests play them: what they do, and what they wait to see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.devices import Mailbox, Phone, listing, spaced
from bot.sandbox.people import Person
from bot.sandbox.record import PATIENCE, Json
from bot.sandbox.slack import payloads
from bot.sandbox.slack.deliveries import Delivery
from bot.sandbox.slack.message import Message, ShownMessage
from bot.sandbox.slack.reading import blocks_text, buttons, elements_of, text_of
from bot.sandbox.slack.slack import Slack
from bot.sandbox.slack.workspace import Conversation, View, Workspace

Value = str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone one acts as. All waits end with an AssertionError that lists what was there instead."""

    person: Person
    slack: Slack
    telephone: Phone | None
    letters: Mailbox | None

    @property
    def phone(self) -> Phone:
        """Their telephone; AssertionError for somebody without one."""
        assert self.telephone is not None, f"{self.person.name} has no telephone"
        return self.telephone

    @property
    def mailbox(self) -> Mailbox:
        """Their mailbox; AssertionError for somebody without one."""
        assert self.letters is not None, f"{self.person.name} has no mailbox"
        return self.letters

    @property
    def _workspace(self) -> Workspace:
        return self.slack.workspace

    def _place(self, channel: str | None) -> Conversation:
        if channel is None:
            return self._workspace.dm(self.person.slack_id)
        found = self._workspace.find(channel)
        assert found is not None, f"there is no channel {channel!r}"
        return found

    async def types(self, text: str, channel: str | None = "incidents", thread: ShownMessage | None = None) -> Delivery:
        """Type a command or words (channel None: to the bot directly); waits for the ack."""
        parent = (thread.thread or thread.ts) if thread else None
        return await self.slack.gestures.type(self.person, self._place(channel), text, parent)

    def visible(self, channel: str | None = None) -> list[ShownMessage]:
        """What they can see, oldest first: everywhere, or in one channel ("dm": with the bot)."""
        return [self._workspace.shown(one) for one in self._visible(channel)]

    def _visible(self, channel: str | None) -> Iterator[Message]:
        if channel is None:
            places = list(self._workspace.conversations.values())
        else:
            places = [self._place(None if channel == "dm" else channel)]
        found = [one for place in places for one in self._workspace.visible(self.person.slack_id, place)]
        yield from sorted(found, key=lambda one: float(one.ts))

    async def sees(self, containing: str = "", channel: str | None = None, within: float = PATIENCE) -> ShownMessage:
        """Wait for a visible message whose rendered text contains this; the newest one."""

        def look() -> ShownMessage | None:
            found = (one for one in reversed(self.visible(channel)) if spaced(containing) in spaced(one.text))
            return next(found, None)

        return await self._workspace.record.changes.until(
            look,
            within,
            lambda: (
                f"{self.person.name} does not see {containing!r} in {channel or 'any channel'}; "
                + listing([f"[{one.channel}] {one.text}" for one in self.visible(channel)])
            ),
        )

    async def dm(self, within: float = PATIENCE, containing: str = "") -> ShownMessage:
        """Wait for a direct message of the bot."""
        return await self.sees(containing, "dm", within)

    async def presses(
        self, button: str, on: ShownMessage | None = None, choosing: Value = None, *, late: bool = False
    ) -> Delivery:
        """Press a button (or choose in a menu) by action_id or label, on a message or else on the newest with it.

        It is pressed as it is now; `late` presses it as it was when `on` was seen, from a screen that lags behind.
        """
        message = on or self._newest_with(button)
        stored = self._workspace.message(message.channel, message.ts)
        assert stored is not None, "this message is not there any more"
        found = (message if late else self._workspace.shown(stored)).button(button)
        return await self.slack.gestures.press(self.person, stored, found, values_of(choosing))

    def _newest_with(self, button: str) -> ShownMessage:
        for message in reversed(self.visible()):
            if any(button in (one.action_id, one.label) for one in message.buttons):
                return message
        there = listing([str(message.labels) for message in self.visible()])
        raise AssertionError(f"{self.person.name} sees no button {button!r}; {there}")

    @property
    def view(self) -> View | None:
        """The modal in front of them."""
        return self._workspace.top_view(self.person.slack_id)

    async def gets_view(self, containing: str = "", within: float = PATIENCE) -> View:
        """Wait for a modal whose title or text contains this."""

        def look() -> View | None:
            return self.view if self.view and spaced(containing) in spaced(self.view_text(self.view)) else None

        def there() -> str:
            return f"no modal with {containing!r}; {listing([self.view_text(self.view)] if self.view else [])}"

        return await self._workspace.record.changes.until(look, within, there)

    def view_text(self, view: View) -> str:
        """Title and blocks of a modal as plain text."""
        title = text_of(view.body.get("title"), self._workspace)
        return "\n".join([title, blocks_text(view.body["blocks"], self._workspace), *view.errors.values()])

    async def submits(self, view: View, values: Mapping[str, Value]) -> Delivery:
        """Fill in a modal and submit it. Keys are "block.action", the block's id or the action's id."""
        return await self.slack.gestures.submit(self.person, view, filled(view.body["blocks"], values))

    async def presses_in(self, view: View, button: str, choosing: Value = None) -> Delivery:
        """Press a button in a modal or home tab."""
        found = [b for b in buttons(view.body["blocks"], self._workspace) if button in (b.action_id, b.label)]
        assert found, f"no button {button!r} in this view"
        return await self.slack.gestures.press_in_view(self.person, view, found[0], values_of(choosing))

    async def closes(self, view: View) -> None:
        """Close a modal."""
        await self.slack.gestures.close(self.person, view)

    async def uses_shortcut(self, callback_id: str, on: ShownMessage | None = None) -> Delivery:
        """A global shortcut, or one on a message."""
        message = self._workspace.message(on.channel, on.ts) if on else None
        return await self.slack.gestures.shortcut(self.person, callback_id, message)

    async def reacts(self, to: ShownMessage, name: str) -> Delivery:
        """An emoji under a message, taken back when it was there."""
        return await self.slack.gestures.react(self.person, self._message(to), name)

    async def pins(self, message: ShownMessage) -> Delivery:
        """A message is pinned, or taken off when it was."""
        return await self.slack.gestures.pin(self.person, self._message(message))

    async def shares(self, name: str, channel: str, thread: ShownMessage | None = None) -> Delivery:
        """A file."""
        parent = (thread.thread or thread.ts) if thread else None
        return await self.slack.gestures.share(self.person, self._place(channel), name, thread=parent)

    def _message(self, shown: ShownMessage) -> Message:
        found = self._workspace.message(shown.channel, shown.ts)
        assert found is not None, f"there is no message {shown.ts} any more"
        return found

    async def opens_home(self) -> Delivery:
        """Open the bot's home tab."""
        return await self.slack.gestures.open_home(self.person)

    @property
    def home(self) -> str:
        """The text of the home tab as it is now, or ""."""
        view = self._workspace.homes.get(self.person.slack_id)
        return blocks_text(view.body["blocks"], self._workspace) if view else ""


def values_of(value: Value) -> list[str]:
    """One value, several or none, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def filled(blocks: Sequence[Json], values: Mapping[str, Value]) -> Json:
    """`view.state.values` for what was filled in; initial values count for the rest.

    AssertionError for keys that the view does not have.
    """
    state: Json = {}
    unused = set(values)
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in {"button", "image", "overflow"}:
                continue
            block_id, action_id = block["block_id"], element["action_id"]
            names = [name for name in (f"{block_id}.{action_id}", block_id, action_id) if name in values]
            unused -= set(names)
            given = values_of(values[names[0]]) if names else initial(element)
            state.setdefault(block_id, {})[action_id] = {"type": element["type"], **payloads.choice(element, given)}
    assert not unused, f"this view has no fields {sorted(unused)}; it has {state}"
    return state


def initial(element: Json) -> list[str]:
    """The initial value of an input, as the values one would have given."""
    for key in ("initial_option", "initial_options"):
        if key in element:
            options = element[key] if isinstance(element[key], list) else [element[key]]
            return [option["value"] for option in options]
    first = [element[key] for key in element if key.startswith("initial_")]
    return values_of(first[0] if isinstance(first[0], list) else str(first[0])) if first else []
