"""Opsgenie's Alert API: `/v2/alerts`, actions on an alert, `/v2/alerts/requests/{id}`, `/v2/heartbeats/{name}/ping`.

    202  {"result": "Request will be processed", "took", "requestId"}   every change, also of an alert that is not there
    200  {"data", "took", "requestId"}      400, 401, 404 (GET only), 408, 413, 422  {"message", "errors", …}
    503  with Retry-After: the database is away; clients send again after 5xx

`Authorization: GenieKey …` is the token of a source `like: opsgenie` (or of `opsgenie` itself, else
ECOTRAJET_WEBHOOK_TOKEN). A change of an unknown alert is 202 as well, and its request says so: a 404 would be a
permanent failure for Alertmanager. Field study E6.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid4

import structlog
from aiohttp import web

from bot.lifecycle import Lifecycle, Unavailable
from bot.lifecycle.doors import Doors, IdentifiedBy, KnownAlert
from bot.phrase import Phrase
from handlers.body import Answer, read_body
from handlers.doors.entrance import LARGEST, Entrance, Handler, Ping, json_object
from handlers.doors.opsgenie_actions import Actions, Asked
from handlers.doors.opsgenie_answers import Exchange, paging, shown, shown_request, shown_whole
from handlers.intake import NotTaken
from handlers.sources import given, opsgenie
from handlers.sources.body import clean, key
from handlers.sources.fields import text

log = structlog.get_logger(__name__)

POSTED: Final = ("close", "acknowledge", "unacknowledge", "snooze", "escalate", "assign", "notes", "tags", "details",
                 "responders", "teams")  # fmt: skip
PUT: Final = ("message", "description", "priority")
TAKEN_AWAY: Final = ("tags", "details")
MOST: Final = 100
WAYS: Final[Mapping[str, IdentifiedBy]] = MappingProxyType({"id": "id", "alias": "alias", "tiny": "tiny"})
STATUS: Final = re.compile(r"\bstatus\s*[:=]\s*\"?(open|closed)\b", re.IGNORECASE)
Guarded = Callable[[web.Request, Exchange, str], Awaitable[web.Response]]


class Opsgenie:
    def __init__(self, entrance: Entrance, doors: Doors, lifecycle: Lifecycle, ping: Ping) -> None:
        self.entrance, self.doors, self.ping = entrance, doors, ping
        self.actions = Actions(doors, lifecycle)

    def routes(self) -> list[web.RouteDef]:
        one = "/v2/alerts/{identifier:[^/]+}"  # aiohttp's own pattern knows no braces, and an alias may hold them
        pinged = "/v2/heartbeats/{name:[^/]+}/ping"
        return [
            web.post("/v2/alerts", self.guarded(self._create)),
            web.get("/v2/alerts", self.guarded(self._list)),
            web.get("/v2/alerts/count", self.guarded(self._count)),
            web.get("/v2/alerts/requests/{id:[^/]+}", self.guarded(self._request)),
            web.get(one, self.guarded(self._get)),
            web.delete(one, self.guarded(self._action)),
            web.post(f"{one}/{{action:{'|'.join(POSTED)}}}", self.guarded(self._action)),
            web.put(f"{one}/{{action:{'|'.join(PUT)}}}", self.guarded(self._action)),
            web.delete(f"{one}/{{action:{'|'.join(TAKEN_AWAY)}}}", self.guarded(self._action)),
            web.post(f"{one}/{{action:actions}}/{{name:[^/]+}}", self.guarded(self._action)),
            web.get(pinged, self.guarded(self._ping)),
            *(web.route(each, pinged, self.guarded(self._ping)) for each in ("POST", "PUT", "PATCH")),
        ]

    def guarded(self, handler: Guarded) -> Handler:
        """Known senders only; what goes wrong is said in Opsgenie's words."""

        async def handle(request: web.Request) -> web.Response:
            exchange = Exchange()
            source = self.entrance.source_of((opsgenie.SOURCE,), _key(request))
            try:
                if source is None:
                    raise Answer(401, Phrase("Could not authenticate: this is no key of this desk."))
                answer = await handler(request, exchange, source)
            except Answer as said:
                errors = said.more.get("errors")
                told = errors if isinstance(errors, dict) else None
                answer = exchange.refused(said.status, self.entrance.tell(said.error), told)
            except Unavailable:
                away = Phrase("The desk's database does not answer; send it again in a moment.")
                answer = exchange.refused(503, self.entrance.tell(away))
            return self.entrance.counted(source or opsgenie.SOURCE, answer)

        return handle

    async def _create(self, request: web.Request, exchange: Exchange, source: str) -> web.Response:
        body = await read_body(request, LARGEST)
        alias = key(text(json_object(body), "alias")) or str(uuid4())
        await self._take(request, source, body, {given.ALIAS: alias})
        await self.doors.remember(exchange.id, source, "Create", alias, success=True, status="Created alert")
        return exchange.accepted()

    async def _action(self, request: web.Request, exchange: Exchange, source: str) -> web.Response:
        action = request.match_info.get("action", "delete")
        body = await read_body(request, LARGEST)
        content = json_object(body) if body.strip() else {}
        alias = key(request.match_info["identifier"])
        try:
            alert = await self._meant(request, source)
        except Unavailable:
            await self._take(request, source, body, {given.ACTION: action, given.ALIAS: alias})  # on disk, most likely
            raise
        alias = alert.alias if alert else alias
        await self._take(request, source, body, {given.ACTION: action, given.ALIAS: alias})
        success, status = False, "Alert does not exist"
        if alert is not None:
            asked = Asked(action, alert, content or {}, _query(request), source)
            success, status = await self.actions.do(asked)
        name = action[:1].upper() + action[1:]
        await self.doors.remember(exchange.id, source, name, alias, success=success, status=status)
        return exchange.accepted()

    async def _meant(self, request: web.Request, source: str) -> KnownAlert | None:
        """The alert of the address. Raises Answer for an unknown way of naming one, and Unavailable."""
        said = request.query.get("identifierType", "id")
        by = WAYS.get(said)
        if by is None:
            raise Answer(422, Phrase("identifierType must be id, alias or tiny."), errors={"identifierType": said[:40]})
        return await self.doors.find(source, key(request.match_info["identifier"]), by)

    async def _take(self, request: web.Request, source: str, body: bytes, what: Mapping[str, str]) -> None:
        """Raises Answer for what is not understood, and Unavailable."""
        result = await self.entrance.take(source, request, body, what)
        if isinstance(result, NotTaken) and not result.our_fault:
            field = result.path.removeprefix("$").removeprefix(".")
            errors = {"errors": {field: self.entrance.tell(result.phrase)}} if field else {}
            raise Answer(422 if field else 400, result.phrase, **errors)

    async def _get(self, request: web.Request, exchange: Exchange, source: str) -> web.Response:
        alert = await self._meant(request, source)
        if alert is None:
            raise Answer(404, Phrase("There is no such alert."))
        return exchange.answer({"data": shown_whole(alert)})

    async def _list(self, request: web.Request, exchange: Exchange, source: str) -> web.Response:
        limit, offset = min(_number(request, "limit", 20), MOST), _number(request, "offset", 0)
        found = await self.doors.listed(source, open=_asked_open(request), limit=limit, offset=offset)
        url = str(request.url.with_query(None))
        return exchange.answer({"data": [shown(each) for each in found], "paging": paging(url, limit, offset, found)})

    async def _count(self, request: web.Request, exchange: Exchange, source: str) -> web.Response:
        return exchange.answer({"data": {"count": await self.doors.counted(source, open=_asked_open(request))}})

    async def _request(self, request: web.Request, exchange: Exchange, source: str) -> web.Response:
        try:
            found = await self.doors.request(source, UUID(request.match_info["id"]))
        except ValueError:
            found = None
        if found is None:
            raise Answer(404, Phrase("There is no such request, or it was made more than two weeks ago."))
        return exchange.answer({"data": shown_request(found)})

    async def _ping(self, request: web.Request, exchange: Exchange, source: str) -> web.Response:
        """As with Opsgenie, a ping of a heartbeat that nobody has set up is accepted; here it is logged."""
        name = request.match_info["name"]
        if not await self.ping(name):
            log.warning("a sign of life for a heartbeat that is not configured", heartbeat=name[:100], source=source)
        return exchange.accepted("PONG - Heartbeat received")


def _key(request: web.Request) -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() in ("geniekey", "bearer") else request.query.get("apiKey", "")


def _query(request: web.Request) -> dict[str, str]:
    """What the address says besides; the name of an action of the sender's own stands in its path."""
    named = {name: request.match_info[name] for name in ("name",) if name in request.match_info}
    return {name: clean(value) for name, value in {**request.query, **named}.items()}


def _number(request: web.Request, name: str, usual: int) -> int:
    said = request.query.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 10 and int(said) >= 0 else usual


def _asked_open(request: web.Request) -> bool | None:
    """Of the query language only `status: open` and `status: closed`, which is what scripts use."""
    found = STATUS.search(request.query.get("query", ""))
    return None if found is None else found[1].lower() == "open"
