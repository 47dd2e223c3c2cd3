"""HTTP mode: the same payloads, posted and signed.

Source: docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.record import Json

EVENTS_PATH = "/slack/events"


class HttpRefused(Exception):
    """The bot answered with something else than 2xx."""


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature of a request."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()


def encoded(kind: str, payload: Json) -> tuple[str, str]:
    """Body and content type: commands are forms, interactions JSON in a form, events JSON."""
    if kind == "slash_commands":
        return urlencode(payload), "application/x-www-form-urlencoded"
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded"
    return json.dumps(payload), "application/json"


class SignedHttp:
    """Posts to the bot's request URL."""

    def __init__(self, session: aiohttp.ClientSession, secret: str) -> None:
        self.session = session
        self.secret = secret

    async def send(self, public_url: str, kind: str, payload: Json, retry: int = 0) -> Json:
        """Post one delivery; what its answer says (as an ack's payload). HttpRefused, aiohttp.ClientError."""
        body, content_type = encoded(kind, payload)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        url = public_url.rstrip("/") + EVENTS_PATH
        async with self.session.post(url, data=body.encode(), headers=headers) as answer:
            text = await answer.text()
            if not 200 <= answer.status < 300:
                raise HttpRefused(f"http_{answer.status}")
        if not text:
            return {}
        if answer.content_type == "application/json":
            read = json.loads(text)
            return read if isinstance(read, dict) else {}
        return {"text": text}
