"""A request's body: counted as it comes, and what ends the reading of one before it is stored."""

import asyncio
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.phrase import Phrase
from handlers.sources.body import clean

COMES_WITHIN: Final = 30.0  # seconds for a whole body
SECRET_HEADER: Final = re.compile(r"auth|cookie|token|secret|key|signature|password|credential", re.IGNORECASE)
READABLE: Final = re.compile(
    r"(?:application/(?:[\w.+-]*\+)?json|application/x-www-form-urlencoded|application/octet-stream|text/[\w.+-]+|)"
)
NOT_READABLE: Final = re.compile(r"text/(?:xml|html|css|csv|javascript)")


class Answer(Exception):
    """Ends the reading of a request with this answer."""

    def __init__(self, status: int, error: Phrase, **more: object) -> None:
        super().__init__(str(error))
        self.status, self.error, self.more = status, error, more


async def read_body(request: web.Request, limit: int) -> bytes:
    """The unpacked body, counted as it comes: neither a chunked body nor a gzip bomb is held beyond `limit` bytes."""
    if request.content_length is not None and request.content_length > limit:
        raise too_large(limit)
    if request.content.is_eof() and request.content.exception() is None:  # nothing to wait for
        whole = request.content.read_nowait()
        if len(whole) > limit:
            raise too_large(limit)
        return whole
    body = bytearray()
    try:
        async with asyncio.timeout(COMES_WITHIN):
            async for part in request.content.iter_any():
                body += part
                if len(body) > limit:
                    raise too_large(limit)
    except TimeoutError:
        raise Answer(408, Phrase("The body did not come in time.")) from None
    except (HttpProcessingError, web.RequestPayloadError):
        encoding = request.headers.get("Content-Encoding", "")[:40]
        raise Answer(400, Phrase("The body does not unpack as “{encoding}”.", {"encoding": encoding})) from None
    return bytes(body)


def too_large(limit: int) -> Answer:
    return Answer(413, Phrase("The body is too large: {limit} bytes at most.", {"limit": limit}), limit=limit)


def check_readable(request: web.Request) -> None:
    """Raises Answer 415 for what is not even text, by its own account (an image, XML…); saying nothing is fine."""
    said = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not READABLE.fullmatch(said) or NOT_READABLE.fullmatch(said):
        kind = {"type": said[:60] or "?"}
        raise Answer(415, Phrase("“{type}” cannot be read here: send application/json.", kind))


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Without anything that may be a credential."""
    return {name: clean(value) for name, value in headers.items() if not _secret(name)}


@lru_cache(maxsize=256)
def _secret(name: str) -> bool:
    """Senders have few headers, and always the same."""
    return SECRET_HEADER.search(name) is not None
