"""Slack: cards posted once and edited after, pages in a person's messages, notes in a card's thread.

Errors are Slack's own words (docs.slack.dev, chat.postMessage and conversations.open: errors).
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk
from bot.errors import Permanent, Retryable
from bot.message import EDITED, About, Kind
from bot.notify.blocks import (
    Card,
    Reader,
    answer,
    digest_card,
    escape,
    incident_card,
    manager_page,
    output_card,
    page,
    procedure_card,
    reminder,
    run_card,
)
from bot.notify.blocks.review import review_card, title_of
from bot.notify.blocks.state import state
from bot.notify.blocks.tail import tail_card
from bot.notify.blocks.verdict import with_question
from bot.notify.channel import Outgoing, asks_of, because_of, phrase_of
from bot.notify.files import Files
from bot.notify.papers import Paper, Papers, made
from bot.notify.refusals import word_of
from bot.notify.review_pictures import Picture, draw
from bot.notify.standing import metadata
from bot.notify.upload import Upload, upload_of
from bot.reason import SLACK as SLACK_WORDS
from bot.secret import Secret
from bot.view import IncidentView

SLACK: Final = "https://slack.com/api/"
WITHIN: Final = 10.0
LOOKED_FOR: Final = EDITED | {About.NOTE, About.REVIEW}
SOON: Final = 2.0  # seconds to look for what a person was told already: rather twice than late

# The message to edit or to answer was deleted by hand, or is too old: what was to be said is posted anew.
GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"}).union(
    {"thread_not_found", "cannot_reply_to_message"}
)
PASSING: Final = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited"}
    | {"message_limit_exceeded", "team_added_to_org", "external_channel_migrating"}
)


class SlackChannel:
    """One connection pool of its own, and no SDK handler that sleeps: the worker's rows do the waiting."""

    kind = Kind.SLACK

    def __init__(self, token: Secret, desk: Desk, *, api_url: str = SLACK, within: float = WITHIN) -> None:
        """Inside a running event loop. `within`: seconds for a whole sending, well under a message's lease."""
        self.desk = desk
        self.within = within
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within))
        self.client = AsyncWebClient(token.reveal(), base_url=api_url, session=self.session, retry_handlers=[])
        self.files = Files(self.client, self.session)

    async def close(self) -> None:
        await self.session.close()

    async def send(self, outgoing: Outgoing) -> str:
        """`channel:ts` of what was posted or edited; the same string is `existing_ts` the next time."""
        paper = await made(outgoing, self.desk) if outgoing.message.about is About.POSTMORTEM else None
        pictures = await self._drawn(outgoing) if outgoing.message.about is About.PICTURES else []
        try:
            async with asyncio.timeout(self.within):
                if paper is not None:
                    return await self._send_paper(outgoing, paper)
                return await (self._share(outgoing, pictures) if pictures else self._send(outgoing))
        except SlackApiError as error:
            raise judged(error) from None
        except TimeoutError:
            raise Retryable("Slack did not answer in time") from None
        except (aiohttp.ClientError, OSError, SlackClientError) as error:
            raise Retryable(f"Slack cannot be reached: {type(error).__name__}") from None

    async def trouble_with(self, person: str) -> str | None:
        """Why nobody with this Slack id can be written to; None: they can, or Slack cannot be asked now."""
        try:
            async with asyncio.timeout(self.within):
                await self._address(person)
        except SlackApiError as error:
            found = judged(error)
            return found.reason if isinstance(found, Permanent) else None
        except (TimeoutError, aiohttp.ClientError, OSError, SlackClientError):
            return None
        return None

    async def _drawn(self, outgoing: Outgoing) -> list[Picture]:
        """Raises Permanent when there is nothing to draw."""
        if outgoing.review is None:
            raise Permanent(f"message {outgoing.message.id} has nothing to show")
        reader = Reader.of(self.desk, outgoing.language, outgoing.as_of)
        return await asyncio.to_thread(draw, outgoing.review, reader)

    async def _share(self, outgoing: Outgoing, pictures: Sequence[Picture]) -> str:
        """All in one message."""
        reader = Reader.of(self.desk, outgoing.language, outgoing.as_of)
        assert outgoing.review is not None
        uploads = [Upload(each.name, each.title, each.png, each.alt) for each in pictures]
        said, to = escape(title_of(outgoing.review.period, reader)), outgoing.message.to
        return f"{to}:{await self.files.share(outgoing, uploads, to, comment=said)}"

    async def _send(self, outgoing: Outgoing) -> str:
        message, reader = outgoing.message, Reader.of(self.desk, outgoing.language, outgoing.as_of)
        if message.about is About.FILE:
            return await self._upload(outgoing, await asyncio.to_thread(upload_of, outgoing, reader))
        drawn = drawing(outgoing, reader)
        arguments = {**drawn.arguments(), "metadata": metadata(outgoing)}
        left = await self._left_standing(outgoing)
        if left is not None and message.about in {About.NOTE, About.TELL}:
            return left
        channel, _, ts = (left or outgoing.existing_ts or "").rpartition(":")
        if (
            message.about is About.NOTE
            and ts
            and (said := await self._reply(channel or message.to, ts, arguments, bool(message.body.get("broadcast"))))
        ):
            return said
        if ts and message.about not in {About.NOTE, About.TELL}:
            edited = await self._edit(channel, ts, arguments)
            if edited is None and message.about in {About.PAGE_EDIT, About.ASK, About.TAIL}:
                return f"{channel}:{ts}"  # an old page that was deleted need not come back
            if edited is not None:
                return edited
        if outgoing.thread and message.about in {About.RUNBOOK_CARD, About.RUN_OUTPUT}:
            channel, _, ts = outgoing.thread.rpartition(":")
            if said := await self._reply(channel, ts, arguments):
                return said
        return await self._post(await self._address(message.to), arguments)

    async def _left_standing(self, outgoing: Outgoing) -> str | None:
        """Where it was posted by a try of which nobody heard the end."""
        message, note = outgoing.message, outgoing.message.about is About.NOTE
        known = outgoing.existing_ts is not None and not note
        if not message.unsure or known:
            return None
        if is_person(message.to):
            return await self._left_with_person(outgoing)
        if message.about not in LOOKED_FOR:
            return None
        at = outgoing.existing_ts if note else outgoing.thread
        channel, _, thread = (at or "").rpartition(":")
        return await self.files.standing.message(outgoing, channel or message.to, thread)

    async def _left_with_person(self, outgoing: Outgoing) -> str | None:
        """In their conversation with the bot. A page waits for nothing: what is not told soon is sent again."""
        try:
            async with asyncio.timeout(SOON):
                return await self.files.standing.message(outgoing, await self._address(outgoing.message.to))
        except (SlackApiError, SlackClientError, aiohttp.ClientError, OSError, TimeoutError):
            return None

    async def _send_paper(self, outgoing: Outgoing, paper: Paper) -> str:
        """Under the card; where there is none any more, under a line of its own."""
        channel, _, ts = (outgoing.existing_ts or "").rpartition(":")
        if not ts:
            title = escape(paper.document.title)
            channel, _, ts = (await self._post(outgoing.message.to, {"text": title})).rpartition(":")
        return await Papers(self.files, self.desk).send(outgoing, paper, channel, ts)

    async def _upload(self, outgoing: Outgoing, upload: Upload) -> str:
        """In the thread it belongs to, else to whom it is for; `channel:file` of it. Only ids of channels will do."""
        to = outgoing.message.to
        channel, _, ts = (outgoing.thread or "").rpartition(":")
        if not channel and is_person(to):
            channel = await self._address(to)
        elif not channel:  # its card was never posted: only chat.postMessage takes a channel's name
            channel, _, ts = (await self._post(to, {"text": escape(upload.title)})).rpartition(":")
        return f"{channel}:{await self.files.share(outgoing, [upload], channel, ts, upload.comment)}"

    async def _address(self, to: str) -> str:
        """A person's id (`U…`, `W…`) becomes the conversation with them; anything else is a channel."""
        if not is_person(to):
            return to
        opened = await self.client.conversations_open(users=to)
        return str(opened["channel"]["id"])

    async def _post(self, channel: str, arguments: Mapping[str, Any], **more: Any) -> str:
        # unfurling would put somebody else's picture under the card
        posted = await self.client.chat_postMessage(
            channel=channel, unfurl_links=False, unfurl_media=False, **arguments, **more
        )
        return f"{posted['channel']}:{posted['ts']}"

    async def _reply(self, channel: str, ts: str, arguments: Mapping[str, Any], broadcast: bool = False) -> str | None:
        """In the thread, `broadcast`: in the channel too; None when the card it hangs on was deleted."""
        more = {"reply_broadcast": True} if broadcast else {}
        try:
            return await self._post(channel, arguments, thread_ts=ts, **more)
        except SlackApiError as error:
            if word_of(error) in GONE:
                return None
            raise

    async def _edit(self, channel: str, ts: str, arguments: Mapping[str, Any]) -> str | None:
        """None when there is nothing left to edit."""
        try:
            edited = await self.client.chat_update(channel=channel, ts=ts, **arguments)
        except SlackApiError as error:
            if word_of(error) in GONE:
                return None
            raise
        return f"{edited['channel']}:{edited['ts']}"


