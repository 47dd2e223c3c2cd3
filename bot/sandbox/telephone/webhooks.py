"""Twilio's side of the webhooks: forms, signed. Source: twilio.com/docs/usage/webhooks/webhooks-security."""

from collections.abc import Mapping
from urllib.parse import urlencode, urljoin
from uuid import uuid4

import aiohttp
from twilio.request_validator import RequestValidator

from bot.sandbox.record import Record

PATIENCE = 15.0


class Webhooks:
    """Posts to the bot; an answer that is not 2xx is noted and gives None (Twilio's error 11200)."""

    def __init__(self, session: aiohttp.ClientSession, record: Record, auth_token: str) -> None:
        self.session = session
        self.record = record
        self.validator = RequestValidator(auth_token)

    async def post(self, url: str, params: Mapping[str, str], method: str = "POST") -> str | None:
        """The answer's body, or None when the bot could not be asked."""
        if method == "GET":
            joined = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
            return await self._send("GET", joined, None, self.validator.compute_signature(joined, {}))
        return await self._send("POST", url, params, self.validator.compute_signature(url, dict(params)))

    async def _send(self, method: str, url: str, form: Mapping[str, str] | None, signature: str) -> str | None:
        headers = {"X-Twilio-Signature": signature, "I-Twilio-Idempotency-Token": str(uuid4())}
        try:
            async with self.session.request(
                method, url, data=form, headers=headers, timeout=aiohttp.ClientTimeout(total=PATIENCE)
            ) as answer:
                text = await answer.text()
                if 200 <= answer.status < 300:
                    return text
                self.record.add("twilio", "webhook_failed", {"url": url, "status": answer.status})
        except (aiohttp.ClientError, TimeoutError) as failed:
            self.record.add("twilio", "webhook_failed", {"url": url, "error": type(failed).__name__})
        return None


def absolute(base: str, url: str) -> str:
    """TwiML addresses may be relative to the document they stand in."""
    return urljoin(base, url)
