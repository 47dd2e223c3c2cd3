"""The use cases of incidents, as the doors call them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.alert import Alert
from bot.answers import (
    AcknowledgeAnswer,
    AskAnswer,
    Declared,
    EscalateAnswer,
    GiveBackAnswer,
    JoinAnswer,
    NoSuchIncident,
    ReclassifyAnswer,
    ReopenAnswer,
    Repeated,
    ResolveAnswer,
    SnoozeAnswer,
)
from bot.audit import Actor
from bot.desk import Desk
from bot.incident import Incident, Priority
from bot.kept import Kept
from bot.lifecycle import (
    calming,
    declaring,
    keeping,
    linking,
    moves,
    news,
    postmortems,
    receipts,
    receive,
    reclassify,
    regroup,
    responding,
    roles,
    rooms,
    sharing,
    tasks,
)
from bot.lifecycle.backlog import Backlog
from bot.lifecycle.letters import Letter, Letters
from bot.lifecycle.linking import Linked
from bot.lifecycle.news import NewsAnswer
from bot.lifecycle.receive import Received
from bot.lifecycle.regroup import Merged, SplitOff
from bot.lifecycle.roles import RoleAnswer
from bot.lifecycle.rooms import RoomAnswer
from bot.message import Kind
from bot.person import Person
from bot.phrase import Phrase
from bot.report import Report
from bot.resolution import Resolution
from bot.role import Role
from bot.store import bodies, deliveries, incidents, members, reports
from bot.store.database import Database
from bot.task import NewTask


class Lifecycle:
    """Every method is one transaction; raises `store.database.Unavailable` when it could not be committed."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db = db
        self.desk = desk
        self.letters = Letters(db, desk)
        self.backlog = Backlog(db)

    async def take(self, letter: Letter) -> list[Received]:
        """Store a body and act on its alerts at once, together with whoever else comes now: one `Received` each.

        Raises Unavailable, or whatever this very letter broke; then nothing of it is stored.
        """
        return await self.letters.take(letter)

    async def keep_body(self, source: str, headers: Mapping[str, str], body: bytes) -> int:
        """Store what came in before anybody tries to understand it; its id."""
        async with self.db.transaction() as tx:
            return await bodies.keep(tx, source, headers, body)

    async def receive(self, alerts: Sequence[Alert], *, source: str, body_id: int | None = None) -> list[Received]:
        """All of a body's alerts at once; one `Received` each, in their order."""
        async with self.db.transaction() as tx:
            received = await receive.receive(tx, self.desk, alerts, body_id)
            if body_id is not None:
                await bodies.understood(tx, body_id)
        return received

    async def not_understood(self, body_id: int, source: str, why: Phrase) -> None:
        """Kept, and shown once per source as an incident to classify: an alert is never dropped in silence."""
        async with self.db.transaction() as tx:
            await bodies.not_understood(tx, body_id, why)
            await receive.not_understood(tx, self.desk, source, why, body_id)

    async def unread_bodies(self, older_than: timedelta) -> list[tuple[int, str, dict[str, str], bytes]]:
        """(id, source, headers, body) of what was stored that long ago and never read: its process died."""
        async with self.db.transaction() as tx:
            return [
                (row["id"], row["source"], row["headers"], row["body"]) for row in await bodies.unread(tx, older_than)
            ]

    async def acknowledge(self, number: int, by: Actor) -> AcknowledgeAnswer:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await moves.acknowledge(tx, self.desk, number, by)

    async def resolve(
        self, number: int, by: Actor, note: str = "", resolution: Resolution | None = None
    ) -> ResolveAnswer:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await moves.resolve(tx, self.desk, number, by, note, resolution)

    async def escalate(self, number: int, by: Actor, as_of: datetime | None = None, reason: str = "") -> EscalateAnswer:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await moves.escalate(tx, self.desk, number, by, as_of, reason)

    async def still_on_it(self, number: int, by: Actor) -> AcknowledgeAnswer:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await responding.still_on_it(tx, self.desk, number, by)

    async def give_back(self, number: int, by: Actor) -> GiveBackAnswer:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await sharing.give_back(tx, self.desk, number, by)

    async def snooze(self, number: int, by: Actor, length: timedelta) -> SnoozeAnswer:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await responding.snooze(tx, self.desk, number, by, length)

    async def assign(self, number: int, to: Person, by: Actor) -> AskAnswer:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await responding.assign(tx, self.desk, number, to, by)

    async def call(self, number: int, people: Sequence[Person], by: Actor, reason: str = "") -> AskAnswer:
        """Page these people, too; they read the reason first."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await responding.call(tx, self.desk, number, people, by, reason)

    async def reopen(self, number: int, by: Actor) -> ReopenAnswer:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await moves.reopen(tx, self.desk, number, by)

    async def reclassify(self, number: int, to: Priority, by: Actor) -> ReclassifyAnswer:
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await reclassify.reclassify(tx, self.desk, number, to, by)

    async def declare(
        self, *, title: str, priority: Priority | None, environment: str, service: str, text: str, by: Actor,
        report: Report | None = None, confidential: bool = False,
    ) -> Declared | Repeated:  # fmt: skip
        """A person says that something is wrong. Without a priority the rules propose one, P2 at least kept open."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            alert = declaring.alert_of(title, environment, service, text, by)
            judged = await declaring.judged(tx, self.desk, alert, priority, by)
            opened = await receive.open_incident(tx, self.desk, alert, judged, by, confidential=confidential)
            if report is not None:
                await reports.insert(tx, opened.number, by.id, report)
            return Declared(opened)

    async def join(self, number: int, report: Report, by: Actor) -> JoinAnswer:
        """What somebody reports is open already: kept there, told in its thread, and nobody is paged anew."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await moves.join(tx, self.desk, number, report, by)

    async def add_task(self, number: int, task: NewTask, by: Actor) -> NoSuchIncident | Repeated | None:
        """Something to be done after an incident. None: noted."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await tasks.add(tx, self.desk, number, task, by)

    async def assign_task(self, task: int, to: Person, by: Actor) -> NewTask | Repeated:
        """Raises UserError when there is nothing to be done."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await tasks.assign(tx, self.desk, task, to, by)

    async def plan_task(self, task: int, due_on: date, by: Actor) -> NewTask | Repeated:
        """Until when; it is theirs who say so, unless somebody has it. Raises UserError when there is no such task."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await tasks.plan(tx, self.desk, task, due_on, by)

    async def finish_task(self, task: int, by: Actor) -> str | Repeated:
        """The task's title. Raises UserError when there is nothing to finish."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await tasks.finish(tx, self.desk, task, by)

    async def keep(self, kept: Kept, by: Actor) -> int | None:
        """A line of the story; the incident's number, None: it is of no incident, or nothing changes by it."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return None
            return await keeping.keep(tx, kept, by)

    async def note(self, number: int, text: str, by: Actor) -> Incident | NoSuchIncident | Repeated:
        """What somebody wants to be read in its story, also once it is over."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await keeping.note(tx, self.desk, number, text, by)

    async def want_postmortem(self, number: int, by: Actor) -> Incident | NoSuchIncident | Repeated:
        """Its draft is on its way. Raises UserError while the incident is open."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await postmortems.want(tx, self.desk, number, by)

    async def open_channel(self, number: int, by: Actor) -> RoomAnswer:
        """A Slack channel for this incident, made once however many ask."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await rooms.want(tx, self.desk, number, by)

    async def give_role(self, number: int, role: Role, to: Person | None, by: Actor) -> RoleAnswer:
        """None: nobody has it from now on. Raises UserError for somebody who only follows."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            if to is None:
                return await roles.leave(tx, self.desk, number, role, by)
            return await roles.give(tx, self.desk, number, role, to, by)

    async def tell_news(self, number: int, text: str, by: Actor, *, public: bool = True) -> NewsAnswer:
        """To the channel, the managers and, if `public`, the status page; an empty `text`: nothing new."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await news.tell(tx, self.desk, number, text, by, public=public)

    async def merge(self, number: int, into: int, by: Actor) -> Merged | Repeated:
        """The alerts of `number` become part of `into`. Raises UserError when that cannot be."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await regroup.merge(tx, self.desk, number, into, by)

    async def split(self, number: int, alerts: Sequence[int], by: Actor) -> SplitOff | Repeated:
        """These alerts (ids of rows) become an incident of their own. Raises UserError when that cannot be."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await regroup.split(tx, self.desk, number, alerts, by)

    async def link(self, number: int, parent: int | None, by: Actor) -> Linked | Repeated:
        """Part of a larger one from now on; None: of none any more. Raises UserError when that cannot be."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            if parent is None:
                return await linking.unlink(tx, self.desk, number, by)
            return await linking.link(tx, self.desk, number, parent, by)

    async def fitting(self, number: int, words: str) -> list[int]:
        """Ids of the incident's firing alerts whose title says these words; none said: of those gathered by place."""
        async with self.db.transaction() as tx:
            return await members.fitting(tx, number, words)

    async def calm(self) -> None:
        """What has stopped to come and go: closed when it is over, an ordinary incident when it fires. Each round."""
        async with self.db.transaction() as tx:
            for number in await incidents.calm_ones(tx):
                await calming.calmed(tx, self.desk, number)

    async def receipt(self, kind: Kind, provider_id: str, *, delivered: bool, reason: str) -> bool:
        """A provider tells what became of a message: not delivered means the person's next channel, now.

        False: no message has this id, or not yet: a receipt may overtake the row it is about.
        """
        async with self.db.transaction() as tx:
            return await receipts.receipt(tx, self.desk, kind, provider_id, delivered, reason)
