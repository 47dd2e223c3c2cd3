"""A proxy before PostgreSQL that sees each statement go by and can call for a kill at exactly one of them.

The desk itself knows nothing of it: what is killed is what runs in production.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, urlsplit

When = Literal["before", "after"]
SSL_REQUEST = 80877103


@dataclass(slots=True)
class Point:
    """Where to kill: `statement` is a fragment of its SQL; `nth` of those seen since arming, from 1.

    "before": the statement never reaches the server. "after": the server carried it out, the client never learns.
    """

    statement: str
    when: When = "before"
    nth: int = 1


@dataclass(slots=True)
class Link:
    """One client connection: which prepared statement is which SQL, and whether a kill waits for its answer."""

    names: dict[bytes, str] = field(default_factory=dict)
    dying: bool = False


class PostgresProxy:
    """`async with PostgresProxy.before(url) as proxy: proxy.url`; `proxy.arm(Point(…), kill)`."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.url = ""
        self.point: Point | None = None
        self.kill: Callable[[], None] = lambda: None
        self.seen = 0
        self.hit = asyncio.Event()
        self.cut_off = False
        self.writers: set[asyncio.StreamWriter] = set()

    @classmethod
    @asynccontextmanager
    async def before(cls, target: str) -> AsyncIterator["PostgresProxy"]:
        proxy = cls(target)
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        parts = urlsplit(target)
        user = parts.username or parse_qs(parts.query).get("user", ["postgres"])[0]
        proxy.url = f"postgresql://{user}@127.0.0.1:{port}{parts.path}?sslmode=disable"
        try:
            yield proxy
        finally:
            server.close()
            proxy.drop_all()

    def arm(self, point: Point, kill: Callable[[], None]) -> None:
        self.point, self.kill, self.seen = point, kill, 0
        self.hit.clear()

    def disarm(self) -> None:
        self.point = None

    def cable(self, *, pulled: bool) -> None:
        """Pulled: every connection breaks and new ones are refused, as when the database is away."""
        self.cut_off = pulled
        if pulled:
            self.drop_all()

    def drop_all(self) -> None:
        for writer in list(self.writers):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut_off:
            writer.transport.abort()
            return
        try:
            back_reader, back_writer = await self.connect()
        except OSError:  # the server is down: so is what stands before it
            writer.transport.abort()
            return
        self.writers |= {writer, back_writer}
        link = Link()
        pumps = [
            asyncio.create_task(self.from_client(reader, back_writer, link)),
            asyncio.create_task(self.from_server(back_reader, writer, link)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        for each in (writer, back_writer):
            each.transport.abort()
            self.writers.discard(each)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.target)
        host = parse_qs(parts.query).get("host", [parts.hostname or "127.0.0.1"])[0]
        port = int(parse_qs(parts.query).get("port", [str(parts.port or 5432)])[0])
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def from_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:  # the start-up packets carry no type byte
                length, code = struct.unpack("!ii", await reader.readexactly(8))
                writer.write(struct.pack("!ii", length, code) + await reader.readexactly(length - 8))
                if code != SSL_REQUEST:
                    break
            while True:
                kind = await reader.readexactly(1)
                size = await reader.readexactly(4)
                body = await reader.readexactly(struct.unpack("!i", size)[0] - 4)
                statement = carried_out(kind, body, link)
                if statement is not None and self.reached(statement):
                    if self.point is not None and self.point.when == "before":
                        self.strike()
                        return
                    link.dying = True
                writer.write(kind + size + body)
                await writer.drain()

    async def from_server(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind = await reader.readexactly(1)
                size = await reader.readexactly(4)
                body = await reader.readexactly(struct.unpack("!i", size)[0] - 4)
                if kind == b"Z" and link.dying:  # ReadyForQuery: it was carried out
                    self.strike()
                    return
                writer.write(kind + size + body)
                await writer.drain()

    def reached(self, statement: str) -> bool:
        if self.point is None or self.point.statement not in statement:
            return False
        self.seen += 1
        return self.seen == self.point.nth

    def strike(self) -> None:
        self.point = None
        self.kill()
        self.hit.set()


def carried_out(kind: bytes, body: bytes, link: Link) -> str | None:
    """The SQL that this message has the server carry out; None for the others. Parse is only remembered."""
    if kind == b"Q":
        return body.rstrip(b"\0").decode(errors="replace")
    if kind == b"P":
        name, sql, _ = body.split(b"\0", 2)
        link.names[name] = sql.decode(errors="replace")
    elif kind == b"B":
        _, name, _ = body.split(b"\0", 2)
        return link.names.get(name)
    return None
