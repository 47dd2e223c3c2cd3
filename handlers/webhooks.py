"""`POST /webhooks/{source}`: alerts come in. Stored and acted upon before 2xx; answered 503 when that cannot be.

    200  {"status": "stored", "alerts": [{"dedup_key", "incident", "outcome", "priority", "why"}]}
    202  {"status": "stored", "waiting": true}   in a flood: acted upon as soon as what came before it is
    202  {"status": "stored", "understood": false, "path", "error"}   shown to people as an incident to classify
    400  the body does not unpack      401  no or a wrong token or signature     403  not a topic that is allowed (SNS)
    404  no such source                408  the body did not come                413  the body is too large
    415, 422  not text, not understood (sources written by hand)
    503  with Retry-After: the database is away; the body is kept on disk and taken in later all the same

Never 429: Alertmanager repeats only what was answered with 5xx (field study E4).
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from aiohttp import web

from bot.lifecycle import Unavailable
from bot.metrics import Metrics
from bot.phrase import Phrase
from bot.secret import Secret
from bot.source import SourceEntry
from handlers.body import Answer, check_readable, kept_headers, read_body
from handlers.flood import Backlog
from handlers.intake import Intake, IsSignOfLife, NotTaken, Taken
from handlers.keys import Keys, token_in
from handlers.reception import Reception
from handlers.refused import Delivery, Refused
from handlers.sources import Source, cloudwatch, sns
from handlers.sources.body import NotUnderstood
from handlers.subscriptions import Subscriptions

WAITS: Final = msgspec.json.encode({"status": "stored", "waiting": True})
JSON: Final = {"Content-Type": "application/json"}
RETRY_AFTER: Final = "5"  # seconds
Handler = Callable[[web.Request], Awaitable[web.Response]]


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
        entries: Mapping[str, SourceEntry] = MappingProxyType({}),
        subscriptions: Subscriptions | None = None,
        is_sign_of_life: IsSignOfLife | None = None,
        backlog: Backlog | None = None,
    ) -> None:
        self.keys, self.reception = Keys(token, entries), Reception(intake, refused, entries, is_sign_of_life, backlog)
        if metrics is not None and (flood := self.reception.flood) is not None:
            metrics.bodies_waiting.set_function(lambda: flood.waiting)
        self.subscriptions = subscriptions or Subscriptions()
        self.tell, self.metrics, self.entries, self.sources = tell, metrics, entries, self.reception.sources
        self.take_in = self.reception.take_in

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/webhooks/{source}", self.post)]

    async def post(self, request: web.Request) -> web.Response:
        started, name = time.perf_counter(), request.match_info["source"]
        answer = await self._post(request, name)
        if self.metrics is not None:
            counted = name if name in self.sources else "unknown"
            self.metrics.webhook(counted, answer.status, time.perf_counter() - started)
        return answer

    async def _post(self, request: web.Request, name: str) -> web.Response:
        try:
            source = self.sources.get(name)
            signs = self._signs(source)
            if not signs:
                self._check_token(request, name, source)
            if source is None:
                raise self._unknown()
            if source.refuses:
                check_readable(request)
            body = await read_body(request, source.limit)
            envelope = await self._check_signature(request, source, body) if signs else None
            answer = await self._taken(source, Delivery(name, kept_headers(request.headers), body))
            if envelope is not None and envelope.kind == sns.SUBSCRIBE:
                await self.subscriptions.confirm(self.entries[name], envelope)
        except Answer as said:
            return self._refusal(said)
        return answer

    async def _taken(self, source: Source, delivery: Delivery) -> web.Response:
        try:
            if source.refuses:  # its sender is told in the answer what is wrong with the body
                return self._answer(source, await self.reception.take(delivery))
            result = await self.reception.take_or_put_by(delivery)
            return self._answer(source, result) if result is not None else waits()
        except Unavailable:
            said = Answer(503, Phrase("The desk's database does not answer; send it again in a moment."))
            return self._refusal(said, {"Retry-After": RETRY_AFTER})

    def _signs(self, source: Source | None) -> bool:
        """Whether this source's bodies must bear a signature of its vendor; that lets them in without a token."""
        entry = self.entries.get(source.name) if source else None
        if source is None or entry is None:
            return False
        return bool(source.verify and entry.secret) or bool(entry.like == cloudwatch.SOURCE and entry.topics)

    async def _check_signature(self, request: web.Request, source: Source, body: bytes) -> sns.Envelope | None:
        """A token of the source's own, if it has one, is asked for as well. Raises Answer."""
        entry = self.entries[source.name]
        if entry.tokens:
            self._check_token(request, source.name, source)
        if source.verify and entry.secret:
            if not source.verify(body, request.headers, entry.secret):
                raise Answer(401, Phrase("The signature does not fit the body and the secret of this source."))
            return None
        try:
            envelope = sns.envelope(body, request.headers)
        except NotUnderstood:
            envelope = None
        if envelope is not None:
            await self.subscriptions.check(entry, envelope)
        elif not entry.tokens:  # raw message delivery bears no signature
            self._check_token(request, source.name, source)
        return envelope

    def _check_token(self, request: web.Request, name: str, source: Source | None) -> None:
        said = token_in(request, source.given_in if source else ())
        if not self.keys.of(name):
            raise Answer(401, Phrase("No token is configured: set ECOTRAJET_WEBHOOK_TOKEN and restart the desk."))
        if not said:
            raise Answer(401, Phrase("Send the token as “Authorization: Bearer …” or as “?token=…”."))
        if not self.keys.fits(name, said):
            own = name in self.entries and self.entries[name].tokens
            where = f"sources.{name}.token" if own else "ECOTRAJET_WEBHOOK_TOKEN"
            raise Answer(401, Phrase("This is not the token: compare it with {where}.", {"where": where}))

    def _unknown(self) -> Answer:
        known = sorted(self.sources)
        said = Phrase("There is no such source; there are: {known}.", {"known": ", ".join(known)})
        return Answer(404, said, sources=known)

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
                body = msgspec.json.encode({"status": "stored", "alerts": alerts})
                return web.Response(body=body, content_type="application/json", charset="utf-8")
            case NotTaken(path=path, phrase=phrase):
                refuses = source.refuses and not result.our_fault
                status = "not understood" if refuses else "stored"
                content = {"status": status, "understood": False, "path": path, "error": self.tell(phrase)}
                return web.json_response(content, status=422 if refuses else 202)

    def _refusal(self, said: Answer, headers: Mapping[str, str] | None = None) -> web.Response:
        content = {"status": "refused", "error": self.tell(said.error), **said.more}
        answer = web.json_response(content, status=said.status, headers=headers)
        if said.status == 401:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="ecotrajet"'
        if said.status in (400, 408, 413):
            answer.force_close()  # the rest of the body is not waited for
        return answer


def waits() -> web.Response:
    return web.Response(status=202, body=WAITS, headers=JSON)
