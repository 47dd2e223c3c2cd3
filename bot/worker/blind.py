"""When the database is away nobody can be paged by the usual way: this process then tells whoever is on call itself.

It needs nothing but the configuration and a small file: who replaces whom in the next hours, as the database said it
last, since when the outage goes on, and when it was told. So a process that is restarted meanwhile neither forgets it
nor tells it again. Of several replicas each tells what it sees: without the database they cannot agree who does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

import asyncpg
import msgspec
import structlog

from bot.desk import Desk
from bot.message import Kind
from bot.notify.channel import Channel
from bot.notify.direct import Direct, keep
from bot.oncall import Booked, Imported, Override
from bot.phrase import Phrase
from bot.store import oncall
from bot.store.database import Tx

log = structlog.get_logger("blind")

EVERY: Final = 5.0  # seconds
ANSWERS_WITHIN: Final = 5.0
GRACE: Final = timedelta(seconds=60)
"""A restart of PostgreSQL takes less; the alerts that come meanwhile are kept and taken in by themselves."""
AGAIN: Final = timedelta(minutes=15)
TRY_AGAIN: Final = timedelta(minutes=1)
"""When nothing went through to anybody."""
AHEAD: Final = timedelta(hours=24)
Ask = Callable[[datetime], Awaitable[Sequence[Booked]]]
"""Who replaces whom from this moment on, for AHEAD. Raises when the database does not answer."""


class Known(msgspec.Struct):
    """The file. `told` are ids of people, to be told as well when it is over."""

    overrides: list[Override] = []
    imported: list[Imported] = []
    down_since: datetime | None = None
    told_at: datetime | None = None
    told: list[str] = []

    @property
    def booked(self) -> list[Booked]:
        return [*self.overrides, *self.imported]


class Blindness:
    """`run()` for ever, from before the database is first asked; `look()` once."""

    def __init__(
        self, ask: Ask, desk: Desk, channels: Mapping[Kind, Channel], folder: Path, *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC), grace: timedelta = GRACE,
    ) -> None:  # fmt: skip
        self.ask, self.desk, self.now, self.grace = ask, desk, now, grace
        self.direct = Direct(channels, desk.language_of, desk.second_sms.via if desk.second_sms else None)
        self.file = folder / "on-call.json"
        self.known = _read(self.file)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("could not look after the database")
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        now = self.now()
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                booked = await self.ask(now)
        except asyncpg.UndefinedTableError:  # it answers: the tables are still to be made
            booked = self.known.booked
        except (
            OSError,
            TimeoutError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ):  # also "starting up", "no such role"
            await self._is_away(now)
            return
        await self._is_there(now, booked)

    async def _is_there(self, now: datetime, booked: Sequence[Booked]) -> None:
        told, since = self.known.told, self.known.down_since
        fresh = Known(
            [each for each in booked if isinstance(each, Override)],
            [each for each in booked if isinstance(each, Imported)],
        )
        if fresh != self.known:
            self._keep(fresh)
        if told and since is not None:
            log.warning("the database is back", away_for=str(now - since))
            said = Phrase(
                "✅ The incident desk sees again after {length}. Alerts that came meanwhile are being taken in.",
                {"length": now - since},
            )
            await self.direct.tell([self.desk.people[each] for each in told if each in self.desk.people], said, now)

    async def _is_away(self, now: datetime) -> None:
        known = self.known
        if known.down_since is None:
            known.down_since = now
            self._keep(known)
        since = known.down_since
        if now - since < self.grace or (known.told_at is not None and now - known.told_at < AGAIN):
            return
        people = self.desk.first_reachable(now, known.booked)
        known.told_at, known.told = now, list(dict.fromkeys([*known.told, *(each.id for each in people)]))
        self._keep(known)  # first: a process that dies in the middle must not page at every start
        log.error("the database is away: telling it without it", since=since.isoformat(), people=known.told)
        said = Phrase(
            "🚨 The incident desk itself is blind: its database has not answered since {time}. No alert pages anybody "
            "until it does. Look at PostgreSQL and at the desk's log now.",
            {"time": since},
        )
        if not await self.direct.tell(people, said, now):  # nobody was reached: perhaps we are cut off ourselves
            known.told_at = now - AGAIN + TRY_AGAIN
            self._keep(known)

    def _keep(self, known: Known) -> None:
        """Whole or not at all; for our eyes only."""
        self.known = known
        keep(self.file, msgspec.json.encode(known))


async def ask_database(url: str, now: datetime) -> list[Booked]:
    """By a connection of its own: a pool that hangs is just what this is about."""
    connection = await asyncpg.connect(url, timeout=ANSWERS_WITHIN)
    try:
        return await oncall.between(cast("Tx", connection), now, now + AHEAD)  # a pool would hand out the same
    finally:
        await connection.close(timeout=ANSWERS_WITHIN)


def _read(file: Path) -> Known:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Known)
    except FileNotFoundError:
        return Known()
    except (OSError, msgspec.MsgspecError):
        log.warning("the file of who is on call cannot be read; it is made anew", file=str(file))
        return Known()
