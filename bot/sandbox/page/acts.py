"""What the page's buttons do: a table of names to small functions."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from bot.sandbox.people import Person
from bot.sandbox.record import Json
from bot.sandbox.slack.message import Message
from bot.sandbox.slack.payloads import choice
from bot.sandbox.slack.reading import Button, buttons, elements_of
from bot.sandbox.slack.slack import Slack
from bot.sandbox.slack.workspace import View
from bot.sandbox.telephone.calls import Call
from bot.sandbox.telephone.exchange import Exchange


class Acts:
    """Everything one can do on the page. KeyError (answered with 404) when what was pressed is gone."""

    def __init__(self, slack: Slack, exchange: Exchange) -> None:
        self.slack = slack
        self.exchange = exchange
        self.table: Mapping[str, Callable[[Person, Json], Awaitable[str]]] = MappingProxyType(
            {
                "say": self.say,
                "press": self.press,
                "press_view": self.press_view,
                "submit": self.submit,
                "close": self.close,
                "home": self.home,
                "shortcut": self.shortcut,
                "react": self.react,
                "pin": self.pin,
                "sms": self.sms,
                "answer": self.answer,
                "key": self.key,
                "hang_up": self.hang_up,
            }
        )

    def _message(self, body: Json) -> Message:
        found = self.slack.workspace.message(str(body["place"]), str(body["ts"]))
        if found is None:
            raise KeyError("message")
        return found

    def _view(self, me: Person, body: Json) -> View:
        view = self.slack.workspace.views[str(body["view"])]
        if view.user != me.slack_id:
            raise KeyError("view")
        return view

    def _button(self, blocks: list[Json], body: Json) -> Button:
        """The one that was pressed. A block has another id after an edit: what was drawn before is known by its action,
        as long as only one has it."""
        there = [one for one in buttons(blocks, self.slack.workspace) if one.action_id == body["action"]]
        for one in there:
            if one.block_id == body["block"] or len(there) == 1:
                return one
        raise KeyError("button")

    async def say(self, me: Person, body: Json) -> str:
        """The composer, in a channel or thread."""
        place = self.slack.workspace.conversations[str(body["place"])]
        delivery = await self.slack.gestures.type(me, place, str(body["text"]), body.get("thread") or None)
        return delivery.status

    async def press(self, me: Person, body: Json) -> str:
        """A button or menu of a message."""
        message = self._message(body)
        button = self._button(message.all_blocks, body)
        return (await self.slack.gestures.press(me, message, button, list(body.get("chosen", [])))).status

    async def press_view(self, me: Person, body: Json) -> str:
        """A button or menu of a modal or home tab."""
        view = self._view(me, body)
        button = self._button(view.body["blocks"], body)
        return (await self.slack.gestures.press_in_view(me, view, button, list(body.get("chosen", [])))).status

    async def submit(self, me: Person, body: Json) -> str:
        """A modal, with its fields as lists of strings by "block action"."""
        view, fields = self._view(me, body), dict(body.get("fields", {}))
        missing: dict[str, str] = {}
        state: Json = {}
        for block in view.body["blocks"]:
            for element in elements_of(block):
                if element["type"] in {"button", "image", "overflow"}:
                    continue
                given = [value for value in fields.get(f"{block['block_id']} {element['action_id']}", []) if value]
                entry = {"type": element["type"], **choice(element, given)}
                state.setdefault(block["block_id"], {})[element["action_id"]] = entry
                if block["type"] == "input" and not block.get("optional") and not given:
                    missing[block["block_id"]] = "Ce champ est obligatoire."
        if missing:
            view.state, view.errors = state, missing
            self.slack.workspace.changed()
            return "missing"
        return (await self.slack.gestures.submit(me, view, state)).status

    async def close(self, me: Person, body: Json) -> str:
        """The close button or Escape."""
        await self.slack.gestures.close(me, self._view(me, body))
        return "closed"

    async def home(self, me: Person, _body: Json) -> str:
        """The home tab was opened."""
        return (await self.slack.gestures.open_home(me)).status

    async def shortcut(self, me: Person, body: Json) -> str:
        """A global shortcut, or one on a message."""
        message = self._message(body) if body.get("ts") else None
        return (await self.slack.gestures.shortcut(me, str(body["callback"]), message)).status

    async def pin(self, me: Person, body: Json) -> str:
        """A pin, or its end."""
        return (await self.slack.gestures.pin(me, self._message(body))).status

    async def react(self, me: Person, body: Json) -> str:
        """A reaction."""
        return (await self.slack.gestures.react(me, self._message(body), str(body["name"]))).status

    async def sms(self, me: Person, body: Json) -> str:
        """A text message from this person's telephone."""
        if me.phone is None:
            raise KeyError("phone")
        await self.exchange.receive(me.phone, str(body["text"]))
        return "sent"

    def _call(self, me: Person, body: Json) -> Call:
        for call in self.exchange.calls:
            if call.sid == body["call"] and call.to == me.phone:
                return call
        raise KeyError("call")

    async def answer(self, me: Person, body: Json) -> str:
        """Pick up."""
        self._call(me, body).pick_up()
        return "answered"

    async def key(self, me: Person, body: Json) -> str:
        """A key of the keypad."""
        self._call(me, body).press(str(body["key"])[:1])
        return "pressed"

    async def hang_up(self, me: Person, body: Json) -> str:
        """Refuse or end a call."""
        await self._call(me, body).hang_up()
        return "over"
