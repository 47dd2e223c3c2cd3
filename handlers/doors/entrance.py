"""What the drop-in doors share: reading a body, whose key it is, keeping the key out of what is stored, counting."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from aiohttp import web

from bot.metrics import Metrics
from bot.phrase import Phrase
from bot.secret import HIDDEN
from handlers.body import kept_headers
from handlers.intake import NotTaken, Taken
from handlers.keys import Keys
from handlers.reception import Reception
from handlers.refused import Delivery
from handlers.sources.body import clean

LARGEST: Final = 512 * 1024  # bytes; PagerDuty's own limit, and Alertmanager's
RETRY_AFTER: Final = {"Retry-After": "5"}
Ping = Callable[[str], Awaitable[bool]]
Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Entrance:
    reception: Reception
    keys: Keys
    tell: Callable[[Phrase], str] = str
    metrics: Metrics | None = None

    def source_of(self, like: Collection[str], key: str) -> str | None:
        """The source whose key this is, if it is one that is not turned off."""
        name = self.keys.source_of(like, key) if key else None
        return name if name in self.reception.sources else None

    async def take(
        self, source: str, request: web.Request, body: bytes, given: Mapping[str, str]
    ) -> Taken | NotTaken:  # fmt: skip
        """`given`: what the address says and the body does not (`handlers.sources.given`). Raises Unavailable."""
        return await self.reception.take(Delivery(source, kept_headers(request.headers) | dict(given), body))

    def counted(self, source: str, answer: web.Response) -> web.Response:
        if self.metrics is not None:
            self.metrics.webhooks.labels(source, str(answer.status)).inc()
        return answer

    def why(self, result: NotTaken) -> str:
        return f"{result.path}: {self.tell(result.phrase)}"


def json_object(body: bytes) -> dict[str, object] | None:
    """The body's object, in letters that PostgreSQL can keep; None when it is none."""
    try:
        found = _kept(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _kept(value: object) -> object:
    match value:
        case str():
            return clean(value)
        case dict():
            return {clean(str(name)): _kept(each) for name, each in value.items()}
        case list():
            return [_kept(each) for each in value]
        case _:
            return value


def without_key(body: bytes, content: Mapping[str, object], name: str, key: str) -> bytes:
    """The body as it came, but for the key: what is stored lets nobody in."""
    if key.encode("utf-8", "surrogatepass") in body:
        return body.replace(key.encode(), HIDDEN.encode())
    return msgspec.json.encode({**content, name: HIDDEN})
