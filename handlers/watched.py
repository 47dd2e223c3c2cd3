"""Messages that other apps post in watched Slack channels (`sources.slack.channels`) are alerts.

Stored before Slack hears that we have it: a message whose ack stays away comes again (three times over HTTP, and on
the next socket). What people write there, edits, replies in threads and our own cards are nobody's alert and not kept.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, Protocol

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.intake import NotTaken, Taken
from handlers.refused import Delivery

log = structlog.get_logger("watched")

SOURCE: Final = "slack"
POSTED: Final = frozenset({"", "bot_message"})  # docs.slack.dev/reference/events/message: other subtypes are no news
REMEMBERED: Final = 2000  # deliveries


class Reception(Protocol):
    async def take(self, delivery: Delivery) -> Taken | NotTaken: ...


class Watched:
    """`channels`: names without `#`, or ids; none: nothing is watched."""

    def __init__(self, reception: Reception, channels: tuple[str, ...], client: AsyncWebClient) -> None:
        self._reception, self._client = reception, client
        self._wanted = {channel.removeprefix("#") for channel in channels}
        self._names: dict[str, str] = {}
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def take(self, body: Mapping[str, Any]) -> None:
        """`body`: the envelope of the Events API. Raises Unavailable while the database is away, and SlackApiError
        when Slack does not tell a channel's name: then Slack has to deliver it again."""
        event = body.get("event")
        if not self._wanted or not isinstance(event, dict) or not of_another_app(event, str(body.get("api_app_id"))):
            return
        if not await self._is_watched(str(event.get("channel", ""))):
            return
        delivery = str(body.get("event_id", ""))
        if delivery in self._seen:  # the ack was lost: the alert is the same, and would be counted twice
            return
        await self._reception.take(Delivery(SOURCE, {}, json.dumps(body, ensure_ascii=False).encode()))
        self._seen[delivery] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def _is_watched(self, channel: str) -> bool:
        if channel in self._wanted:
            return True
        if channel not in self._names:
            try:
                told = await self._client.conversations_info(channel=channel)
            except SlackApiError as refused:
                data = getattr(refused.response, "data", None)  # none at all when a proxy answered in HTML
                if isinstance(data, dict) and data.get("error") in ("channel_not_found", "missing_scope"):
                    log.warning("a channel's name is not told: write its id", channel=channel, error=str(refused))
                    self._names[channel] = ""
                    return False
                raise
            self._names[channel] = str(told["channel"].get("name", ""))
        return self._names[channel] in self._wanted


def of_another_app(event: Mapping[str, Any], us: str) -> bool:
    """A message of its own, posted by an app that is not ours (`us` is our app's id)."""
    by = event.get("app_id") or (event.get("bot_profile") or {}).get("app_id") or ""
    return bool(
        event.get("type") == "message"
        and event.get("bot_id")
        and by != us
        and event.get("subtype", "") in POSTED
        and event.get("thread_ts") in (None, event.get("ts"))
    )
