"""What the door itself asks of Slack: a modal to open, a message that somebody points at, a word to one person."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import UserError
from bot.notify.blocks import Card
from bot.notify.blocks.modal import Modal, notice
from bot.notify.blocks.story import File
from bot.phrase import Phrase
from handlers import parse
from handlers.sources.slack import words_of

log = structlog.get_logger("slack")

TRIES: Final = 3
REMEMBERED: Final = 500  # events
TITLE: Final = "ÉcoTrajet"
TOO_LATE: Final = frozenset({"expired_trigger_id", "trigger_expired", "invalid_trigger_id", "ratelimited"})
DONE_BEFORE: Final = frozenset({"exchanged_trigger_id", "trigger_exchanged"})
"""The gesture was delivered twice, here or to another replica: its form is open already."""
SOON: Final = 1.0  # seconds; Slack never asks for less
WITHIN: Final = 1.0  # seconds for what is only nice to have before a modal opens; its trigger lives for three
AWAY: Final = (SlackApiError, SlackClientError, ClientError, TimeoutError, OSError)


class Messages:
    """Errors of what is only nice to have are logged, and it is left out."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self._told: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    async def open(self, trigger: str, modal: Modal, *, above: bool = False) -> None:
        """`above`: of the form in which the press was. Raises UserError when Slack no longer lets it open."""
        show = self.client.views_push if above else self.client.views_open
        if not trigger:
            raise UserError(too_late())
        for last in (False, True):
            try:
                await show(trigger_id=trigger, view=modal.view)
            except SlackApiError as refused:
                word = _word(refused)
                if word == "ratelimited" and not last:
                    await asyncio.sleep(SOON)  # the trigger lives for three
                elif word in DONE_BEFORE:
                    log.info("the form is open already")
                    return
                elif word in TOO_LATE:
                    log.warning("the form came too late", error=word)
                    raise UserError(too_late()) from None
                else:
                    raise
            else:
                return

    async def permalink(self, channel: str, ts: str) -> str:
        """'' when Slack does not tell it in time, or the bot is not in that channel."""
        try:
            async with asyncio.timeout(WITHIN):
                found = await self.client.chat_getPermalink(channel=channel, message_ts=ts)
        except AWAY as error:
            log.info("no permalink", channel=channel, error=_word(error))
            return ""
        return str(found.get("permalink") or "")

    async def link_of(self, body: Mapping[str, Any]) -> str:
        """Of the message of a shortcut, which may stand where the bot is not: then by the form that links have."""
        channel, ts = str(body["channel"]["id"]), str(body["message"].get("ts") or body.get("message_ts") or "")
        if found := await self.permalink(channel, ts):
            return found
        domain = (body.get("team") or {}).get("domain")  # none on an org-wide installation
        return f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}" if domain else ""

    async def text_of(self, channel: str, ts: str) -> str:
        """What a message says; '' when it cannot be read."""
        return said_in(await self.message_of(channel, ts))

    async def message_of(self, channel: str, ts: str) -> Mapping[str, Any]:
        """{} when it cannot be read. One in a thread is no part of the channel's history."""
        try:
            async with asyncio.timeout(WITHIN):
                found = await self.client.conversations_history(
                    channel=channel, latest=ts, oldest=ts, inclusive=True, limit=1
                )
                if not found["messages"]:
                    found = await self.client.conversations_replies(  # the thread's first message comes with it
                        channel=channel, ts=ts, latest=ts, oldest=ts, inclusive=True, limit=2
                    )
        except AWAY as error:
            log.warning("a message cannot be read", channel=channel, error=_word(error))
            return {}
        return next((each for each in found["messages"] if each.get("ts") == ts), {})

    async def beside(self, event: Mapping[str, Any], card: Card) -> None:
        """To whoever caused an event, where it happened; nobody else sees it, and they once however often Slack tells
        of it. Where Slack does not want it (an archived channel, one that they or we have left), in their messages."""
        if not self.first_time(event):
            return
        item = event.get("item") or event
        thread = {"thread_ts": event["thread_ts"]} if event.get("thread_ts") else {}
        try:
            await self.client.chat_postEphemeral(
                channel=str(item["channel"]), user=str(event["user"]), **card.arguments(), **thread
            )
        except SlackApiError as refused:
            log.info("not answered there", channel=str(item["channel"]), error=_word(refused))
            await self.direct(str(event["user"]), card)

    def first_time(self, event: Mapping[str, Any]) -> bool:
        """False when this event was told before, to this process."""
        told = (str(event.get("type")), str(event.get("ts") or event.get("event_ts")), str(event["user"]))
        if told in self._told:
            return False
        self._told[told] = None
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True

    async def back(self, event: Mapping[str, Any], card: Card) -> None:
        """To what somebody wrote to us: in that conversation, in its thread if it was written in one."""
        thread = str(event["thread_ts"]) if event.get("thread_ts") else None
        await self.client.chat_postMessage(channel=str(event["channel"]), thread_ts=thread, **card.arguments())

    async def before(self, body: Mapping[str, Any], close: str, card: Card) -> None:
        """To whoever pressed in their Home tab, or in a form: there is no channel, so it opens before them; what took
        too long for that comes by message."""
        modal, above = notice(TITLE, close, card.blocks), body["view"].get("type") == "modal"
        try:
            await self.open(str(body.get("trigger_id") or ""), modal, above=above)
        except (UserError, SlackApiError) as refused:  # too late, or three forms stand above each other already
            log.info("not shown before them", error=_word(refused))
            await self.direct(str(body["user"]["id"]), card)

    async def answer(self, url: str, user: str, card: Card) -> None:
        """Where they typed or pressed; in their messages once the `response_url` is used up or too old."""
        if not await reply(url, card):
            try:
                await self.direct(user, card)
            except AWAY as error:
                log.warning("the person could not be told", error=_word(error))

    async def direct(self, user: str, card: Card) -> None:
        opened = await self.client.conversations_open(users=user)
        await self.client.chat_postMessage(channel=str(opened["channel"]["id"]), **card.arguments())

    async def send_file(self, user: str, file: File) -> Phrase:
        """To somebody's own messages (files.getUploadURLExternal, completeUploadExternal). Raises UserError."""
        try:
            opened = await self.client.conversations_open(users=user)
            await self.client.files_upload_v2(
                channel=str(opened["channel"]["id"]), content=file.content, filename=file.name, title=file.title
            )
        except AWAY as refused:
            word = _word(refused)
            log.warning("a file was not sent", error=word)
            if word == "missing_scope" and isinstance(refused, SlackApiError):
                needed = str(refused.response.get("needed") or "files:write")
                raise UserError(
                    Phrase(
                        "The app lacks the permission {scope}: an administrator updates it from manifest.yml and"
                        " installs it again.",
                        {"scope": needed},
                    )
                ) from None
            raise UserError(Phrase("Slack did not take the file ({word}). Try again.", {"word": word})) from None
        return Phrase("{file} is in your messages with the bot.", {"file": file.name})


