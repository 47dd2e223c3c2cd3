"""The drop-in doors over a real socket, with the real lifecycle and a real PostgreSQL behind them."""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.config import load_desk
from bot.lifecycle import Lifecycle
from bot.lifecycle.doors import Doors
from bot.secret import Secret
from bot.store.database import Database
from handlers import doors
from handlers.refused import Refused
from handlers.webhooks import Webhooks
from tests.handlers.door import ROOT

DESK_KEY: Final = "the-key-of-the-whole-desk"
KEY: Final = "k" * 32
OTHER_KEY: Final = "o" * 32
SOURCES: Final = {
    "pagerduty": {"token": KEY, "environment": "prod"},
    "billing": {"like": "pagerduty", "token": OTHER_KEY, "environment": "staging", "service": "ecotrajet"},
    "opsgenie": {"token": [KEY, OTHER_KEY]},
    "oncall": {"token": KEY},
    "closed": {"like": "pagerduty", "token": "c" * 32, "enabled": False},
}


@dataclass(slots=True)
class DropIn:
    """The doors as a sender sees them, and the rows behind them."""

    url: str
    http: aiohttp.ClientSession
    database_url: str
    folder: Path
    beats: list[str] = field(default_factory=list)

    async def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any, Mapping[str, str]]:  # fmt: skip
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        async with self.http.request(method, f"{self.url}{path}", data=data, headers=headers) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json"
            return answer.status, json.loads(text) if text and is_json else text or None, answer.headers

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
            return rows
        finally:
            await connection.close()

    async def value(self, query: str, *arguments: object) -> Any:
        return (await self.rows(query, *arguments))[0][0]


@asynccontextmanager
async def opened(
    database_url: str, folder: Path, reached_by: str | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[DropIn]:  # fmt: skip
    """`reached_by`: another way to the same database, which a test may cut."""
    configuration = yaml.safe_load((ROOT / "ecotrajet.example.yaml").read_text("utf-8"))
    (folder / "ecotrajet.yaml").write_text(yaml.safe_dump({**configuration, "sources": SOURCES}), "utf-8")
    desk = load_desk(folder / "ecotrajet.yaml")
    async with Database.open(reached_by or database_url) as db, aiohttp.ClientSession() as http:
        lifecycle = Lifecycle(db, desk)
        webhooks = Webhooks(lifecycle, Secret(DESK_KEY), Refused(folder / "refused"), entries=desk.sources)
        beats: list[str] = []

        async def ping(name: str) -> bool:
            beats.append(name)
            return name == "backup"

        app = web.Application()
        app.add_routes([*webhooks.routes(), *doors.routes(webhooks, lifecycle, Doors(db, desk), ping)])
        server = TestServer(app, scheme="https" if tls else "http")
        await server.start_server(ssl=tls)
        try:
            yield DropIn(str(server.make_url("")).rstrip("/"), http, database_url, folder / "refused", beats)
        finally:
            await server.close()
