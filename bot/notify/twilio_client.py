"""Twilio's own asynchronous client, sent to `TWILIO_API_URL` when that is set; and what its errors mean.

Codes: https://www.twilio.com/docs/api/errors
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.errors import Permanent, Retryable
from bot.reason import TWILIO
from bot.secret import Secret

WITHIN: Final = 10.0
SLOW_DOWN: Final = frozenset({20429, 14107, 30022, 63018})


class LocatedHttpClient(AsyncTwilioHttpClient):  # type: ignore[misc]  # reason: twilio ships no types
    """The SDK's HTTP client, with another scheme and host when `api_url` says so."""

    def __init__(self, api_url: str | None) -> None:
        quiet = logging.getLogger("bot.notify.twilio")
        quiet.setLevel(logging.WARNING)  # at INFO the SDK logs every number and text
        super().__init__(logger=quiet)
        self.place = urlsplit(api_url) if api_url else None

    async def request(
        self, method: str, url: str, *, auth: tuple[str, str] | None = None, **arguments: Any
    ) -> Response:
        if auth is not None:  # the SDK's own way of passing it is deprecated in aiohttp
            headers = {**(arguments.get("headers") or {}), "Authorization": aiohttp.encode_basic_auth(*auth)}
            arguments["headers"] = headers
        if self.place is not None:
            asked = urlsplit(url)
            path = self.place.path.rstrip("/") + asked.path
            url = urlunsplit((self.place.scheme, self.place.netloc, path, asked.query, ""))
        return await super().request(method, url, **arguments)


class Twilio:
    """One account: `client` is the SDK's, `sender` the number that people see. Make it inside a running event loop."""

    def __init__(
        self,
        account_sid: str,
        auth_token: Secret,
        sender: str,
        *,
        public_url: str = "",
        api_url: str | None = None,
        within: float = WITHIN,
    ) -> None:
        """`public_url`: where Twilio reaches us; without it no receipts and no keys come back. `within`: seconds."""
        self.sender = sender
        self.public_url = public_url.rstrip("/")
        self.within = within
        self.http = LocatedHttpClient(api_url)
        self.client = Client(account_sid, auth_token.reveal(), http_client=self.http)

    async def close(self) -> None:
        await self.http.close()

    def callback(self, path: str) -> dict[str, str]:
        """The argument that asks for delivery receipts at `path`; none without a public address."""
        return {"status_callback": self.public_url + path} if self.public_url else {}

    def who_answers(self, path: str) -> dict[str, str]:
        """The arguments that let Twilio tell at `path`, while the call goes on, whether a machine took it: a mailbox
        has heard nothing. Source: https://www.twilio.com/docs/voice/answering-machine-detection"""
        if not self.public_url:
            return {}
        return {
            "machine_detection": "Enable",
            "async_amd": "true",
            "async_amd_status_callback": self.public_url + path,
        }

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[Client]:
        """Whatever goes wrong inside comes out as Retryable or Permanent."""
        try:
            async with asyncio.timeout(self.within):
                yield self.client
        except TwilioException as error:
            raise judged(error) from None
        except TimeoutError:
            raise Retryable("Twilio did not answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Retryable(f"Twilio cannot be reached: {type(error).__name__}") from None
        except ValueError:
            raise Retryable("Twilio's answer could not be read") from None


def judged(error: TwilioException) -> Retryable | Permanent:
    """Too many, and Twilio's own trouble: later. Anything else it refuses: never this way, and what to mend."""
    status, code = int(getattr(error, "status", 0) or 0), int(getattr(error, "code", 0) or 0)
    if status == 429 or code in SLOW_DOWN:
        return Retryable("Twilio asks us to slow down", after=1.0)
    if status >= 500 or not 400 <= status < 500:
        return Retryable(f"Twilio is unwell: {status or type(error).__name__}")
    return Permanent(reason(code, status))


def reason(code: int, status: int = 0) -> str:
    """`Twilio 21610: this person answered STOP…`; for receipts, too."""
    known = TWILIO.get(code)
    told = known.msgid if known else f"see https://www.twilio.com/docs/api/errors/{code}" if code else "no reason given"
    return f"Twilio {code or status}: {told}"
