"""What the worker asks of Slack besides messages: Home tabs and the channels of incidents.

Errors are judged as those of messages are (docs.slack.dev, conversations.* and pins.add: errors).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Permanent, Retryable
from bot.notify.blocks import Block
from bot.notify.refusals import word_of
from bot.notify.slack import judged
from bot.secret import Secret

WITHIN: Final = 5.0  # seconds for one request, less than a lease
PAGES: Final = 50  # of channels
A_PAGE: Final = 200
CLOCKS: Final = timedelta(minutes=5)  # by so much Slack's clock and ours may differ
AWAY: Final = frozenset({"is_archived", "already_archived", "channel_not_found", "not_in_channel"})


class Gone(Permanent):
    """The channel was archived or deleted by hand, or the bot was removed from it."""


class SlackWorkspace:
    """Inside a running event loop. Every method raises Retryable or Permanent, nothing else."""

    def __init__(self, token: Secret, api_url: str) -> None:
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WITHIN))
        self.client = AsyncWebClient(token.reveal(), base_url=api_url, session=self.session, retry_handlers=[])
        self.bot = ""

    async def close(self) -> None:
        await self.session.close()

    async def publish(self, user: str, view: Block) -> None:
        """Somebody's Home tab shows this from now on."""
        async with answered():
            await self.client.views_publish(user_id=user, view=view)

    async def create(self, name: str, *, private: bool = False) -> str | None:
        """The new channel's id; None: a channel of this name is there already."""
        async with answered("name_taken"):
            made = await self.client.conversations_create(name=name, is_private=private or None)
            return str(made["channel"]["id"])
        return None

    async def find(self, name: str, since: datetime) -> str | None:
        """The channel of this name that we made after `since` (real time); None: there is none, or it is another's."""
        us, cursor = await self._who_we_are(), ""
        for _ in range(PAGES):
            async with answered():
                listed = await self.client.conversations_list(
                    types="public_channel,private_channel", exclude_archived=True, limit=A_PAGE, cursor=cursor
                )
            for channel in listed["channels"]:
                if channel.get("name") == name:
                    return str(channel["id"]) if is_ours(channel, us, since) else None
            cursor = str((listed.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return None

    async def set_topic(self, channel: str, topic: str) -> None:
        async with answered():
            await self.client.conversations_setTopic(channel=channel, topic=topic)

    async def invite(self, channel: str, user: str) -> None:
        """Who is there already stays there."""
        async with answered("already_in_channel"):
            await self.client.conversations_invite(channel=channel, users=user)

    async def pin(self, channel: str, ts: str) -> None:
        """A message that was deleted meanwhile is pinned to nothing."""
        async with answered("already_pinned", "message_not_found"):
            await self.client.pins_add(channel=channel, timestamp=ts)

    async def bookmark(self, channel: str, title: str, link: str) -> None:
        """A link above the channel."""
        async with answered():
            await self.client.bookmarks_add(channel_id=channel, title=title, type="link", link=link)

    async def permalink(self, channel: str, ts: str) -> str:
        """'' for a message that was deleted."""
        async with answered("message_not_found"):
            return str((await self.client.chat_getPermalink(channel=channel, message_ts=ts))["permalink"])
        return ""

    async def archive(self, channel: str) -> None:
        async with answered("already_archived"):
            await self.client.conversations_archive(channel=channel)

    async def _who_we_are(self) -> str:
        if not self.bot:
            async with answered():
                self.bot = str((await self.client.auth_test())["user_id"])
        return self.bot


def is_ours(channel: dict[str, Any], us: str, since: datetime) -> bool:
    """Made by us for this very wish, and not in an earlier life of the desk."""
    made = float(channel.get("created") or 0)
    return channel.get("creator") == us and made >= (since - CLOCKS).timestamp()


@asynccontextmanager
async def answered(*fine: str) -> AsyncIterator[None]:
    """One request, its refusal in our words; those words of Slack that are `fine` end the block in peace."""
    try:
        async with asyncio.timeout(WITHIN):
            yield
    except SlackApiError as error:
        word = word_of(error)
        if word in fine:
            return
        if word in AWAY:
            raise Gone(f"Slack: {word}") from None
        raise judged(error) from None
    except TimeoutError:
        raise Retryable("Slack did not answer in time") from None
    except (aiohttp.ClientError, OSError, SlackClientError) as error:
        raise Retryable(f"Slack cannot be reached: {type(error).__name__}") from None
