"""A proxy before PostgreSQL that sees each statement go by and can call for a kill at exactly one of them.

The desk itself knows nothing of it: what is killed is what runs in production.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import parse_qs, urlsplit

When = Literal["before", "after"]
SSL_REQUEST = 80877103
QUERY, PARSE, BIND = b"QPB"
READY = b"Z\0\0\0\5"  # and a byte for the state of the transaction
READY_SIZE = len(READY) + 1
TELLING = (QUERY, PARSE, BIND)


@dataclass(slots=True)
class Point:
    """Where to kill: `statement` is a fragment of its SQL; `nth` of those seen since arming, from 1.

    "before": the statement never reaches the server. "after": the server carried it out, the client never learns.
    """

    statement: str
    when: When = "before"
    nth: int = 1


class Link:
    """One client's connection and ours to the server. Whole messages are passed on, many in one go.

    `names`: which prepared statement is which SQL; `dying`: a kill waits for the server's answer.
    """

    def __init__(self, proxy: "PostgresProxy") -> None:
        self.proxy = proxy
        self.client, self.server = End(self, self.from_client), End(self, self.from_server)
        self.names: dict[bytes, str] = {}
        self.dying = False
        self.greeted = False
        self.connecting: asyncio.Task[None] | None = None

    def opened(self) -> None:
        """A client is there."""
        self.proxy.links.add(self)
        if self.proxy.cut_off:
            self.drop()
            return
        self.connecting = asyncio.create_task(self.connect())

    async def connect(self) -> None:
        try:
            await self.proxy.connect(self.server)
        except OSError:  # the server is down: so is what stands before it
            self.drop()
            return
        if self.client.is_open:
            self.client.data_received(b"")  # what came meanwhile
        else:
            self.drop()

    def from_client(self, buffer: bytearray) -> int:
        done = 0
        while not self.greeted:  # the start-up packets carry no type byte
            if len(buffer) < done + 8:
                return self.passed_on(self.server, buffer, done)
            length, code = struct.unpack_from("!ii", buffer, done)
            if len(buffer) < done + length:
                return self.passed_on(self.server, buffer, done)
            done += length
            self.greeted = code != SSL_REQUEST
        for kind, start, end in messages(buffer, done):
            statement = carried_out(kind, buffer, start, end, self.names) if kind in TELLING else None
            if statement is not None and self.proxy.reached(statement):
                if self.proxy.point is not None and self.proxy.point.when == "before":
                    return self.struck(self.server, buffer, done)
                self.dying = True
            done = end
        return self.passed_on(self.server, buffer, done)

    def from_server(self, buffer: bytearray) -> int:
        """Held back only while a kill waits for ReadyForQuery, which ends what the server has to say."""
        if not self.dying:
            return self.passed_on(self.client, buffer, len(buffer))
        if buffer[-READY_SIZE:-1] == READY:  # it was carried out
            return self.struck(self.client, buffer, len(buffer) - READY_SIZE)
        return 0

    def passed_on(self, other: "End", buffer: bytearray, size: int) -> int:
        if size:
            other.transport.write(bytes(buffer[:size]))
        return size

    def struck(self, other: "End", buffer: bytearray, size: int) -> int:
        """What came before goes on its way, and nothing after it."""
        self.passed_on(other, buffer, size)
        self.proxy.strike()
        self.drop()
        return size

    def other(self, end: "End") -> "End":
        return self.server if end is self.client else self.client

    def drop(self) -> None:
        """Both ends break at once."""
        if self.connecting is not None and self.connecting is not asyncio.current_task():
            self.connecting.cancel()
        for each in (self.client, self.server):
            if each.is_open:
                each.transport.abort()


class End(asyncio.Protocol):
    """One of the two sockets; `passes_on` takes what has come and says how much of it is dealt with."""

    transport: asyncio.Transport

    def __init__(self, link: Link, passes_on: Callable[[bytearray], int]) -> None:
        self.link, self.passes_on = link, passes_on
        self.buffer = bytearray()
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.is_open = cast("asyncio.Transport", transport), True
        if self is self.link.client:
            self.link.opened()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.link.other(self).is_open:
            del self.buffer[: self.passes_on(self.buffer)]

    def pause_writing(self) -> None:
        if (other := self.link.other(self)).is_open:
            other.transport.pause_reading()

    def resume_writing(self) -> None:
        if (other := self.link.other(self)).is_open:
            other.transport.resume_reading()

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_open = False
        other = self.link.other(self)
        if other.is_open:
            other.transport.close()
        else:
            self.link.proxy.links.discard(self.link)


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
        self.links: set[Link] = set()

    @classmethod
    @asynccontextmanager
    async def before(cls, target: str) -> AsyncIterator["PostgresProxy"]:
        proxy = cls(target)
        server = await asyncio.get_running_loop().create_server(lambda: Link(proxy).client, "127.0.0.1", 0)
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
        for link in list(self.links):
            link.drop()

    async def connect(self, end: End) -> None:
        """Raises OSError while the server is down."""
        parts = urlsplit(self.target)
        host = parse_qs(parts.query).get("host", [parts.hostname or "127.0.0.1"])[0]
        port = int(parse_qs(parts.query).get("port", [str(parts.port or 5432)])[0])
        loop = asyncio.get_running_loop()
        if host.startswith("/"):
            await loop.create_unix_connection(lambda: end, f"{host}/.s.PGSQL.{port}")
        else:
            await loop.create_connection(lambda: end, host, port)

    def reached(self, statement: str) -> bool:
        if self.point is None or self.point.statement not in statement:
            return False
        self.seen += 1
        return self.seen == self.point.nth

    def strike(self) -> None:
        self.point = None
        self.kill()
        self.hit.set()


def messages(buffer: bytearray, place: int) -> Iterator[tuple[int, int, int]]:
    """(kind, where its body begins, where it ends) of each whole message from `place` on."""
    while len(buffer) >= place + 5:
        end = place + 1 + int.from_bytes(buffer[place + 1 : place + 5], "big")
        if len(buffer) < end:
            return
        yield buffer[place], place + 5, end
        place = end


def carried_out(kind: int, buffer: bytearray, start: int, end: int, names: dict[bytes, str]) -> str | None:
    """The SQL that this message has the server carry out; None for the others. Parse is only remembered."""
    if kind == QUERY:
        return buffer[start : end - 1].decode(errors="replace")
    first = buffer.index(0, start, end)
    if kind == PARSE:
        second = buffer.index(0, first + 1, end)
        names[bytes(buffer[start:first])] = buffer[first + 1 : second].decode(errors="replace")
        return None
    return names.get(bytes(buffer[first + 1 : buffer.index(0, first + 1, end)]))
