"""Logs, read from their end and never whole: a tail that grows until there is enough, within bytes and time.

45 MiB read at once cost 220 MiB (docker.md §6.8). The engine begins where a tail begins, so whoever asks for too much
and stops early has read the older lines: hence the small beginnings.
"""

import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from docker import APIClient

from bot.errors import UserError
from bot.phrase import Phrase
from bot.secret import HIDDEN
from runbooks.docker_engine import raw, stream
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import Seen
from runbooks.redact import Redactor

MOST_LINES: Final = 2000
SEARCHED_LINES: Final = 20_000
FIRST_LINES: Final = 256
GROWTH: Final = 8
LONGEST_LINE: Final = 4096
MOST_READ: Final = 64 * 1024 * 1024
LONGEST_READ: Final = 8.0  # seconds
PATIENCE: Final = 0.7  # seconds: no longer for looking further back, somebody waits in chat
JOINED_AT_MOST: Final = 64 * 1024  # a line longer than that is cut while it is read
ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")  # ECMA-48
KEY_BEGINS: Final = "PRIVATE KEY-----"
LONGEST_KEY: Final = 120  # lines


@dataclass(frozen=True, slots=True)
class Wanted:
    """The last `lines` (those that hold `grep`, case ignored), the latest `max_bytes` of them."""

    lines: int
    grep: str = ""
    max_bytes: int = 60_000

    def perhaps(self, text: str) -> bool:
        """Cheap: whether `text` may still hold what is looked for once its secrets are hidden."""
        word = self.grep.casefold()
        return "[" in word or "]" in word or word in HIDDEN or word in text.casefold()


@dataclass(frozen=True, slots=True)
class Found:
    """`enough`: older lines would add nothing. `cut`: reading stopped before the end, so these are not the latest."""

    text: str = ""
    read: int = 0
    enough: bool = False
    cut: bool = False


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
        return raw.container_logs(api, seen.id, **options)

    wanted = Wanted(max(1, min(tail, MOST_LINES)), grep, max_bytes)
    return await read_from(engine, seen.name, seen.env, ask, wanted, tty=seen.tty, since=since)


async def read_from(
    engine: Engine, name: str, env: Sequence[str], ask: Callable[..., Any], wanted: Wanted, *,
    tty: bool, since: timedelta | None,
) -> str:  # fmt: skip
    """`ask(api, tail=…, since=…)` gives the answer to read, of a container or of a whole service."""
    clean = Redactor(env).clean
    begin = int((datetime.now(UTC) - since).timestamp()) if since else None

    def read(api: APIClient) -> str:
        def look(lines: int, within: float) -> Found:
            answer = ask(api, tail=lines, **({"since": begin} if begin else {}))
            try:
                return last(stream.output(answer, tty=tty), clean, wanted, within=within)
            finally:
                answer.close()

        return growing(look, SEARCHED_LINES if wanted.grep else wanted.lines)

    try:
        return await engine.call(read, limit=LONGEST_READ + 4)
    except EngineSaid as said:
        values = {"container": name, "why": said.why}
        raise UserError(Phrase("Docker gives no logs of {container}: {why}", values)) from said


def growing(look: Callable[[int, float], Found], most: int) -> str:
    """`look(lines, seconds)` at ever longer tails, of `most` lines at last, until one is enough or holds no more."""
    began = time.monotonic()
    lines = min(FIRST_LINES, most)
    best = look(lines, LONGEST_READ)
    while not (best.enough or best.cut) and lines < most:
        left = PATIENCE - (time.monotonic() - began)
        lines = min(lines * GROWTH, most)
        further = look(lines, left) if left > 0 else Found(cut=True)
        if further.cut:
            break
        longer, best = further.read > best.read, further
        if not longer:
            break
    return best.text


def last(
    chunks: Iterable[bytes], clean: Callable[[str], str], wanted: Wanted, *, within: float = LONGEST_READ
) -> Found:
    """Of a stream that may be endless: reading stops at MOST_READ bytes or after `within` seconds."""
    reading = _Reading(chunks, within)
    kept: deque[str] = deque()
    size, left_out = 0, False
    for text in without_keys(map(plain, reading.lines())):
        if wanted.grep:
            if not wanted.perhaps(text):
                continue
            text = clean(text)[:LONGEST_LINE]  # hidden first: a cut may halve a secret, a search may guess one
            if wanted.grep.casefold() not in text.casefold():
                continue
        kept.append(text)
        size += len(text) + 1
        while len(kept) > wanted.lines or (size > 2 * wanted.max_bytes and len(kept) > 1):
            size -= len(kept.popleft()) + 1
            left_out = True
    if not wanted.grep:  # only what is shown is cleaned: that is the slow part
        kept = deque(clean(line)[:LONGEST_LINE] for line in kept)
    whole = "\n".join(kept).encode()
    enough = left_out or len(kept) >= wanted.lines or len(whole) >= wanted.max_bytes
    return Found(whole[-wanted.max_bytes :].decode(errors="ignore"), reading.read, enough, reading.cut)


def lines(chunks: Iterable[bytes], within: float = LONGEST_READ) -> Iterator[bytes]:
    """Whole lines as they are, within the same bounds."""
    return _Reading(chunks, within).lines()


def plain(raw_line: bytes) -> str:
    """As a terminal would show it in the end: no colours, of what was overwritten in place only the last, and no NUL,
    which PostgreSQL keeps neither as text nor as JSON.
    """
    text = raw_line.decode(errors="replace").replace("\x00", "").rstrip("\r\n")
    if "\x1b" in text:
        text = ESCAPES.sub("", text)
    return text.rpartition("\r")[2] if "\r" in text else text


def without_keys(lines: Iterable[str]) -> Iterator[str]:
    """A private key that is printed over many lines becomes one `[hidden]`."""
    inside = 0
    for line in lines:
        if inside:
            inside = 0 if KEY_BEGINS in line else inside - 1
            continue
        if KEY_BEGINS in line and "-----BEGIN" in line and "-----END" not in line:
            inside = LONGEST_KEY
            yield line.partition("-----BEGIN")[0] + HIDDEN
            continue
        yield line


class _Reading:
    """Lines of a stream, and how much of it was read."""

    def __init__(self, chunks: Iterable[bytes], within: float) -> None:
        self.chunks = chunks
        self.within = within
        self.read = 0
        self.cut = False

    def lines(self) -> Iterator[bytes]:
        deadline, rest = time.monotonic() + self.within, b""
        for chunk in self.chunks:
            self.read += len(chunk)
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
            if len(rest) > JOINED_AT_MOST:
                yield rest
                rest = b""
            if self.read > MOST_READ or time.monotonic() > deadline:
                self.cut = True
                break
        if rest:
            yield rest
