"""Logs, bounded: a tail, a cap in bytes, a cap in time, streamed. 45 MiB read at once cost 220 MiB (docker.md §6.8)."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from docker import APIClient

from bot.errors import UserError
from bot.phrase import Phrase
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import Seen
from runbooks.redact import Redactor

MOST_LINES: Final = 2000
SEARCHED_LINES: Final = 20_000
LONGEST_LINE: Final = 4096
MOST_READ: Final = 64 * 1024 * 1024
LONGEST_READ: Final = 8.0  # seconds
JOINED_AT_MOST: Final = 64 * 1024  # a line longer than that is cut while it is read


async def tail_of(
    engine: Engine,
    seen: Seen,
    *,
    tail: int = 50,
    since: timedelta | None = None,
    grep: str = "",
    max_bytes: int = 60_000,
) -> str:
    """The last `tail` lines (those that hold `grep`), redacted, the latest `max_bytes` of them. Raises UserError."""

    def ask(api: APIClient, **options: Any) -> Any:
        return api.logs(seen.id, stdout=True, stderr=True, stream=True, follow=False, **options)

    return await read_from(engine, seen.name, seen.env, ask, tail=tail, since=since, grep=grep, max_bytes=max_bytes)


async def read_from(
    engine: Engine, name: str, env: Sequence[str], ask: Callable[..., Any], *,
    tail: int, since: timedelta | None, grep: str, max_bytes: int,
) -> str:  # fmt: skip
    """`ask(api, tail=…, since=…)` gives the stream, of a container or of a whole service."""
    redactor = Redactor(env)
    lines = max(1, min(tail, MOST_LINES))
    begin = int((datetime.now(UTC) - since).timestamp()) if since else None

    def read(api: APIClient) -> str:
        asked = SEARCHED_LINES if grep else lines
        stream = ask(api, tail=asked, **({"since": begin} if begin else {}))
        try:
            return last(stream, redactor.clean, lines=lines, grep=grep, max_bytes=max_bytes)
        finally:
            close = getattr(stream, "close", None)
            if close:
                close()

    try:
        return await engine.call(read, limit=LONGEST_READ + 4)
    except EngineSaid as said:
        values = {"container": name, "why": said.reason}
        raise UserError(Phrase("Docker gives no logs of {container}: {why}", values)) from said


def last(chunks: Iterable[bytes], clean: Callable[[str], str], *, lines: int, grep: str, max_bytes: int) -> str:
    """The last lines of a stream that may be endless: reading stops at MOST_READ bytes or LONGEST_READ seconds."""
    kept: deque[str] = deque()
    size = 0
    wanted = grep.casefold()
    for raw in _lines(chunks):
        text = clean(raw.decode(errors="replace").rstrip("\r\n"))[:LONGEST_LINE]  # hide first: a cut may halve a secret
        if wanted not in text.casefold():
            continue
        kept.append(text)
        size += len(text.encode()) + 1
        while len(kept) > lines or (size > max_bytes and len(kept) > 1):
            size -= len(kept.popleft().encode()) + 1
    return "\n".join(kept).encode()[-max_bytes:].decode(errors="ignore")


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    deadline, read, rest = time.monotonic() + LONGEST_READ, 0, b""
    for chunk in chunks:
        read += len(chunk)
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > JOINED_AT_MOST:
            yield rest
            rest = b""
        if read > MOST_READ or time.monotonic() > deadline:
            break
    if rest:
        yield rest
