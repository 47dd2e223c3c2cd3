"""What a try that was broken off has left in Slack: a process may die between Slack's yes and our writing it down.

A message of ours carries the number of its row, and what it is the card of, in its metadata; of files we write down the
ids before they are shared. Both are read again where the app reads history: in channels, and in its own conversations
with people. Source: docs.slack.dev, conversations.history and conversations.replies (`include_all_metadata`, `files`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.message import Message
from bot.notify.channel import Outgoing
from bot.notify.refusals import word_of

EVENT: Final = "ecotrajet_message"
NEWEST: Final = 200  # messages: it stands among the last, for a broken try is repeated within seconds
OF_THREAD: Final = 1000  # they come oldest first; as many as Slack gives at once
RECENT: Final = 86_400.0  # seconds; what is older is of another life of the desk, whose numbers began anew
PAGES: Final = 5  # of channels
FILES: Final = "files"
PASSING: Final = frozenset({"ratelimited", "rate_limited"})
Found = Mapping[str, Any]


def metadata(outgoing: Outgoing) -> dict[str, object]:
    payload: dict[str, object] = {"message": outgoing.message.id}
    if outgoing.subject:
        payload["card"] = outgoing.subject
    return {"event_type": EVENT, "event_payload": payload}


def intended(message: Message) -> frozenset[str]:
    """Ids of files that an earlier try was about to share."""
    noted = message.body.get(FILES)
    return frozenset(map(str, noted)) if isinstance(noted, list) else frozenset()


class Standing:
    """Raises SlackApiError only where it is worth waiting; a refusal to be read means that nothing is known."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client

    async def message(self, outgoing: Outgoing, channel: str, thread: str = "") -> str | None:
        """`channel:ts` of the message, or of the card that it is an edit of."""
        wanted = metadata(outgoing)["event_payload"]
        assert isinstance(wanted, dict)

        def is_it(each: Found) -> bool:
            told = each.get("metadata") or {}
            payload = told.get("event_payload") or {}
            same = any(payload.get(key) == value for key, value in wanted.items())
            return told.get("event_type") == EVENT and same

        at = channel if is_id(channel) else await self._id_of(channel)
        found = await self._look(at, thread, is_it) if at else None
        return f"{at}:{found['ts']}" if found else None

    async def file(self, message: Message, channel: str, thread: str) -> str | None:
        """The id of one of the files that were about to be shared, if they were."""
        ids = intended(message)
        if not ids or not is_id(channel):
            return None

        def is_it(each: Found) -> bool:
            return any(one.get("id") in ids for one in each.get("files") or ())

        found = await self._look(channel, thread, is_it)
        return next((str(one["id"]) for one in found["files"] if one.get("id") in ids), None) if found else None

    async def _look(self, channel: str, thread: str, is_it: Callable[[Found], bool]) -> Found | None:
        try:
            seen = await self._newest(channel, thread)
        except SlackApiError as refused:
            if word_of(refused) in PASSING:
                raise
            return None
        return next((each for each in reversed(seen) if is_it(each)), None)

    async def _newest(self, channel: str, thread: str) -> Sequence[Found]:
        """The oldest of them first. Of a thread the first ones: it is hardly ever longer."""
        oldest = f"{time.time() - RECENT:.6f}"
        if thread:
            answer = await self.client.conversations_replies(
                channel=channel, ts=thread, oldest=oldest, limit=OF_THREAD, include_all_metadata=True
            )
            return list(answer["messages"])
        answer = await self.client.conversations_history(
            channel=channel, oldest=oldest, limit=NEWEST, include_all_metadata=True
        )
        return list(answer["messages"])[::-1]

    async def _id_of(self, name: str) -> str:
        """'' when there is no such channel. History is read by id only."""
        cursor = ""
        for _ in range(PAGES):
            try:
                listed = await self.client.conversations_list(
                    types="public_channel,private_channel", exclude_archived=True, limit=NEWEST, cursor=cursor
                )
            except SlackApiError as refused:
                if word_of(refused) in PASSING:
                    raise
                return ""
            for channel in listed["channels"]:
                if channel.get("name") == name:
                    return str(channel["id"])
            cursor = str((listed.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return ""


def is_id(channel: str) -> bool:
    """A channel's, `C…` or `G…`, or that of a conversation with somebody, `D…`; names are written small."""
    return channel[:1] in {"C", "G", "D"} and channel.isalnum() and channel.isupper()
