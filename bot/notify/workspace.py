"""What the worker asks of Slack besides messages: Home tabs. Errors are judged as those of messages are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Retryable
from bot.notify.blocks import Block
from bot.notify.slack import judged
from bot.secret import Secret

WITHIN: Final = 10.0  # seconds for one request


class SlackWorkspace:
    """Inside a running event loop. Every method raises Retryable or Permanent, nothing else."""

    def __init__(self, token: Secret, api_url: str) -> None:
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WITHIN))
        self.client = AsyncWebClient(token.reveal(), base_url=api_url, session=self.session, retry_handlers=[])

    async def close(self) -> None:
        await self.session.close()

    async def publish(self, user: str, view: Block) -> None:
        """Somebody's Home tab shows this from now on."""
        async with answered():
            await self.client.views_publish(user_id=user, view=view)


@asynccontextmanager
async def answered() -> AsyncIterator[None]:
    """One request, its refusal in our words."""
    try:
        async with asyncio.timeout(WITHIN):
            yield
    except SlackApiError as error:
        raise judged(error) from None
    except TimeoutError:
        raise Retryable("Slack did not answer in time") from None
    except (aiohttp.ClientError, OSError, SlackClientError) as error:
        raise Retryable(f"Slack cannot be reached: {type(error).__name__}") from None
