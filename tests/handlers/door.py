"""The webhook door over a real socket, with an intake behind it that writes down what it is asked."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.alert import Alert
from bot.classification import DEFAULT_RULES, classify
from bot.incident import Incident, Priority, Status
from bot.lifecycle import Letter, Received, Unavailable
from bot.metrics import Metrics
from bot.phrase import Phrase
from bot.secret import Secret
from bot.source import SourceEntry
from bot.target import Environment
from handlers.refused import Refused
from handlers.subscriptions import Subscriptions
from handlers.webhooks import Webhooks

ROOT: Final = Path(__file__).parent.parent.parent
TOKEN: Final = "a-token-of-the-tests-é"
NOW: Final = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
PRODUCTION: Final = {"prod": Environment("prod", "Production", protected=True)}
AUTHORIZED: Final = {"Authorization": f"Bearer {TOKEN}"}
ALERT: Final = {"title": "Database connection lost", "environment": "prod", "severity": "critical", "dedup_key": "db"}
MEBIBYTE: Final = 1024 * 1024


@dataclass(slots=True)
class Notebook:
    """An intake that writes down what it is asked, and can be away or broken."""

    bodies: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    received: list[Alert] = field(default_factory=list)
    not_read: list[tuple[int, str, Phrase]] = field(default_factory=list)
    unread: list[tuple[int, str, Mapping[str, str], bytes]] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    broken: bool = False

    async def keep_body(self, source: str, headers: Mapping[str, str], body: bytes) -> int:
        self.reach("keep_body")
        self.bodies.append((source, headers, body))
        return len(self.bodies)

    async def take(self, letter: Letter) -> list[Received]:
        self.reach("take")
        if self.broken:
            raise RuntimeError("a mistake of ours")
        if letter.kept is None:
            self.bodies.append((letter.source, letter.headers, letter.body))
        self.received += letter.alerts
        return [self.answer(alert) for alert in letter.alerts]

    async def not_understood(self, body_id: int, source: str, why: Phrase) -> None:
        self.reach("not_understood")
        self.not_read.append((body_id, source, why))

    async def unread_bodies(self, older_than: timedelta) -> Sequence[tuple[int, str, Mapping[str, str], bytes]]:
        found, self.unread = self.unread, []
        return found

    def reach(self, what: str) -> None:
        if what in self.away:
            raise Unavailable("ConnectionRefusedError")

    def answer(self, alert: Alert) -> Received:
        judged = classify(alert, DEFAULT_RULES, PRODUCTION, {}, NOW)
        why = Phrase("Because")
        incident = Incident(42, Status.TRIGGERED, Priority.P1, alert.title, "prod", "", judged.rule, why, NOW, NOW)
        return Received(alert, incident, "opened", judged)


@dataclass(slots=True)
class Door:
    """The door as a sender sees it."""

    url: str
    http: aiohttp.ClientSession
    intake: Notebook
    webhooks: Webhooks
    folder: Path
    metrics: Metrics

    async def post(
        self, source: str = "generic", body: object = ALERT, headers: Mapping[str, str] = AUTHORIZED, query: str = ""
    ) -> tuple[int, Any]:
        status, _, answer = await self.post_all(source, body, headers, query)
        return status, answer

    async def post_all(
        self, source: str, body: object, headers: Mapping[str, str] = AUTHORIZED, query: str = ""
    ) -> tuple[int, Mapping[str, str], Any]:
        plain = body if isinstance(body, bytes) or hasattr(body, "__aiter__") else json.dumps(body).encode()
        data = BytesIO(plain) if isinstance(plain, bytes) else plain
        async with self.http.post(f"{self.url}/webhooks/{source}{query}", data=data, headers=headers) as answer:
            text = await answer.text()
            return answer.status, answer.headers, json.loads(text) if text.startswith("{") else text

    def on_disk(self) -> list[Path]:
        return sorted(self.folder.iterdir()) if self.folder.exists() else []


async def opened(
    folder: Path,
    token: Secret | None = None,
    entries: Mapping[str, SourceEntry] = MappingProxyType({}),
    subscriptions: Subscriptions | None = None,
) -> AsyncIterator[Door]:
    intake, metrics = Notebook(), Metrics()
    webhooks = Webhooks(intake, token, Refused(folder), metrics=metrics, entries=entries, subscriptions=subscriptions)
    app = web.Application()
    app.add_routes(webhooks.routes())
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        yield Door(str(server.make_url("")).rstrip("/"), http, intake, webhooks, folder, metrics)
