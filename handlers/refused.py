"""Bodies that came while the database was away: kept on disk, taken in when it is back, in the order they came.

One file for each different body, named by its content: a sender that repeats itself during an outage is kept once, with
the time of its last try. Written to a temporary name, fsynced, renamed, and the folder fsynced: complete or not there.
"""

import asyncio
import base64
import hashlib
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import structlog

log = structlog.get_logger(__name__)

MOST: Final = 10_000  # files; beyond that the sender's own retries must do
AT_ONCE: Final = 200  # files in one round
ENDING: Final = ".body.json"
BROKEN: Final = ".broken"


@dataclass(slots=True)
class Delivery:
    """One body at the door. `kept` is its row, once it has one. `headers` hold no credentials. `came`: when it was
    refused, in seconds since 1970; None: just now."""

    source: str
    headers: dict[str, str]
    body: bytes
    kept: int | None = None
    came: float | None = None


class Stored(msgspec.Struct, frozen=True):
    """The file's content; `at` in nanoseconds since 1970, `body` in base64."""

    source: str
    headers: dict[str, str]
    body: str
    at: int
    kept: int | None = None


@dataclass(slots=True)
class Refused:
    """The folder `refused/` of the data folder. `receive` passed to `take_in` must be safe to repeat."""

    folder: Path
    waiting: bool = True  # until looked: a former process may have left some
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keep(self, delivery: Delivery) -> None:
        """On disk for certain when this returns. Raises OSError."""
        await asyncio.to_thread(_write, self.folder, delivery)
        self.waiting = True

    async def take_in(self, receive: Callable[[Delivery], Awaitable[object]]) -> int:
        """Give everything to `receive`, oldest first; what it raises ends the round. How many went in.

        A process killed in between gives the same body again: `receive` finds its alerts known.
        """
        if not self.waiting:
            return 0
        async with self.turn:
            self.waiting = False
            try:
                return await self._round(receive)
            except BaseException:
                self.waiting = True
                raise

    async def _round(self, receive: Callable[[Delivery], Awaitable[object]]) -> int:
        found = await asyncio.to_thread(_read, self.folder)
        for path, delivery in found[:AT_ONCE]:
            await receive(delivery)
            await asyncio.to_thread(path.unlink, missing_ok=True)
            log.info("refused body taken in", source=delivery.source, file=path.name)
        if len(found) > AT_ONCE:
            self.waiting = True
        return min(len(found), AT_ONCE)


def _write(folder: Path, delivery: Delivery) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256(delivery.source.encode() + b"\0" + delivery.body).hexdigest()
    path = folder / f"{digest}{ENDING}"
    if not path.exists() and sum(1 for _ in folder.iterdir()) >= MOST:
        raise OSError(f"{folder} holds {MOST} bodies already")
    body = base64.b64encode(delivery.body).decode()
    stored = Stored(delivery.source, delivery.headers, body, time.time_ns(), delivery.kept)
    draft = folder / f"{digest}.{os.getpid()}.{time.monotonic_ns()}.draft"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(stored))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(folder: Path) -> list[tuple[Path, Delivery]]:
    """All of them, oldest first. One that cannot be read is set aside under another name, never deleted."""
    found: list[tuple[int, Path, Delivery]] = []
    for path in folder.glob(f"*{ENDING}"):
        try:
            stored = msgspec.json.decode(path.read_bytes(), type=Stored)
            delivery = Delivery(
                stored.source, stored.headers, base64.b64decode(stored.body), stored.kept, stored.at / 1e9
            )
        except FileNotFoundError:  # another process took it in
            continue
        except ValueError:
            log.error("refused body cannot be read", file=str(path))
            with suppress(OSError):
                path.replace(path.with_suffix(BROKEN))
            continue
        found.append((stored.at, path, delivery))
    found.sort(key=lambda each: each[:2])
    return [(path, delivery) for _, path, delivery in found]
