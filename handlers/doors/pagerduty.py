"""PagerDuty's Events API v2 and v1: `/v2/enqueue`, `/v2/change/enqueue`, `/generic/2010-04-15/create_event.json`.

    202  {"status": "success", "message": "Event processed", "dedup_key"}      v1: 200, and `incident_key`
    400  {"status": "invalid event", "message", "errors": ["…"]}    not an event, or a key that is none of ours
    413, 408, 503 with Retry-After: as everywhere; clients send again after 5xx

The routing key is the token of a source `like: pagerduty` (or of `pagerduty` itself, else ECOTRAJET_WEBHOOK_TOKEN).
Only 202 is a success for go-pagerduty. Acknowledging or resolving what is not open is 202 as well. Field study E5.
"""

from typing import Final
from uuid import uuid4

from aiohttp import web

from bot.alert import Alert
from bot.lifecycle import Unavailable
from bot.lifecycle.doors import Doors
from bot.phrase import Phrase
from handlers.body import Answer, read_body
from handlers.doors.entrance import LARGEST, RETRY_AFTER, Entrance, json_object, without_key
from handlers.intake import NotTaken, Taken
from handlers.sources import given, pagerduty
from handlers.sources.fields import text

INVALID: Final = "invalid event"
PROCESSED: Final = "Event processed"


class PagerDuty:
    def __init__(self, entrance: Entrance, doors: Doors) -> None:
        self.entrance, self.doors = entrance, doors

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v2/enqueue", self.event),
            web.post("/v2/change/enqueue", self.change),
            web.post("/generic/2010-04-15/create_event.json", self.old_event),
        ]

    async def event(self, request: web.Request) -> web.Response:
        return await self._post(request, "routing_key", "dedup_key", 202)

    async def old_event(self, request: web.Request) -> web.Response:
        return await self._post(request, "service_key", "incident_key", 200)

    async def change(self, request: web.Request) -> web.Response:
        return await self._post(request, "routing_key", "", 202)

    async def _post(self, request: web.Request, key_name: str, alias_name: str, good: int) -> web.Response:
        """`alias_name` '': a change, which has none."""
        try:
            source, body, content = await self._read(request, key_name)
            alias = text(content, alias_name) or uuid4().hex if alias_name else ""
            where = {given.ALIAS: alias} if alias_name else {given.ACTION: pagerduty.CHANGE}
            result = await self.entrance.take(source, request, body, where)
            if not alias_name and isinstance(result, Taken):
                await self._changed(result.received[0].alert)
        except Answer as said:
            return self.entrance.counted(pagerduty.SOURCE, self._invalid(said.status, self.entrance.tell(said.error)))
        except Unavailable:
            return self.entrance.counted(pagerduty.SOURCE, self._away())
        if isinstance(result, NotTaken) and not result.our_fault:
            return self.entrance.counted(source, self._invalid(400, self.entrance.why(result)))
        said_back = {alias_name: alias} if alias_name else {}
        message = PROCESSED if alias_name else "Change event processed"
        answer = web.json_response({"status": "success", "message": message, **said_back}, status=good)
        return self.entrance.counted(source, answer)

    async def _read(self, request: web.Request, key_name: str) -> tuple[str, bytes, dict[str, object]]:
        """(source, body without its key, content). Raises Answer."""
        body = await read_body(request, LARGEST)
        content = json_object(body)
        if content is None:
            raise Answer(400, Phrase("The body is no JSON object."))
        key = text(content, key_name)
        if not key:
            raise Answer(400, Phrase("“{name}” is missing or blank.", {"name": key_name}))
        source = self.entrance.source_of((pagerduty.SOURCE,), key)
        if source is None:
            raise Answer(400, Phrase("“{name}” is no key of this desk.", {"name": key_name}))
        return source, without_key(body, content, key_name, key), content

    async def _changed(self, alert: Alert) -> None:
        await self.doors.changed(alert, alert.labels.get("source", ""))

    def _invalid(self, status: int, error: str) -> web.Response:
        content = {"status": INVALID, "message": "Event object is invalid", "errors": [error]}
        answer = web.json_response(content, status=status)
        if status in (408, 413):
            answer.force_close()  # the rest of the body is not waited for
        return answer

    def _away(self) -> web.Response:
        said = self.entrance.tell(Phrase("The desk's database does not answer; send it again in a moment."))
        content = {"status": "error", "message": said, "errors": [said]}
        return web.json_response(content, status=503, headers=RETRY_AFTER)
