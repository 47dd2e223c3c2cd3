"""Response URLs: where a bot answers a command or a press for half an hour, five times."""

import json

from aiohttp import web

from bot.sandbox.people import BOT_USER
from bot.sandbox.record import Json
from bot.sandbox.slack.call import Call, SlackError
from bot.sandbox.slack.content import content_of
from bot.sandbox.slack.deliveries import Courier
from bot.sandbox.slack.message import Message
from bot.sandbox.slack.tickets import ResponseUrl
from bot.sandbox.slack.workspace import Workspace

CONTENT_FIELDS = frozenset({"text", "blocks", "attachments", "metadata", "mrkdwn", "link_names", "parse"})
PLACE_FIELDS = frozenset({"response_type", "replace_original", "delete_original", "thread_ts"})
FIELDS = CONTENT_FIELDS | PLACE_FIELDS | {"unfurl_links", "unfurl_media"}


class ResponseDoor:
    """`POST /response/{token}`; also shows what an ack carries, which follows the same rules."""

    def __init__(self, workspace: Workspace, courier: Courier) -> None:
        self.workspace = workspace
        self.courier = courier

    def routes(self) -> list[web.RouteDef]:
        """What the sandbox's server serves for it."""
        return [web.post("/response/{token}", self.answer)]

    def address(self, channel: str, user: str, message_ts: str | None, delivery: str) -> str:
        """A fresh response URL."""
        return f"{self.workspace.url}/response/{self.workspace.response_urls.give(channel, user, message_ts, delivery)}"

    async def answer(self, request: web.Request) -> web.Response:
        """One answer: 200 "ok", or 404 with Slack's error word."""
        body: Json = json.loads(await request.text() or "{}")
        self.workspace.record.add("response_url", "answer", body)
        fault = self.workspace.faults.strike("response_url", body)
        if fault is not None and fault.http_status is not None:
            return web.Response(status=fault.http_status)
        try:
            self.say(self.workspace.response_urls.take(request.match_info["token"]), body)
        except (LookupError, SlackError) as refused:
            word = refused.error if isinstance(refused, SlackError) else str(refused.args[0])
            self.workspace.record.violation(f"response_url: {word}")
            return web.json_response({"ok": False, "error": word}, status=404)
        return web.Response(text="ok")

    def say(self, url: ResponseUrl, body: Json) -> None:
        """Show an answer: ephemeral unless it says in_channel; or replace or delete the message it came from."""
        if unknown := sorted(set(body) - FIELDS):
            self.workspace.record.violation(f"response_url: unknown arguments: {', '.join(unknown)}")
        original = self.workspace.message(url.channel, url.message_ts) if url.message_ts else None
        if body.get("delete_original") and original is not None:
            self.workspace.conversations[url.channel].messages.remove(original)
            self.workspace.changed()
            return
        content = content_of(Call("response_url", body))
        if body.get("replace_original") and original is not None:
            original.text, original.edits, original.trouble = content.text, original.edits + 1, ""
            original.blocks, original.attachments = content.blocks or [], content.attachments or []
            self.workspace.changed()
            return
        message = Message(
            channel=url.channel,
            ts=self.workspace.new_ts(),
            user=BOT_USER,
            text=content.text,
            blocks=content.blocks or [],
            attachments=content.attachments or [],
            thread_ts=body.get("thread_ts") or (original.thread_ts if original else None),
            ephemeral_to=None if body.get("response_type") == "in_channel" else url.user,
            by_bot=True,
        )
        for delivery in self.courier.all:
            if delivery.id == url.delivery:
                delivery.answers.append(message)
        self.workspace.post(message)
