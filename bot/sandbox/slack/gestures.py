"""What a person can do in Slack: type, press, choose, submit, close, react, open the home tab."""

import re
from collections.abc import Mapping, Sequence

from bot.sandbox.people import BOT_USER, Person
from bot.sandbox.record import Json
from bot.sandbox.slack import payloads, views
from bot.sandbox.slack.call import SlackError
from bot.sandbox.slack.deliveries import Courier, Delivery
from bot.sandbox.slack.message import Message
from bot.sandbox.slack.methods import EVENT_SCOPES
from bot.sandbox.slack.mrkdwn import escape
from bot.sandbox.slack.reading import Button
from bot.sandbox.slack.response_url import ResponseDoor
from bot.sandbox.slack.workspace import Conversation, View, Workspace

MENTION = re.compile(r"(?<!\w)([@#])([\w-]+)")
NO_ANSWER = "Un problème est survenu avec l’application. Réessayez."


class Gestures:
    """Turns what people do into deliveries, and shows them what Slack shows when the bot does not follow."""

    def __init__(self, workspace: Workspace, courier: Courier, door: ResponseDoor) -> None:
        self.workspace = workspace
        self.courier = courier
        self.door = door

    async def type(self, person: Person, place: Conversation, typed: str, thread: str | None = None) -> Delivery:
        """A line in the composer: a slash command, or words for all to read."""
        if typed.startswith("/"):
            return await self._command(person, place, typed)
        text = self._with_mentions(escape(typed))
        message = Message(place.id, self.workspace.new_ts(), person.slack_id, text, thread_ts=thread)
        self.workspace.post(message)
        said: Json = {"type": "message", "channel": place.id, "user": person.slack_id, "text": text, "ts": message.ts}
        said |= {"thread_ts": thread} if thread else {}
        if place.is_dm:
            return await self.event(person, "message.im", place.id, said | {"channel_type": "im"})
        mentioned = f"<@{BOT_USER}>" in text
        if mentioned:
            await self.event(person, "app_mention", place.id, said | {"type": "app_mention"})
        if BOT_USER not in place.members:
            return Delivery("events_api", said, person, place.id, self.workspace, status="posted")
        return await self.event(person, "message.channels", place.id, said | {"channel_type": "channel"})

    def _with_mentions(self, text: str) -> str:
        def mention(found: re.Match[str]) -> str:
            if found[1] == "#":
                room = self.workspace.find(found[2])
                return f"<#{room.id}|{room.name}>" if room else found[0]
            keys = {one.key: one.slack_id for one in self.workspace.people.values()} | {"ecotrajet": BOT_USER}
            return f"<@{keys[found[2]]}>" if found[2] in keys else found[0]

        return MENTION.sub(mention, text)

    async def _command(self, person: Person, place: Conversation, typed: str) -> Delivery:
        workspace, command = self.workspace, typed.split(maxsplit=1)[0]
        if workspace.manifest.escapes_mentions:
            typed = self._with_mentions(escape(typed))
        payload = payloads.slash_command(workspace, person, place, typed)
        delivery = Delivery("slash_commands", payload, person, place.id, workspace)
        if workspace.manifest.commands is not None and command not in workspace.manifest.commands:
            workspace.slackbot(place.id, person.slack_id, f"`{command}` n’est pas une commande valide.")
            delivery.status = "invalid_command"
            return delivery
        workspace.scopes_used.add("commands")
        payload["response_url"] = self.door.address(place.id, person.slack_id, None, delivery.id)
        payload["trigger_id"] = workspace.triggers.give(person.slack_id)
        await self.courier.carry(delivery)
        return self.settle(delivery)

    async def press(self, person: Person, message: Message, button: Button, chosen: Sequence[str] = ()) -> Delivery:
        """A button of a message, or a choice in one of its menus."""
        entry = payloads.action(button, list(chosen))
        if button.kind != "button":
            state = payloads.choice(dict(button.element), list(chosen)) | {"type": button.kind}
            message.chosen.setdefault(button.block_id, {})[button.action_id] = state
        delivery = Delivery("interactive", {}, person, message.channel, self.workspace)
        delivery.payload = payloads.block_actions(self.workspace, person, message, entry) | {
            "trigger_id": self.workspace.triggers.give(person.slack_id),
            "response_url": self.door.address(message.channel, person.slack_id, message.ts, delivery.id),
        }
        await self.courier.carry(delivery)
        message.trouble = "" if delivery.ok else f"{button.block_id}/{button.action_id}"
        self.workspace.changed()
        return self.settle(delivery)

    async def press_in_view(self, person: Person, view: View, button: Button, chosen: Sequence[str] = ()) -> Delivery:
        """A button or menu in a modal or home tab."""
        entry = payloads.action(button, list(chosen))
        payload = payloads.view_actions(self.workspace, person, view, entry)
        payload["trigger_id"] = self.workspace.triggers.give(person.slack_id)
        return await self.courier.carry(Delivery("interactive", payload, person, view.id, self.workspace))

    async def submit(self, person: Person, view: View, state: Json) -> Delivery:
        """The submit button of a modal with what was filled in; follows the ack's response_action."""
        view.state = state
        payload = payloads.view_submission(self.workspace, person, view)
        payload["trigger_id"] = self.workspace.triggers.give(person.slack_id)
        delivery = await self.courier.carry(Delivery("interactive", payload, person, view.id, self.workspace))
        if not delivery.ok:
            view.errors = {"": NO_ANSWER}
        else:
            self._follow(person, view, delivery.ack)
        self.workspace.changed()
        return delivery

    def _follow(self, person: Person, view: View, ack: Json) -> None:
        """response_action errors, update, push, clear; none closes this view."""
        stack, wanted = self.workspace.stacks.get(person.slack_id, []), ack.get("response_action")
        if wanted == "errors":
            view.errors = dict(ack.get("errors", {}))
            blocks = {block.get("block_id") for block in view.body["blocks"]}
            if unknown := set(view.errors) - blocks:
                self.workspace.record.violation(f"view_submission: errors for unknown blocks {sorted(unknown)}")
        elif wanted == "clear":
            self.workspace.stacks[person.slack_id] = []
        elif wanted in {"update", "push"}:
            try:
                body = views.checked_view(ack.get("view"), "modal")
            except SlackError as refused:
                self.workspace.record.violation(f"view_submission: {wanted}: {'; '.join(refused.messages)}")
                return
            if wanted == "update":
                views.replace(self.workspace, view, body)
            else:
                views.put(self.workspace, person.slack_id, body)
        elif view.id in stack:
            stack.remove(view.id)

    async def close(self, person: Person, view: View, *, everything: bool = False) -> Delivery | None:
        """The close button (or the whole stack); tells the bot only when the view asked for it."""
        stack = self.workspace.stacks.get(person.slack_id, [])
        cleared = everything or bool(view.body.get("clear_on_close"))
        self.workspace.stacks[person.slack_id] = [] if cleared else [one for one in stack if one != view.id]
        self.workspace.changed()
        if not view.body.get("notify_on_close"):
            return None
        payload = payloads.view_closed(self.workspace, person, view, cleared=cleared)
        return await self.courier.carry(Delivery("interactive", payload, person, view.id, self.workspace))

    async def shortcut(self, person: Person, callback_id: str, message: Message | None = None) -> Delivery:
        """A global shortcut, or one on a message."""
        delivery = Delivery("interactive", {}, person, message.channel if message else "", self.workspace)
        delivery.payload = payloads.shortcut(self.workspace, person, callback_id, message)
        delivery.payload["trigger_id"] = self.workspace.triggers.give(person.slack_id)
        if message is not None:
            url = self.door.address(message.channel, person.slack_id, message.ts, delivery.id)
            delivery.payload["response_url"] = url
        await self.courier.carry(delivery)
        return self.settle(delivery)

    async def react(self, person: Person, message: Message, name: str) -> Delivery:
        """A reaction under a message, taken back when it was there."""
        users = message.reactions.setdefault(name, [])
        kind = "reaction_removed" if person.slack_id in users else "reaction_added"
        users.remove(person.slack_id) if person.slack_id in users else users.append(person.slack_id)
        message.reactions = {key: value for key, value in message.reactions.items() if value}
        self.workspace.changed()
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        body = {
            "type": kind,
            "user": person.slack_id,
            "reaction": name,
            "item": item,
            "item_user": message.user,
        }
        return await self.event(person, kind, message.channel, body)

    async def pin(self, person: Person, message: Message) -> Delivery:
        """A message is pinned to its channel, or taken off when it was."""
        message.pinned = not message.pinned
        self.workspace.changed()
        kind = "pin_added" if message.pinned else "pin_removed"
        shown = {**message.as_slack(), "permalink": f"{self.workspace.url}/archives/{message.channel}/p{message.ts}"}
        item = {"type": "message", "channel": message.channel, "message": shown, "created_by": person.slack_id}
        body: Json = {"type": kind, "user": person.slack_id, "channel_id": message.channel, "item": item}
        if kind == "pin_removed":
            room = self.workspace.conversations[message.channel]
            body["has_pins"] = any(one.pinned for one in room.messages)
        return await self.event(person, kind, message.channel, body)

    async def share(
        self, person: Person, place: Conversation, name: str, text: str = "", thread: str | None = None
    ) -> Delivery:
        """A file with a few words."""
        file: Json = {"id": f"F0{len(self.workspace.files):08}", "name": name, "title": name, "size": 1}
        file["permalink"] = f"{self.workspace.url}/upload/{file['id']}"
        self.workspace.files[file["id"]] = {**file, "content": b"x"}
        message = Message(place.id, self.workspace.new_ts(), person.slack_id, text, thread_ts=thread, files=[file])
        self.workspace.post(message)
        said: Json = {"type": "message", "subtype": "file_share", **message.as_slack(), "channel": place.id}
        kind = ("message.im", "im") if place.is_dm else ("message.channels", "channel")
        return await self.event(person, kind[0], place.id, {**said, "type": "message", "channel_type": kind[1]})

    async def open_home(self, person: Person) -> Delivery:
        """The bot's home tab, if it has one."""
        body: Json = {"type": "app_home_opened", "user": person.slack_id, "tab": "home"}
        body["channel"] = self.workspace.dm(person.slack_id).id
        if person.slack_id in self.workspace.homes:
            body["view"] = views.as_slack(self.workspace.homes[person.slack_id])
        return await self.event(person, "app_home_opened", body["channel"], body)

    async def app_posts(self, place: Conversation, app: str, text: str, **more: object) -> Delivery:
        """Another app speaks in a channel; `more`: attachments, blocks, thread_ts, subtype, app_id of the event."""
        mark = re.sub(r"\W", "", app).upper()[:8]
        attachments, blocks = (list(more.get(key) or ()) for key in ("attachments", "blocks"))  # type: ignore[call-overload]  # lists, as Slack has them
        message = Message(place.id, self.workspace.new_ts(), f"B0{mark}", text, blocks, attachments, username=app)
        self.workspace.post(message)
        said: Json = {
            "type": "message", "subtype": "bot_message", "channel": place.id, "channel_type": "channel", "text": text,
            "ts": message.ts, "bot_id": f"B0{mark}", "app_id": f"A0{mark}", "username": app,
        }  # fmt: skip
        somebody = next(iter(self.workspace.people.values()))
        if BOT_USER not in place.members:
            return Delivery("events_api", said, somebody, place.id, self.workspace, status="posted")
        return await self.event(somebody, "message.channels", place.id, said | more)

    async def event(self, person: Person, name: str, channel: str, body: Mapping[str, object]) -> Delivery:
        """An event, if the manifest subscribes to it; one whose scope is missing is a violation."""
        workspace = self.workspace
        payload = payloads.event(workspace, {"event_ts": workspace.new_ts(), **body})
        delivery = Delivery("events_api", payload, person, channel, workspace, status="posted")
        if name not in workspace.manifest.events:
            return delivery
        scope = EVENT_SCOPES[name]
        if scope and scope not in workspace.manifest.scopes:
            workspace.record.violation(f"event {name}: missing scope {scope}")
            return delivery
        workspace.scopes_used |= {scope} if scope else set()
        return await self.courier.carry(delivery)

    def settle(self, delivery: Delivery) -> Delivery:
        """Show what the ack carried, or tell the person why nothing happened."""
        where, who = delivery.channel, delivery.person.slack_id
        if not delivery.ok and delivery.kind == "slash_commands":
            command = delivery.payload["command"]
            self.workspace.slackbot(where, who, f"`{command}` a échoué avec l’erreur « {delivery.status} ».")
        elif delivery.ok and delivery.kind == "slash_commands" and delivery.ack:
            token = delivery.payload["response_url"].rpartition("/")[2]
            try:
                self.door.say(self.workspace.response_urls.known[token], delivery.ack)
            except SlackError as refused:
                self.workspace.record.violation(f"ack: {refused.error}: {'; '.join(refused.messages)}")
        return delivery
