"""Files on their way to Slack: put there, written down, then shared, so that a try that was broken off is not repeated.

Source: docs.slack.dev, files.getUploadURLExternal and files.completeUploadExternal.
"""

from collections.abc import Sequence
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Retryable
from bot.notify.channel import Outgoing
from bot.notify.standing import Standing
from bot.notify.upload import Upload


class Files:
    """Raises SlackApiError as the client does, and Retryable."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self.client, self.session, self.standing = client, session, Standing(client)

    async def share(
        self, outgoing: Outgoing, uploads: Sequence[Upload], channel: str, thread: str = "", comment: str = ""
    ) -> str:
        """All in one message; `channel` is an id. The first file's id."""
        if found := await self.standing.file(outgoing.message, channel, thread):
            return found
        ids = [await self._put(each) for each in uploads]
        if outgoing.intend is not None:
            await outgoing.intend(ids)
        more: dict[str, Any] = {"thread_ts": thread} if thread else {}
        await self.client.files_completeUploadExternal(
            files=[{"id": id_, "title": each.title} for id_, each in zip(ids, uploads, strict=True)],
            channel_id=channel, initial_comment=comment or None, **more,
        )  # fmt: skip
        return ids[0]

    async def _put(self, upload: Upload) -> str:
        """Nobody sees it yet."""
        place = await self.client.files_getUploadURLExternal(
            filename=upload.name, length=len(upload.content), alt_txt=upload.alt or None
        )
        async with self.session.post(str(place["upload_url"]), data=upload.content) as answer:
            if answer.status != 200:
                raise Retryable(f"Slack did not take the file: {answer.status}")
        return str(place["file_id"])
