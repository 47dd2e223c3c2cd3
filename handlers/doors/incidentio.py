"""incident.io's HTTP alert source: `POST /v2/alert_events/http/{id}`, its token as `?token=` or `Bearer`.

    202  {"status": "success", "message": "Event accepted for processing", "deduplication_key"}
    401, 408, 413, 422, 503  {"type", "status", "errors": [{"code", "message", "source": {"field"}}]}

The token is that of a source `like: incidentio`; the id in the address may stay. Field study E8.
"""

from typing import Final
from uuid import uuid4

from aiohttp import web

from bot.lifecycle import Unavailable
from bot.phrase import Phrase
from handlers.body import Answer, read_body
from handlers.doors.entrance import LARGEST, RETRY_AFTER, Entrance, json_object
from handlers.intake import NotTaken
from handlers.keys import token_in
from handlers.sources import given, incidentio
from handlers.sources.fields import text

TYPES: Final = {401: "authentication_error", 422: "validation_error"}


class IncidentIo:
    def __init__(self, entrance: Entrance) -> None:
        self.entrance = entrance

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v2/alert_events/http/{id:[^/]+}", self.post)]

    async def post(self, request: web.Request) -> web.Response:
        source = self.entrance.source_of((incidentio.SOURCE,), token_in(request))
        answer = await self._post(request, source)
        return self.entrance.counted(source or incidentio.SOURCE, answer)

    async def _post(self, request: web.Request, source: str | None) -> web.Response:
        if source is None:
            return self._refused(401, "$", self.entrance.tell(Phrase("This is no token of this desk.")))
        try:
            body = await read_body(request, LARGEST)
            key = text(json_object(body), "deduplication_key") or uuid4().hex
            result = await self.entrance.take(source, request, body, {given.ALIAS: key})
        except Answer as said:
            return self._refused(said.status, "$", self.entrance.tell(said.error))
        except Unavailable:
            said_so = Phrase("The desk's database does not answer; send it again in a moment.")
            return self._refused(503, "$", self.entrance.tell(said_so))
        if isinstance(result, NotTaken) and not result.our_fault:
            return self._refused(422, result.path, self.entrance.tell(result.phrase))
        content = {"status": "success", "message": "Event accepted for processing", "deduplication_key": key}
        return web.json_response(content, status=202)

    def _refused(self, status: int, path: str, message: str) -> web.Response:
        kind = TYPES.get(status, "api_error")
        error = {"code": "invalid_value", "message": message, "source": {"field": path.removeprefix("$.")}}
        content = {"type": kind, "status": status, "errors": [error]}
        headers = RETRY_AFTER if status == 503 else None
        return web.json_response(content, status=status, headers=headers)
