"""Signs of life: written down when they come; when one is missed, an alert like any other says so."""

from collections.abc import Callable
from datetime import datetime

from bot.alert import Alert, AlertStatus
from bot.desk import Desk
from bot.heartbeat import SOURCE, Heartbeat, Signal
from bot.incident import Incident
from bot.lifecycle import receive
from bot.phrase import Phrase
from bot.store import heartbeats
from bot.store.database import Database, Tx

Tell = Callable[[Phrase], str]
MOST_OUTPUT = 5000


class Heartbeats:
    """`tell` words a phrase in the desk's language: an alert's title is text. Raises `Unavailable`."""

    def __init__(self, db: Database, desk: Desk, tell: Tell) -> None:
        self.db = db
        self.desk = desk
        self.tell = tell

    @property
    def have_watchdogs(self) -> bool:
        return any(beat.watchdog for beat in self.desk.heartbeats.values())

    async def ping(self, name: str, signal: Signal, output: str = "") -> Incident | None:
        """A sign of life, or of the contrary: a success ends the incident, a failure opens one now.

        `output`: what the program printed. The incident concerned, if any. Raises KeyError: none has this name.
        """
        beat = self.desk.heartbeats[name]
        async with self.db.transaction() as tx:
            if not await heartbeats.ping(tx, name, signal):
                await heartbeats.watch(tx, self.desk.heartbeats.values())
                await heartbeats.ping(tx, name, signal)
            if signal is Signal.SUCCESS:
                return await self.receive(tx, beat, Phrase("“{name}” is well", {"name": name}), "", well=True)
            if signal is Signal.FAIL:
                failed = Phrase("“{name}” says that it failed", {"name": name})
                return await self.receive(tx, beat, failed, output[:MOST_OUTPUT])
            return None

    async def well(self, name: str) -> bool:
        """A success of the heartbeat with this name; False: there is none."""
        if name not in self.desk.heartbeats:
            return False
        await self.ping(name, Signal.SUCCESS)
        return True

    async def sign(self, alert: Alert) -> bool:
        """Was it another tool's watchdog? Then it is a sign of life, and nothing to be woken for."""
        found = [beat.name for beat in self.desk.heartbeats.values() if beat.watchdog and beat.watchdog.is_this(alert)]
        for name in found:
            await self.ping(name, Signal.SUCCESS)
        return bool(found)

    async def round(self) -> None:
        """The worker's: what was due and did not come is an alert now, one a transaction."""
        async with self.db.transaction() as tx:
            await heartbeats.watch(tx, self.desk.heartbeats.values())
        more = bool(self.desk.heartbeats)
        while more:
            async with self.db.transaction() as tx:
                more = await self.miss_one(tx)

    async def miss_one(self, tx: Tx) -> bool:
        """False: none is due."""
        row = await heartbeats.next_missed(tx)
        if row is None:
            return False
        beat = self.desk.heartbeats.get(row["name"])
        if beat is not None:
            title = Phrase("No sign of life from “{name}”", {"name": beat.name})
            if row["state"] == "overrun":
                title = Phrase("“{name}” has begun and does not end", {"name": beat.name})
            last: datetime | None = row["last_seen"]
            await self.receive(tx, beat, title, self.tell(details(beat, last, row["watched_since"])))
        return True

    async def receive(
        self, tx: Tx, beat: Heartbeat, title: Phrase, text: str, *, well: bool = False
    ) -> Incident | None:
        """Through the door that all alerts take: silences, escalation and recoveries are the same."""
        alert = Alert(
            source=SOURCE, dedup_key=beat.name, status=AlertStatus.RESOLVED if well else AlertStatus.FIRING,
            title=self.tell(title), text=text, environment=beat.environment, service=beat.service,
            labels={SOURCE: beat.name},
        )  # fmt: skip
        (received,) = await receive.receive(tx, self.desk, [alert], None)
        return received.incident


def details(beat: Heartbeat, last_seen: datetime | None, watched_since: datetime) -> Phrase:
    if last_seen is None:
        return Phrase(
            "Expected every {period}, {grace} later at most; never seen, awaited since {at}.",
            {"period": beat.period, "grace": beat.grace, "at": watched_since},
        )
    return Phrase(
        "Expected every {period}, {grace} later at most; last success: {at}.",
        {"period": beat.period, "grace": beat.grace, "at": last_seen},
    )