def drawing(outgoing: Outgoing, reader: Reader) -> Card:
    """What the message shows. Raises Permanent when the row lacks what it is about."""
    match outgoing.message.about, outgoing.view, outgoing.run:
        case About.CARD, view, _ if view is not None:
            return incident_card(view, reader)
        case ((About.PAGE | About.PAGE_EDIT), view, _) if view is not None and not outgoing.manager:
            return judged_page(outgoing, view, reader)
        case ((About.PAGE | About.PAGE_EDIT | About.UPDATE), view, _) if view is not None:
            said = manager_page(view, reader, escape(reader.say(state(view.incident, reader))))
            paged = outgoing.message.person if outgoing.message.about is About.PAGE_EDIT else None
            return with_question(said, view, reader, paged or "")
        case About.REMINDER, view, _ if view is not None:
            return reminder(view, phrase_of(outgoing.message), reader)
        case ((About.RUN_CARD | About.RUN_OUTPUT), _, run) if run is not None:
            output = outgoing.message.about is About.RUN_OUTPUT
            return output_card(run, outgoing.output, reader) if output else run_card(run, reader)
        case ((About.RUNBOOK_CARD | About.TAIL), _, _) if outgoing.procedure is not None or outgoing.tail is not None:
            return going_on(outgoing, reader)
        case ((About.NOTE | About.TELL | About.ASK | About.DRILL), _, _):
            try:
                return answer(phrase_of(outgoing.message), reader, *asks_of(outgoing.message))
            except ValueError as broken:
                raise Permanent(str(broken)) from None
        case ((About.DIGEST | About.REVIEW), _, _) if outgoing.digest is not None or outgoing.review is not None:
            return looked_back(outgoing, reader)
        case _:
            raise Permanent(f"message {outgoing.message.id} has nothing to show")


