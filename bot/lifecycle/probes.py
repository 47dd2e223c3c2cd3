"""Probes: who looks when, and what follows from what was seen. What is wrong is an alert like any other."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import asyncpg

from bot.alert import Alert, AlertStatus
from bot.desk import Desk
from bot.errors import UserError
from bot.lifecycle import receive
from bot.phrase import Phrase
from bot.probe import (
    CERTIFICATE_KEY,
    SOURCE,
    TROUBLE,
    Certificate,
    ProbeEntry,
    ProbeRow,
    Seen,
    Standing,
    State,
    again_after,
    judge,
    length,
    rests,
    slowness,
)
from bot.store import probes, runs
from bot.store.database import Database, Tx, Unavailable
from bot.target import fold, nearest

Tell = Callable[[Phrase], str]
Look = Callable[[ProbeEntry], Awaitable[Seen]]
"""Goes there and looks; never raises for what is wrong over there."""
REPEATED: Final = timedelta(minutes=5)  # what stays wrong is said again, should somebody have closed the incident
SEVERITIES: Final = {
    Standing.DOWN: "critical", Standing.SLOW: "warning", Certificate.SOON: "info", Certificate.NEAR: "warning",
    Certificate.EXPIRED: "critical",
}  # fmt: skip


class Probes:
    """`look` goes there; `tell` words a phrase in the desk's language: an alert's title is text. Raises `Unavailable`
    where nothing else is said.
    """

    def __init__(self, db: Database, desk: Desk, tell: Tell, look: Look, owner: str = "") -> None:
        self.db, self.desk, self.tell, self.look, self.owner = db, desk, tell, look, owner or uuid4().hex

    async def watch(self) -> None:
        """Rows for what the configuration says now; what it dropped while it was wrong is over."""
        async with self.db.transaction() as tx:
            for name in await probes.watch(tx, self.desk.probes.values()):
                await receive.receive(tx, self.desk, [over(name), over(name + CERTIFICATE_KEY)], None)

    async def claim(self, most: int) -> list[ProbeEntry]:
        """Those that are due, which nobody else looks at until their lease ends."""
        async with self.db.transaction() as tx:
            names = await probes.claim(tx, self.owner, most)
        return [self.desk.probes[name] for name in names if name in self.desk.probes]

    async def check(self, entry: ProbeEntry) -> None:
        """Look at one that was claimed, and write down what follows."""
        look = await self.look(entry)
        async with self.db.transaction() as tx:
            await self._written(tx, self.owner, entry, look)

    async def now(self, name: str) -> ProbeRow:
        """Look at once. It counts as a look like any other, unless another looks at this very moment.

        Raises UserError: there is none of that name.
        """
        entry, owner = self.named(name), uuid4().hex
        async with self.db.transaction() as tx:
            await probes.claim_now(tx, owner, entry.name)
        try:
            look = await self.look(entry)
        except BaseException:
            async with self.db.transaction() as tx:
                await probes.release(tx, owner)
            raise
        async with self.db.transaction() as tx:
            await self._written(tx, owner, entry, look)
            (row,) = await probes.standings(tx, [entry])
        return ProbeRow(entry, row.state, row.checked_at, look.took, look.wrong, row.p95)

    async def release(self) -> None:
        async with self.db.transaction() as tx:
            await probes.release(tx, self.owner)

    async def standings(self, entries: Iterable[ProbeEntry] | None = None) -> list[ProbeRow]:
        wanted = list(self.desk.probes.values() if entries is None else entries)
        if not wanted:
            return []
        async with self.db.transaction() as tx:
            return await probes.standings(tx, wanted)

    async def lights(self) -> list[ProbeRow]:
        """As `standings`; nothing while the database is away: what the engines say is shown all the same."""
        try:
            return await self.standings()
        except Unavailable:
            return []

    def named(self, name: str) -> ProbeEntry:
        """Raises UserError, with the nearest known name."""
        known = {fold(each): each for each in self.desk.probes}
        if not known:
            raise UserError(Phrase("No probe is configured: see `probes` in ecotrajet.example.yaml."))
        if (found := known.get(fold(name))) is None:
            near = nearest(name, known.values()) or ", ".join(known.values())
            raise UserError(Phrase("There is no probe “{word}”: {near}?", {"word": name, "near": near}))
        return self.desk.probes[found]

    def meant(self, words: Iterable[str]) -> list[ProbeEntry]:
        """Those that environments, services and names among `words` leave open; no word: all."""
        wanted = {fold(word) for word in words if word}
        return [
            each
            for each in self.desk.probes.values()
            if wanted
            <= {fold(each.name)}
            | self.desk.environments[each.environment].answers_to()
            | self.desk.services[each.service].answers_to()
        ]

    async def _written(self, tx: Tx, owner: str, entry: ProbeEntry, look: Seen) -> None:
        """Nothing, when it has gone to another meanwhile."""
        row = await probes.held(tx, owner, entry.name)
        if row is None:
            return
        before, now = probes.state_of(row), row["now"]
        after = judge(entry, before, look, now)
        stopped = (
            await runs.stopped_at(tx, entry.environment, entry.service) if after.standing is Standing.DOWN else None
        )
        quiet = stopped is not None and rests(entry, before, after, stopped, now)
        told = None if quiet else told_at(row, before, after, now)  # None: said at once when it rests no more
        await probes.seen(tx, entry.name, after, look, again_after(entry, after), told)
        alerts = self._alerts(entry, before, after, look, again=told == now)
        if alerts:
            await receive.receive(tx, self.desk, alerts, None)

    def _alerts(self, entry: ProbeEntry, before: State, after: State, look: Seen, *, again: bool) -> list[Alert]:
        """What is wrong, when that is new or was long said; and what is so no more."""
        alerts: list[Alert] = []
        if after.standing in (Standing.DOWN, Standing.SLOW):
            if again:
                alerts.append(self._alert(entry, after.standing, self._trouble(entry, after.standing, look)))
        elif after.standing is not before.standing:
            alerts.append(over(entry.name))
        if after.certificate in (Certificate.SOON, Certificate.NEAR, Certificate.EXPIRED):
            if again:
                said = ending(entry, after)
                alerts.append(self._alert(entry, after.certificate, said, CERTIFICATE_KEY))
        elif after.certificate is not before.certificate:
            alerts.append(over(entry.name + CERTIFICATE_KEY))
        return alerts

    def _trouble(self, entry: ProbeEntry, standing: Standing, look: Seen) -> Phrase:
        if standing is Standing.DOWN and look.wrong is not None:
            return Phrase("“{name}” fails: {why}", {"name": entry.name, "why": look.wrong})
        if standing is Standing.DOWN:
            return Phrase("“{name}” fails", {"name": entry.name})
        return Phrase("“{name}” is slow: {slow}", {"name": entry.name, "slow": slowness(entry, look)})

    def _alert(self, entry: ProbeEntry, trouble: Standing | Certificate, title: Phrase, key: str = "") -> Alert:
        """Through the door that all alerts take: silences, maintenance, escalation and recoveries are the same."""
        return Alert(
            source=SOURCE, dedup_key=entry.name + key, status=AlertStatus.FIRING, title=self.tell(title),
            text=self.tell(details(entry)), environment=entry.environment, service=entry.service,
            severity=SEVERITIES[trouble], labels={SOURCE: entry.name, TROUBLE: trouble.value},
        )  # fmt: skip


def places_beside(desk: Desk, words: Sequence[str] = ()) -> list[tuple[str, str]]:
    """(environment, service) that `words` leave open and that only probes know of: nothing of ours runs there."""
    wanted = {fold(word) for word in words}
    found = []
    for each in desk.probes.values():
        environment, service = desk.environments[each.environment], desk.services[each.service]
        meant = wanted <= environment.answers_to() | service.answers_to()
        if meant and each.environment not in service.containers:
            found.append((each.environment, each.service))
    return list(dict.fromkeys(found))


def told_at(row: asyncpg.Record, before: State, after: State, now: datetime) -> datetime | None:
    """When something wrong was last said; `now`: it is to be said now; None: nothing is wrong."""
    wrong = after.standing in (Standing.DOWN, Standing.SLOW)
    ending_soon = after.certificate in (Certificate.SOON, Certificate.NEAR, Certificate.EXPIRED)
    if not wrong and not ending_soon:
        return None
    changed = (wrong and after.standing is not before.standing) or (
        ending_soon and after.certificate is not before.certificate
    )
    last: datetime | None = row["told_at"]
    return now if changed or last is None or now - last >= REPEATED else last


def over(key: str) -> Alert:
    return Alert(source=SOURCE, dedup_key=key, status=AlertStatus.RESOLVED, title=key)


def ending(entry: ProbeEntry, state: State) -> Phrase:
    if state.certificate is Certificate.EXPIRED or state.certificate_until is None:
        return Phrase("The certificate of “{name}” has expired", {"name": entry.name})
    return Phrase("The certificate of “{name}” ends: {at}", {"name": entry.name, "at": state.certificate_until})


def details(entry: ProbeEntry) -> Phrase:
    return Phrase(
        "{address}, looked at every {interval}, {timeout} at most, {count} in a row count. The probes: {command}",
        {
            "address": entry.shown, "interval": entry.interval, "timeout": length(entry.timeout),
            "count": entry.retries, "command": "/ecotrajet probes",
        },
    )  # fmt: skip
