"""Deliveries: what people do reaches the bot, and must be acknowledged within three seconds."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp

from bot.sandbox.people import Person
from bot.sandbox.record import PATIENCE, Json
from bot.sandbox.slack.message import Message, ShownMessage
from bot.sandbox.slack.signed_http import HttpRefused, SignedHttp
from bot.sandbox.slack.socket_mode import Sockets
from bot.sandbox.slack.workspace import Workspace

ACK_LIMIT = 3.0


@dataclass(slots=True, eq=False)
class Delivery:
    """One thing sent to the bot.

    `status` is ok, operation_timeout, dispatch_failed, http_NNN, invalid_command or posted (words of which the bot
    is not told); `ack_ms` is None when no ack came; `payload` what was sent and `ack` what the ack carried.
    """

    kind: str
    payload: Json
    person: Person
    channel: str
    workspace: Workspace = field(repr=False)
    id: str = field(default_factory=lambda: str(uuid4()))
    status: str = ""
    ack_ms: float | None = None
    ack: Json = field(default_factory=dict)
    attempts: int = 0
    answers: list[Message] = field(default_factory=list, repr=False)

    @property
    def ok(self) -> bool:
        """It was acknowledged in time."""
        return self.status == "ok"

    @property
    def ephemeral(self) -> str:
        """All that was answered so far to this person only, by ack or response URL."""
        return "\n".join(self.workspace.shown(one).text for one in self.answers if one.ephemeral_to)

    async def answered(self, containing: str = "", within: float = PATIENCE) -> ShownMessage:
        """Wait for an answer by ack or response URL that contains this."""

        def look() -> ShownMessage | None:
            shown = (self.workspace.shown(one) for one in reversed(self.answers))
            return next((one for one in shown if containing in one.text), None)

        return await self.workspace.record.changes.until(
            look, within, lambda: f"no answer containing {containing!r}; answered: {self.ephemeral or 'nothing'}"
        )


Trouble = Callable[[Delivery], None]


class Courier:
    """Carries deliveries over Socket Mode or signed HTTP and judges the ack. `ack_limit` is in seconds."""

    def __init__(self, workspace: Workspace, sockets: Sockets, http: SignedHttp, ack_limit: float) -> None:
        self.workspace = workspace
        self.sockets = sockets
        self.http = http
        self.ack_limit = ack_limit
        self.public_url: str | None = None
        self.all: list[Delivery] = []

    async def carry(self, delivery: Delivery) -> Delivery:
        """Send it (again) and wait for the ack; sets status, ack_ms and ack."""
        if delivery not in self.all:
            self.all.append(delivery)
        retry, delivery.attempts = delivery.attempts, delivery.attempts + 1
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self.ack_limit):
                delivery.ack = await self._send(delivery, retry)
        except TimeoutError:
            delivery.status = "operation_timeout"
        except (ConnectionError, aiohttp.ClientError):
            delivery.status = "dispatch_failed"
        except HttpRefused as refused:
            delivery.status = str(refused)
        else:
            delivery.status, delivery.ack_ms = "ok", (time.perf_counter() - started) * 1000
        if not delivery.ok:
            self.workspace.record.add("socket", "missed", {"id": delivery.id, "status": delivery.status})
        return delivery

    async def _send(self, delivery: Delivery, retry: int) -> Json:
        if self.public_url is not None:
            return await self.http.send(self.public_url, delivery.kind, delivery.payload, retry)
        envelope: Json = {
            "envelope_id": delivery.id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        return await self.sockets.send(envelope)
