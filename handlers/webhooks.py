"""`POST /webhooks/{source}`: alerts come in. Stored and acted upon before 2xx; answered 503 when that cannot be.

    200  {"status": "stored", "alerts": [{"dedup_key", "incident", "outcome", "priority", "why"}]}
    202  {"status": "stored", "understood": false, "path", "error"}   shown to people as an incident to classify
    400  the body does not unpack      401  no or a wrong token         404  no such source
    408  the body did not come         413  the body is too large       422  not understood (sources written by hand)
    503  with Retry-After: the database is away; the body is kept on disk and taken in later all the same

Never 429: Alertmanager repeats only what was answered with 5xx (field study E4).
"""

import asyncio
import hmac
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.lifecycle import Unavailable
from bot.metrics import Metrics
from bot.phrase import Phrase
from bot.secret import Secret
from handlers.intake import Intake, NotTaken, Taken, take
from handlers.refused import Delivery, Refused
from handlers.sources import SOURCES, Source
from handlers.sources.body import clean

log = structlog.get_logger(__name__)

RETRY_AFTER: Final = "5"  # seconds
COMES_WITHIN: Final = 30.0  # seconds for a whole body
ABANDONED: Final = timedelta(seconds=30)  # a stored body nobody has read since then belonged to a process that died
SECRET_HEADER: Final = re.compile(r"auth|cookie|token|secret|key|signature|password|credential", re.IGNORECASE)
Handler = Callable[[web.Request], Awaitable[web.Response]]


class _Answer(Exception):
    """Ends the reading of a request with this answer."""

    def __init__(self, status: int, error: Phrase, **more: object) -> None:
        super().__init__(str(error))
        self.status, self.error, self.more = status, error, more


class Webhooks:
    """The door. `tell` words a phrase for whoever reads the answer; without a token everything is refused."""

    def __init__(
        self,
        intake: Intake,
        token: Secret | None,
        refused: Refused,
        *,
        tell: Callable[[Phrase], str] = str,
        metrics: Metrics | None = None,
        sources: Mapping[str, Source] = SOURCES,
    ) -> None:
        self.intake, self.token, self.refused = intake, token, refused
        self.tell, self.metrics, self.sources = tell, metrics, sources

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/webhooks/{source}", self.post)]

    async def post(self, request: web.Request) -> web.Response:
        started, name = time.perf_counter(), request.match_info["source"]
        answer = await self._post(request, name)
        if self.metrics is not None:
            counted = name if name in self.sources else "unknown"
            self.metrics.webhooks.labels(counted, str(answer.status)).inc()
            self.metrics.webhook_seconds.labels(counted).observe(time.perf_counter() - started)
        return answer

    async def _post(self, request: web.Request, name: str) -> web.Response:
        try:
            self._check_token(request)
            source = self._source(name)
            body = await read_body(request, source.limit)
        except _Answer as said:
            return self._refusal(said)
        delivery = Delivery(name, kept_headers(request.headers), body)
        try:
            await self._older_ones_first()
            return self._answer(source, await take(self.intake, source, delivery))
        except (Unavailable, OSError) as away:
            log.warning("not stored: the database is away", source=name, error=str(away))
        return await self._come_again(delivery)

    async def take_in(self) -> None:
        """What came while the database was away, and what a process that died had stored unread. For each round."""
        await self._older_ones_first()
        for kept, source, headers, body in await self.intake.unread_bodies(ABANDONED):
            await self._take(Delivery(source, dict(headers), body, kept))

    async def _older_ones_first(self) -> None:
        await self.refused.take_in(self._take)

    async def _take(self, delivery: Delivery) -> None:
        await take(self.intake, self.sources.get(delivery.source) or unknown_source(delivery.source), delivery)

    def _check_token(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        said = given.strip() if scheme.lower() == "bearer" else request.query.get("token", "")
        if not self.token:
            raise _Answer(401, Phrase("No token is configured: set ECOTRAJET_WEBHOOK_TOKEN and restart the desk."))
        if not said:
            raise _Answer(401, Phrase("Send the token as “Authorization: Bearer …” or as “?token=…”."))
        wanted = self.token.reveal().encode()
        if not hmac.compare_digest(said.encode("utf-8", "surrogateescape"), wanted):
            raise _Answer(401, Phrase("This is not the token: compare it with ECOTRAJET_WEBHOOK_TOKEN."))

    def _source(self, name: str) -> Source:
        source = self.sources.get(name)
        if source is None:
            known = sorted(self.sources)
            said = Phrase("There is no such source; there are: {known}.", {"known": ", ".join(known)})
            raise _Answer(404, said, sources=known)
        return source

    def _answer(self, source: Source, result: Taken | NotTaken) -> web.Response:
        match result:
            case Taken(received=received):
                alerts = [
                    {
                        "dedup_key": each.alert.dedup_key,
                        "incident": each.incident.number if each.incident else None,
                        "outcome": each.happened,
                        "priority": each.classification.priority,
                        "why": self.tell(each.classification.why),
                    }
                    for each in received
                ]
                return web.json_response({"status": "stored", "alerts": alerts})
            case NotTaken(path=path, phrase=phrase):
                refuses = source.refuses and not result.our_fault
                status = "not understood" if refuses else "stored"
                content = {"status": status, "understood": False, "path": path, "error": self.tell(phrase)}
                return web.json_response(content, status=422 if refuses else 202)

    async def _come_again(self, delivery: Delivery) -> web.Response:
        try:
            await self.refused.keep(delivery)
        except OSError as error:
            log.error("not kept on disk either", source=delivery.source, error=str(error))
        said = _Answer(503, Phrase("The desk's database does not answer; send it again in a moment."))
        return self._refusal(said, {"Retry-After": RETRY_AFTER})

    def _refusal(self, said: _Answer, headers: Mapping[str, str] | None = None) -> web.Response:
        content = {"status": "refused", "error": self.tell(said.error), **said.more}
        answer = web.json_response(content, status=said.status, headers=headers)
        if said.status == 401:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="ecotrajet"'
        if said.status in (400, 408, 413):
            answer.force_close()  # the rest of the body is not waited for
        return answer


async def read_body(request: web.Request, limit: int) -> bytes:
    """The unpacked body, counted as it comes: neither a chunked body nor a gzip bomb is held beyond `limit` bytes."""
    too_large = _Answer(413, Phrase("The body is too large: {limit} bytes at most.", {"limit": limit}), limit=limit)
    if request.content_length is not None and request.content_length > limit:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(COMES_WITHIN):
            async for part in request.content.iter_any():
                body += part
                if len(body) > limit:
                    raise too_large
    except TimeoutError:
        raise _Answer(408, Phrase("The body did not come in time.")) from None
    except (HttpProcessingError, web.RequestPayloadError):
        encoding = request.headers.get("Content-Encoding", "")[:40]
        raise _Answer(400, Phrase("The body does not unpack as “{encoding}”.", {"encoding": encoding})) from None
    return bytes(body)


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Without anything that may be a credential."""
    return {name: clean(value) for name, value in headers.items() if not SECRET_HEADER.search(name)}


def unknown_source(name: str) -> Source:
    """A body of a source that this version no longer has: shown as not understood, not lost."""
    return Source(name, SOURCES["generic"].parse)
