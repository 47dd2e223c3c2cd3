"""Grafana OnCall's addresses: `POST /integrations/v1/{type}/{token}/`, and `…/heartbeat/` for signs of life.

    200  "Ok."        401  no token of this desk        400, 408, 413  {"detail"}        503 with Retry-After

`type` tells the format: Alertmanager's, Grafana's, SNS's…; `webhook`, `formatted_webhook` and types that nobody knows
are read by `handlers.sources.oncall`. The token is that of a source `like: oncall`, or of the format itself.
The slash at the end may be left out. A heartbeat is the one named like the source. Field study E7.
"""

from typing import Final

from aiohttp import web

from bot.lifecycle import Unavailable
from bot.phrase import Phrase
from handlers.body import Answer, read_body
from handlers.doors.entrance import RETRY_AFTER, Entrance, Ping
from handlers.intake import NotTaken
from handlers.sources import cloudwatch, oncall, sns
from handlers.sources.body import NotUnderstood
from handlers.subscriptions import Subscriptions

FORMATS: Final = {  # OnCall's names that are not ours
    "alertmanager_v2": "alertmanager", "legacy_alertmanager": "alertmanager", "alertmanagerV2": "alertmanager",
    "grafana_alerting": "grafana", "legacy_grafana_alerting": "grafana", "amazon_sns": cloudwatch.SOURCE,
    "stackdriver": "gcp_monitoring", "sentry_platform": "sentry", "slack_channel": "slack",
}  # fmt: skip


class OnCall:
    def __init__(self, entrance: Entrance, subscriptions: Subscriptions, ping: Ping) -> None:
        self.entrance, self.subscriptions, self.ping = entrance, subscriptions, ping

    def routes(self) -> list[web.RouteDef]:
        path = "/integrations/v1/{type:[^/]+}/{token:[^/]+}"
        beat = f"{path}/heartbeat"
        return [
            *(web.post(each, self.post) for each in (path, f"{path}/")),
            *(web.post(each, self.heartbeat) for each in (beat, f"{beat}/")),
            *(web.get(each, self.heartbeat) for each in (beat, f"{beat}/")),
        ]

    async def post(self, request: web.Request) -> web.Response:
        source = self._source(request)
        answer = self._unknown() if source is None else await self._post(request, source)
        return self.entrance.counted(source or oncall.SOURCE, answer)

    async def _post(self, request: web.Request, source: str) -> web.Response:
        try:
            body = await read_body(request, self.entrance.reception.sources[source].limit)
            result = await self.entrance.take(source, request, body, {})
            await self._confirm(request, source, body)
        except Answer as said:
            return web.json_response({"detail": self.entrance.tell(said.error)}, status=said.status)
        except Unavailable:
            return self._away()
        if isinstance(result, NotTaken) and not result.our_fault:
            return web.json_response({"detail": self.entrance.why(result)}, status=400)
        return web.json_response("Ok.")

    async def heartbeat(self, request: web.Request) -> web.Response:
        source = self._source(request)
        if source is None:
            return self._unknown()
        try:
            await self.ping(source)
        except Unavailable:
            return self._away()
        return web.json_response(":)") if request.method == "GET" else web.Response()

    def _source(self, request: web.Request) -> str | None:
        """The source of the format if it is one of ours, else `oncall`; None: the token is nobody's."""
        kind, entries = request.match_info["type"], self.entrance.reception.entries
        format_ = FORMATS.get(kind, kind)
        format_ = format_ if format_ in self.entrance.reception.sources else oncall.SOURCE
        name = self.entrance.source_of((format_, oncall.SOURCE), request.match_info["token"])
        if name is None:
            return None
        like = entries[name].like if name in entries else name
        return name if like == format_ else format_

    async def _confirm(self, request: web.Request, source: str, body: bytes) -> None:
        """SNS begins with a handshake here too; only for the topics that the configuration lists. Raises Answer."""
        entry = self.entrance.reception.entries.get(source)
        if entry is None or entry.like != cloudwatch.SOURCE or not entry.topics:
            return
        try:
            envelope = sns.envelope(body, request.headers)
        except NotUnderstood:
            return
        if envelope is not None and envelope.kind == sns.SUBSCRIBE:
            await self.subscriptions.check(entry, envelope)
            await self.subscriptions.confirm(entry, envelope)

    def _unknown(self) -> web.Response:
        said = self.entrance.tell(Phrase("This is no token of this desk."))
        return web.json_response({"detail": said}, status=401, headers={"WWW-Authenticate": 'Bearer realm="ecotrajet"'})

    def _away(self) -> web.Response:
        said = self.entrance.tell(Phrase("The desk's database does not answer; send it again in a moment."))
        return web.json_response({"detail": said}, status=503, headers=RETRY_AFTER)