def judged_page(outgoing: Outgoing, view: IncidentView, reader: Reader) -> Card:
    """A page; once it is over, the question whether it was useful."""
    message, person = outgoing.message, outgoing.message.person or ""
    return with_question(page(view, reader, message.level_name, because_of(message), person), view, reader, person)


def going_on(outgoing: Outgoing, reader: Reader) -> Card:
    if outgoing.tail is not None:
        return tail_card(outgoing.tail, reader)
    assert outgoing.procedure is not None  # one of them is there
    return procedure_card(outgoing.procedure, reader)


def looked_back(outgoing: Outgoing, reader: Reader) -> Card:
    if outgoing.review is not None:
        return review_card(outgoing.review, reader)
    assert outgoing.digest is not None  # one of them is there
    return digest_card(outgoing.digest, reader)


def is_person(to: str) -> bool:
    return to[:1] in {"U", "W"} and to.isalnum() and to.isupper()


def judged(error: SlackApiError) -> Retryable | Permanent:
    """What to do about it: wait, or move on saying what somebody has to mend."""
    response, word = error.response, word_of(error)
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    if status == 429 or word in {"ratelimited", "rate_limited"}:
        return Retryable("Slack asks us to slow down", after=_seconds(getattr(response, "headers", {})))
    if status >= 500 or word in PASSING or not word:
        return Retryable(f"Slack is unwell: {word or status}")
    if word == "missing_scope" and (needed := _needed(response)):
        word_and_more = f"{word} {needed}"
    else:
        word_and_more = word
    known = SLACK_WORDS.get(word)
    return Permanent(f"Slack: {word_and_more} ({known.msgid if known else 'see https://docs.slack.dev'})")


def _needed(response: Any) -> str:
    """The permission that a refusal names."""
    data = getattr(response, "data", response)
    return str(data.get("needed") or "") if isinstance(data, dict) else ""


def _seconds(headers: Mapping[str, str]) -> float:
    stated = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return float(stated) if stated.isdigit() else 1.0
