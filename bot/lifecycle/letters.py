"""Group commit: requests that come in at the same time share a transaction; each is answered after its commit."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bot.alert import Alert, AlertStatus
from bot.classification import Classification, classify
from bot.desk import Desk
from bot.incident import Priority
from bot.lifecycle import receive
from bot.lifecycle.receive import Late, Received
from bot.store import bodies, incidents
from bot.store.database import Database, Tx, Unavailable
from bot.store.intake import Given

log = structlog.get_logger("letters")

AT_ONCE: Final = 200  # letters of one transaction
ASK_AGAIN: Final = 0.2  # seconds; at full load a question for each group would cost a tenth
LONG_AT_ONCE: Final = 20  # of one that thinks: it holds the locks of incidents meanwhile


@dataclass(slots=True)
class Letter:
    """One body with its alerts. `kept` is its row when it was stored before; `headers` hold no credentials.
    `age`: for how long it had to lie on a disk, since the database was away."""

    source: str
    headers: Mapping[str, str]
    body: bytes
    alerts: Sequence[Alert]
    kept: int | None = None
    age: timedelta | None = None
    judged: Sequence[Classification] = ()
    settled: bool = False
    answer: "asyncio.Future[list[Received]]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Letters:
    """One at a time in each process: while a group is written, those who come meanwhile make up the next one."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk
        self.waiting: list[Letter] = []
        self.writing: asyncio.Task[None] | None = None
        self.asks_the_time = any(rule.when.hours for rule in desk.rules)
        self.asked_at, self.ahead = -ASK_AGAIN, timedelta(0)
        self.asking = asyncio.Lock()

    async def take(self, letter: Letter) -> list[Received]:
        """Stored with its effects when this returns. Raises Unavailable, or whatever this very letter broke."""
        now = await self.now()
        letter.judged = [self.classify(alert, now) for alert in letter.alerts]
        self.waiting.append(letter)
        if self.writing is None or self.writing.done():
            self.writing = asyncio.create_task(self.write(), name="letters")
        return await letter.answer

    async def write(self) -> None:
        while self.waiting:
            await self.gathered()
            group, self.waiting = self.waiting[:AT_ONCE], self.waiting[AT_ONCE:]
            try:
                await self.settle(group)
            except BaseException as broken:
                for letter in group:
                    failed(letter, broken if isinstance(broken, Exception) else Unavailable("stopping"))
                if not isinstance(broken, Exception):
                    raise

    async def gathered(self) -> None:
        """Whoever stands at the door already comes along: a statement for one costs half of one for ten."""
        before = 0
        while before < len(self.waiting) < AT_ONCE:
            before = len(self.waiting)
            await asyncio.sleep(0)

    async def settle(self, group: Sequence[Letter]) -> None:
        """What only adds to what is known goes in one statement; the others take the long way, in their order."""
        await self.the_short_way(only_adding(group))
        long = [letter for letter in group if not letter.settled]
        for start in range(0, len(long), LONG_AT_ONCE):
            await self.the_long_way(long[start : start + LONG_AT_ONCE])

    def classify(self, alert: Alert, now: datetime) -> Classification:
        return classify(alert, self.desk.rules, self.desk.environments, self.desk.services, now)

    async def now(self) -> datetime:
        """Only rules with hours ask what time it is; then the database says how far its clock is from ours."""
        if self.asks_the_time and (self.asking.locked() or self.outdated()):
            async with self.asking:  # in turn: nobody overtakes who came before
                if self.outdated():
                    async with self.db.transaction() as tx:
                        self.ahead = await incidents.now(tx) - datetime.now(UTC)
                    self.asked_at = time.monotonic()
        return datetime.now(UTC) + self.ahead

    def outdated(self) -> bool:
        return time.monotonic() - self.asked_at > ASK_AGAIN

    async def the_short_way(self, letters: Sequence[Letter]) -> None:
        if not letters:
            return
        given = [Given(x.alerts[0], x.judged[0], x.source, x.headers, x.body, x.kept) for x in letters]
        try:
            async with self.db.statement() as connection:
                done = await receive.add(connection, self.desk, given)
        except Unavailable:
            raise
        except Exception:
            log.exception("the short way is closed", letters=len(letters))
            return
        for position, received in done.items():
            answered(letters[position], [received])

    async def the_long_way(self, letters: Sequence[Letter]) -> None:
        """All together; when one of them breaks it, each alone."""
        try:
            async with self.db.transaction() as tx:
                answers = [await self.one(tx, letter) for letter in letters]
        except Unavailable:
            raise
        except Exception as broken:  # noqa: BLE001 - said to its sender below
            if len(letters) == 1:
                failed(letters[0], broken)
                return
            log.warning("one of a group broke it: each alone", letters=len(letters), error=type(broken).__name__)
            for letter in letters:
                await self.the_long_way([letter])
            return
        for letter, received in zip(letters, answers, strict=True):
            answered(letter, received)

    async def one(self, tx: Tx, letter: Letter) -> list[Received]:
        body = letter.kept
        if body is None and ends_something(letter) and await bodies.behind(tx):
            return await self.behind(tx, letter)
        if body is None:
            body = await bodies.keep(tx, letter.source, letter.headers, letter.body, understood=True)
        elif not await bodies.understood(tx, body):
            pairs = zip(letter.alerts, letter.judged, strict=True)
            return [Received(alert, None, "recorded", judged) for alert, judged in pairs]
        late = Late(letter.kept, await incidents.now(tx) - letter.age if letter.age is not None else None)
        known_by = None if letter.age is not None and await bodies.behind(tx) else body  # it is older than its row says
        return await receive.receive(tx, self.desk, letter.alerts, known_by, letter.judged, late)

    async def behind(self, tx: Tx, letter: Letter) -> list[Received]:
        """What it ends may be among those that wait: it must not overtake that. What is critical in it never waits."""
        body = await bodies.wait(tx, letter.source, letter.headers, letter.body)
        pairs = list(zip(letter.alerts, letter.judged, strict=True))
        grave = [n for n, (alert, judged) in enumerate(pairs) if cannot_wait(alert, judged)]
        if not grave:
            return [Received(alert, None, "waiting", judged) for alert, judged in pairs]
        now = [letter.alerts[n] for n in grave], body, [letter.judged[n] for n in grave]
        done = dict(zip(grave, await receive.receive(tx, self.desk, *now), strict=True))
        return [done.get(n) or Received(alert, None, "waiting", judged) for n, (alert, judged) in enumerate(pairs)]


def only_adding(letters: Sequence[Letter]) -> list[Letter]:
    """Letters of one firing alert that nothing earlier in the group is about."""
    seen: set[tuple[str, str]] = set()
    found = []
    for letter in letters:
        names = {(alert.source, alert.dedup_key) for alert in letter.alerts}
        alone = len(letter.alerts) == 1 and not names & seen and letter.age is None
        if alone and letter.alerts[0].status is AlertStatus.FIRING:
            found.append(letter)
        seen |= names
    return found


def cannot_wait(alert: Alert, judged: Classification) -> bool:
    return alert.status is AlertStatus.FIRING and judged.priority is Priority.P1


def ends_something(letter: Letter) -> bool:
    return any(alert.status in (AlertStatus.RESOLVED, AlertStatus.ACKNOWLEDGED) for alert in letter.alerts)


def answered(letter: Letter, received: list[Received]) -> None:
    letter.settled = True
    if not letter.answer.done():
        letter.answer.set_result(received)


def failed(letter: Letter, broken: Exception) -> None:
    letter.settled = True
    if not letter.answer.done():
        letter.answer.set_exception(broken)
