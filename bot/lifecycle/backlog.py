"""Bodies of a flood: stored first, many in one statement; acted upon afterwards, in the order they came."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import msgspec

from bot.store import bodies
from bot.store.database import Database, Unavailable

AT_ONCE: Final = 200  # bodies of one statement
WRITERS: Final = 2  # while one waits for its commit, the next fills the database's other half
Waiting = tuple[int, str, Mapping[str, str], bytes]
"""Its row, its source, its headers, the body itself."""


@dataclass(frozen=True, slots=True)
class PutBy:
    source: str
    headers: str
    body: bytes
    stored: "asyncio.Future[None]"


class Backlog:
    """Raises `store.database.Unavailable` when the database is away; then nothing was stored."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.coming: list[PutBy] = []
        self.writing: set[asyncio.Task[None]] = set()

    async def put_by(self, source: str, headers: Mapping[str, str], body: bytes) -> None:
        """Committed when this returns."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.coming.append(PutBy(source, msgspec.json.encode(headers).decode(), body, stored))
        if len(self.writing) < WRITERS:
            task = asyncio.create_task(self.write(), name="backlog")
            self.writing.add(task)
            task.add_done_callback(self.writing.discard)
        await stored

    async def write(self) -> None:
        """Whoever stands at the door already comes along."""
        await asyncio.sleep(0)
        while self.coming:
            group, self.coming = self.coming[:AT_ONCE], self.coming[AT_ONCE:]
            try:
                async with self.db.statement() as connection:
                    await bodies.put_by(connection, [(one.source, one.headers, one.body) for one in group])
            except BaseException as broken:
                ended(group, broken if isinstance(broken, Exception) else Unavailable("stopping"))
                if not isinstance(broken, Exception):
                    raise
            else:
                ended(group, None)

    @asynccontextmanager
    async def next(self, limit: int) -> AsyncIterator[Sequence[Waiting] | None]:
        """The oldest that wait, for as long as the block lasts; None: another process has its turn."""
        async with self.db.transaction() as tx:
            rows = await bodies.next_waiting(tx, limit)
            yield None if rows is None else [(row["id"], row["source"], row["headers"], row["body"]) for row in rows]


def ended(group: Sequence[PutBy], broken: Exception | None) -> None:
    for one in group:
        if one.stored.done():
            continue
        if broken is None:
            one.stored.set_result(None)
        else:
            one.stored.set_exception(broken)
