"""`GET|POST /heartbeats/{name}`: signs of life of cron jobs, backups, other tools.

    /heartbeats/{name}          well, or ended well        /heartbeats/{name}/start   begins
    /heartbeats/{name}/fail     failed                     /heartbeats/{name}/{code}  a program's exit code, 0 to 255

    200  {"status": "ok", "heartbeat", "signal", "incident"}   written down, and what follows from it done
    400  no such signal        401  no or a wrong token        404  no such heartbeat
    503  with Retry-After: the database is away

The token is that of the webhooks: `Authorization: Bearer …` or `?token=…`. What a POST brings along (a program's
output, its end) is shown when it failed.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from bot.heartbeat import SOURCE, Signal, signal_of
from bot.incident import Incident
from bot.lifecycle import Unavailable
from bot.lifecycle.heartbeats import Heartbeats
from bot.phrase import Phrase
from bot.secret import Secret
from handlers.keys import Keys, token_in
from handlers.sources.body import clean

log = structlog.get_logger(__name__)

RETRY_AFTER: Final = "5"  # seconds
MOST_READ: Final = 100_000  # bytes of output; the rest is not waited for
MOST_SHOWN: Final = 3000  # characters: the end tells most
Handler = Callable[[web.Request], Awaitable[web.Response]]


def routes(beats: Heartbeats, token: Secret | None) -> list[web.RouteDef]:
    keys = Keys(token)

    async def ping(request: web.Request) -> web.Response:
        name, word = request.match_info["name"], request.match_info.get("signal", "")
        signal = signal_of(word)
        if not keys.fits(SOURCE, token_in(request)):
            said = Phrase("Send the desk's token as “Authorization: Bearer …” or as “?token=…”.")
            return refusal(beats, 401, said, {"WWW-Authenticate": 'Bearer realm="ecotrajet"'})
        if name not in beats.desk.heartbeats:
            known = ", ".join(sorted(beats.desk.heartbeats)) or "—"
            return refusal(beats, 404, Phrase("There is no such heartbeat; there are: {known}.", {"known": known}))
        if signal is None:
            said = Phrase("“{word}” is no signal: start, fail, an exit code from 0 to 255, or nothing.", {"word": word})
            return refusal(beats, 400, said)
        try:
            return answer(name, signal, await beats.ping(name, signal, await output(request)))
        except (Unavailable, OSError):
            log.warning("a sign of life was not written down: the database is away", name=name)
            said = Phrase("The desk's database does not answer; send it again in a moment.")
            return refusal(beats, 503, said, {"Retry-After": RETRY_AFTER})

    path = "/heartbeats/{name}"
    return [
        web.get(path, ping), web.post(path, ping), web.get(f"{path}/{{signal}}", ping),
        web.post(f"{path}/{{signal}}", ping),
    ]  # fmt: skip


async def output(request: web.Request) -> str:
    """The end of what the program printed; nothing when it does not come."""
    if request.method != "POST" or not request.can_read_body:
        return ""
    try:
        body = await request.content.read(MOST_READ)
    except (web.RequestPayloadError, ConnectionError):
        return ""
    return clean(body.decode("utf-8", "replace")).strip()[-MOST_SHOWN:]


def answer(name: str, signal: Signal, incident: Incident | None) -> web.Response:
    number = incident.number if incident else None
    return web.json_response({"status": "ok", "heartbeat": name, "signal": signal.value, "incident": number})


def refusal(beats: Heartbeats, status: int, said: Phrase, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"status": "refused", "error": beats.tell(said)}, status=status, headers=headers)
