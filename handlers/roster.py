"""`GET /api/v1/on-call`: who is to be told first in the days to come, for `ecotrajet watch` on another host.

    200  {"as_of", "language", "time_zone", "people": [{"id", "name", "slack", "phone", "email", "language"}],
          "turns": [{"people": [ids], "starts_at", "ends_at"}]}       instants in UTC, ISO 8601
    401  no or a wrong token        404  no ECOTRAJET_WATCH_TOKEN is set: nobody may ask
    503  with Retry-After: the database is away

The token is ECOTRAJET_WATCH_TOKEN, as `Authorization: Bearer …` and in no other way: addresses are logged on their way.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog
from aiohttp import web

from bot.lifecycle import Unavailable
from bot.roster import Roster
from bot.secret import Secret
from handlers.keys import same

log = structlog.get_logger(__name__)

PATH: Final = "/api/v1/on-call"
RETRY_AFTER: Final = "5"  # seconds


def routes(ask: Callable[[], Awaitable[Roster]], token: Secret | None) -> list[web.RouteDef]:
    """`ask` raises Unavailable when the database is away."""

    async def get(request: web.Request) -> web.Response:
        if token is None:
            return web.json_response({"status": "unknown"}, status=404)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not same(token, given.strip()):
            log.warning("a wrong token asked who is on call")
            headers = {"WWW-Authenticate": 'Bearer realm="ecotrajet"'}
            return web.json_response({"status": "unauthorized"}, status=401, headers=headers)
        try:
            roster = await ask()
        except (Unavailable, OSError):
            return web.json_response({"status": "unavailable"}, status=503, headers={"Retry-After": RETRY_AFTER})
        return web.Response(
            body=msgspec.json.encode(roster), content_type="application/json", headers={"Cache-Control": "no-store"}
        )

    return [web.get(PATH, get)]
