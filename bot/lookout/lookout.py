"""When the desk is silent, whoever is on call is told from here: by text and mail, then by a call, and again and again
until it is back. What was told, and who is on call, is kept in a file, so that a restart neither forgets nor repeats.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import msgspec
import structlog

from bot.lookout.view import RosterRefused
from bot.message import Kind
from bot.notify.direct import Direct, keep
from bot.person import Person
from bot.phrase import Phrase
from bot.roster import Roster

log = structlog.get_logger("lookout")

TRY_AGAIN: Final = timedelta(minutes=1)
"""When nothing went through to anybody: then we may be the ones who are cut off."""
STALE: Final = timedelta(days=1)
FILE: Final = "watch.json"


class Seeing(Protocol):
    """What is asked of `View`."""

    async def trouble(self) -> Phrase | None: ...

    async def roster(self) -> Roster | None: ...


class Memory(msgspec.Struct):
    """The file. `told`: ids of those whom something reached in this silence; `to_call`: those who are to be called."""

    roster: Roster | None = None
    asked_at: datetime | None = None
    silent_since: datetime | None = None
    tried_at: datetime | None = None
    reached: bool = False
    told: list[str] = []
    to_call: list[str] = []


class Pace(msgspec.Struct, frozen=True):
    """How long each thing takes."""

    every: timedelta
    silent_after: timedelta
    again_every: timedelta
    call_after: timedelta
    refresh: timedelta


class Lookout:
    """`run()` for ever; `look()` once. `people` are told when the desk never said who is on call."""

    def __init__(
        self, desk: Seeing, direct: Direct, pace: Pace, people: Sequence[Person], folder: Path, *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC), alive: Callable[[], Awaitable[None]] | None = None,
    ) -> None:  # fmt: skip
        self.desk, self.direct, self.pace, self.people, self.now = desk, direct, pace, tuple(people), now
        self.alive = alive
        self.file = folder / FILE
        self.memory = read(self.file)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
                if self.alive is not None:
                    await self.alive()
            except Exception:
                log.exception("could not look after the desk")
            await asyncio.sleep(self.pace.every.total_seconds())

    async def look(self) -> None:
        trouble = await self.desk.trouble()
        if trouble is None:
            await self._works(self.now())
        else:
            await self._is_silent(self.now(), trouble)

    def on_call(self, now: datetime) -> tuple[Person, ...]:
        """Whom the desk would tell first, as it said last; else the people of our own file."""
        roster = self.memory.roster
        return (roster.at(now) if roster is not None else ()) or self.people

    # It works -----------------------------------------------------------------------------------------------------

    async def _works(self, now: datetime) -> None:
        memory = self.memory
        if memory.silent_since is not None:
            since, told = memory.silent_since, self._known(memory.told)
            log.warning("the desk is back", away_for=str(now - since), people=memory.told)
            if told:
                said = Phrase(
                    "✅ The incident desk is back after {length}. See what came in meanwhile.", {"length": now - since}
                )
                await self.direct.tell(told, said, now)
            self._remember(Memory(memory.roster, memory.asked_at))
        if self.memory.asked_at is None or now - self.memory.asked_at >= self.pace.refresh:
            await self._ask(now)

    async def _ask(self, now: datetime) -> None:
        try:
            roster = await self.desk.roster()
        except RosterRefused as refused:
            known = self.memory.roster
            worry = log.error if known is None or now - known.as_of > STALE else log.warning
            worry("the desk does not say who is on call", reason=str(refused), known_as_of=known and str(known.as_of))
            return
        self._remember(msgspec.structs.replace(self.memory, roster=roster, asked_at=now))

    # It is silent -------------------------------------------------------------------------------------------------

    async def _is_silent(self, now: datetime, trouble: Phrase) -> None:
        memory = self.memory
        if memory.silent_since is None:
            log.warning("the desk is silent", since=now.isoformat(), why=trouble.msgid)
            self._remember(msgspec.structs.replace(memory, silent_since=now))
            return
        if now - memory.silent_since < self.pace.silent_after:
            return
        if self._is_due(now):
            await self._page(now, memory.silent_since, trouble)
        elif memory.to_call and memory.tried_at is not None and now - memory.tried_at >= self.pace.call_after:
            await self._call(now, memory.silent_since, trouble)

    def _is_due(self, now: datetime) -> bool:
        if self.memory.tried_at is None:
            return True
        return now - self.memory.tried_at >= (self.pace.again_every if self.memory.reached else TRY_AGAIN)

    async def _page(self, now: datetime, since: datetime, trouble: Phrase) -> None:
        """Text and mail. Written down first: a crash repeats it, after a while."""
        people = self.on_call(now)
        if not people:
            log.error("the desk is silent and nobody is known who could be told")
        self._remember(msgspec.structs.replace(self.memory, tried_at=now, reached=False, to_call=[]))
        arrived = await self.direct.tell(people, silence(since, trouble), now)
        log.error("the desk is silent: told", since=since.isoformat(), people=sorted(arrived))
        to_call = [person.id for person in people if Kind.VOICE not in arrived.get(person.id, ())]
        self._remember(
            msgspec.structs.replace(
                self.memory,
                reached=bool(arrived),
                told=[*dict.fromkeys([*self.memory.told, *arrived])],
                to_call=to_call,
            )
        )

    async def _call(self, now: datetime, since: datetime, trouble: Phrase) -> None:
        """A text is slept through."""
        people = self._known(self.memory.to_call)
        rang = await asyncio.gather(
            *(self.direct.send(Kind.VOICE, person, silence(since, trouble), now) for person in people)
        )
        called = [person.id for person, well in zip(people, rang, strict=True) if well]
        log.error("the desk is still silent: called", people=called)
        told = [*dict.fromkeys([*self.memory.told, *called])]
        self._remember(
            msgspec.structs.replace(self.memory, to_call=[], told=told, reached=self.memory.reached or bool(called))
        )

    def _known(self, ids: Sequence[str]) -> tuple[Person, ...]:
        known = {
            person.id: person for person in (*self.people, *(self.memory.roster.people if self.memory.roster else ()))
        }
        return tuple(known[each] for each in ids if each in known)

    def _remember(self, memory: Memory) -> None:
        if memory != self.memory:
            self.memory = memory
            keep(self.file, msgspec.json.encode(memory))


def silence(since: datetime, trouble: Phrase) -> Phrase:
    return Phrase(
        "🚨 The incident desk has been silent since {time}: {why}. No alert pages anybody until it is back. Look at its"
        " host and its log now.",
        {"time": since, "why": trouble},
    )


def read(file: Path) -> Memory:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Memory)
    except FileNotFoundError:
        return Memory()
    except (OSError, msgspec.MsgspecError):
        log.warning("what was remembered cannot be read; it is made anew", file=str(file))
        return Memory()
