"""Socket Mode: connections of the bot, envelopes out, acknowledgements in.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

import asyncio
import json
import secrets
from itertools import count

from aiohttp import WSMsgType, web

from bot.sandbox.people import APP_ID
from bot.sandbox.record import Json, Record

MOST_CONNECTIONS = 10


class Sockets:
    """The open connections; any one of them gets an envelope, in turn."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.url = ""
        self.open: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turn = count()

    def routes(self) -> list[web.RouteDef]:
        """The address that apps.connections.open gives out."""
        return [web.get("/link/", self.connection)]

    def new_address(self) -> str:
        """A fresh ws:// address with its ticket."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return f"{self.url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"

    async def connection(self, request: web.Request) -> web.WebSocketResponse:
        """One connection from hello to its end."""
        if request.query.get("ticket") not in self._tickets or len(self.open) >= MOST_CONNECTIONS:
            raise web.HTTPForbidden(text="invalid ticket or too_many_websockets")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.open.append(socket)
        await socket.send_json(self._hello())
        self.record.changes.tell()
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acknowledged(json.loads(message.data))
        finally:
            self.open.remove(socket)
            self.record.changes.tell()
        return socket

    def _hello(self) -> Json:
        info = {"app_id": APP_ID}
        debug = {"host": "sandbox", "approximate_connection_time": 18060}
        return {"type": "hello", "connection_info": info, "num_connections": len(self.open), "debug_info": debug}

    def _acknowledged(self, ack: Json) -> None:
        envelope_id = str(ack.get("envelope_id", ""))
        self.record.add("socket", "ack", ack)
        waiting = self._waiting.get(envelope_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(ack.get("payload") or {})

    async def send(self, envelope: Json) -> Json:
        """Send an envelope over the next connection; the payload of its ack. ConnectionError when there is none."""
        alive = [socket for socket in self.open if not socket.closed]
        if not alive:
            raise ConnectionError("the bot has no open socket")
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = future
        try:
            await alive[next(self._turn) % len(alive)].send_json(envelope)
            return await future
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to reconnect, as Slack does every few hours, and close it."""
        for socket in list(self.open):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            await socket.close()

    async def close(self) -> None:
        """Close every connection."""
        for socket in list(self.open):
            await socket.close()