def said_in(message: Mapping[str, Any]) -> str:
    """What a message says, without Slack's escapes."""
    return parse.unescape(str(message.get("text") or "")) or words_of(dict(message))


def too_late() -> Phrase:
    return Phrase("The form came too late: Slack waits three seconds for it. Try again.")


async def reply(url: str, card: Card) -> bool:
    """Only to the person, beside whatever they pressed; False: not said. A response_url takes five replies within half
    an hour."""
    if not url:
        log.warning("nowhere to answer")
        return False
    message = {**card.arguments(), "response_type": "ephemeral", "replace_original": False}
    for attempt in range(1, TRIES + 1):
        try:
            answered = await AsyncWebhookClient(url, timeout=10).send_dict(message)
        except (ClientError, TimeoutError, OSError) as away:
            log.warning("reply not delivered", attempt=attempt, error=type(away).__name__)
        else:
            if answered.status_code == 200:
                return True
            log.warning("reply refused", attempt=attempt, status=answered.status_code, body=answered.body[:200])
            if answered.status_code < 500 and answered.status_code != 429:
                return False
        await asyncio.sleep(0.5 * attempt)
    return False


def _word(error: BaseException) -> str:
    """Slack's word for it; else what kind of trouble it is (a proxy answers in HTML)."""
    data = getattr(error.response, "data", None) if isinstance(error, SlackApiError) else None
    return str(data.get("error", "")) if isinstance(data, dict) and data else type(error).__name__
