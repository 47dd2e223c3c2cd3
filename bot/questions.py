"""What may be asked of the desk without changing anything."""

from datetime import datetime, timedelta

import asyncpg

from bot import statuspage
from bot.audit import Actor
from bot.desk import Desk
from bot.incident import Incident, Status
from bot.procedure import Suggestion, suggestions
from bot.roster import Roster
from bot.sla import OF_CLOCK
from bot.store import (
    alerts,
    audit,
    changes,
    codes,
    deliveries,
    digests,
    dues,
    escalations,
    evidence,
    incidents,
    news,
    oncall,
    pages,
    parents,
    probes,
    procedures,
    reports,
    resolutions,
    responders,
    roles,
    rooms,
    runs,
    silences,
    tasks,
    verdicts,
)
from bot.store.database import Database, Tx
from bot.store.rows import (
    alert_row,
    change_row,
    due_row,
    lamp_of,
    level_row,
    page_row,
    phrase_or_none,
    report_row,
    resolution_of,
    responder_row,
    task_row,
    timeline_row,
    trouble,
)
from bot.view import DigestView, IncidentView, PostmortemView, RungRow, TaskRow, WhyView

OURSELVES = "desk"
DIGEST_SHOWN = 20
ROSTER_AHEAD = timedelta(days=14)


class Questions:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db = db
        self.desk = desk

    async def incident(self, number: int) -> IncidentView | None:
        """The incident with its alerts, the levels of its present round and its story; None: no such number."""
        async with self.db.transaction() as tx:
            incident = await incidents.get(tx, number)
            return await view(tx, self.desk, incident) if incident else None

    async def why(self, number: int) -> WhyView | None:
        """Who was told of it or not, by what and why; None: no such number."""
        async with self.db.transaction() as tx:
            incident = await incidents.get(tx, number)
            if incident is None:
                return None
            rungs = [await self.rung(tx, row) for row in await pages.levels(tx, number)]
            told = tuple(page_row(row) for row in await pages.of_incident(tx, number))
            return WhyView(await view(tx, self.desk, incident), tuple(rungs), told)

    async def postmortem(self, number: int) -> PostmortemView | None:
        """Everything from which its post-mortem is written; None: no such number."""
        async with self.db.transaction() as tx:
            incident = await incidents.get(tx, number)
            return await postmortem_view(tx, self.desk, incident) if incident else None

    async def rung(self, tx: Tx, row: asyncpg.Record) -> RungRow:
        at: datetime = row["fired_at"] or row["due_at"]
        overrides = await escalations.overrides(tx, at)
        meant = [one for target in row["targets"] for one in self.desk.recipients(target, at, overrides).people]
        return RungRow(
            round=row["round"], position=row["position"], name=row["name"], state=row["state"], at=at,
            people=tuple(dict.fromkeys(person.name for person in meant)), why=phrase_or_none(row["why"]),
            acknowledgements=row["acknowledgements"],
        )  # fmt: skip

    async def status_page(self) -> statuspage.Page:
        """What everybody may see."""
        settings = self.desk.status_page
        async with self.db.transaction() as tx:
            found = await incidents.for_everybody(tx, settings.environments, statuspage.LOOKS_BACK)
            told = await news.public(tx, [each.number for each in found], statuspage.MOST_SAID)
            planned = await silences.open_ones(tx)
            troubles = [trouble(each, told.get(each.number, ())) for each in found]
            shown = [each for each in self.desk.probes.values() if each.environment in settings.environments]
            lamps = [lamp for row in await probes.standings(tx, shown) if (lamp := lamp_of(row)) is not None]
            return statuspage.page(settings, troubles, planned, await incidents.now(tx), lamps)

    async def open_incidents(self) -> list[Incident]:
        """Worst first, then oldest first; 200 at most. Confidential ones veiled."""
        async with self.db.transaction() as tx:
            return [each.veiled() for each in await incidents.open_ones(tx)]

    async def open_tasks(self, person: str) -> list[TaskRow]:
        """What is left to do after incidents, the first due first; 40 at most. Of confidential ones only what is theirs
        or of those that they handled.
        """
        async with self.db.transaction() as tx:
            return [
                task_row(row)
                for row in await tasks.open_ones(tx)
                if not row["confidential"]
                or person == row["owner"]
                or person in await incidents.insiders(tx, row["incident"])
            ]

    async def roster(self) -> Roster:
        """Who is to be told first, for the days to come."""
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
            return Roster.of(self.desk, now, now + ROSTER_AHEAD, await oncall.between(tx, now, now + ROSTER_AHEAD))

    async def latest_page_of(self, person: str) -> int | None:
        """The number of the incident whose page reached this person last and which still needs somebody."""
        async with self.db.transaction() as tx:
            return await pages.latest_open(tx, person)

    async def page_with_code(self, person: str, code: int) -> int | None:
        """The number of the incident that this person's short code stands for; None: they were never given it."""
        async with self.db.transaction() as tx:
            return await codes.meant(tx, person, code)

    async def page_at(self, channel: str, ts: str) -> int | None:
        """The number of the incident whose page stands there in Slack; None: that is no page."""
        async with self.db.transaction() as tx:
            return await pages.at(tx, f"{channel}:{ts}")

    async def was_heard(self, by: Actor) -> bool:
        """Whether this very delivery was acted upon already."""
        async with self.db.transaction() as tx:
            return await deliveries.seen(tx, by)


async def postmortem_view(tx: Tx, desk: Desk, incident: Incident) -> PostmortemView:
    number = incident.number
    begun = await procedures.begun_for(tx, number)
    found = [await runs.view(tx, each) for each in await runs.of_incident(tx, number)]
    return PostmortemView(
        await view(tx, desk, incident),
        tuple(page_row(row) for row in await pages.of_incident(tx, number)),
        tuple(run for run in found if run is not None),
        tuple(desk.procedures[name].title if name in desk.procedures else name for name in dict.fromkeys(begun)),
    )


async def view(tx: Tx, desk: Desk, incident: Incident) -> IncidentView:
    service = desk.services.get(incident.service)
    above = await parents.above(tx, incident.number)
    return IncidentView(
        incident=incident,
        alerts=tuple(alert_row(row) for row in await alerts.of_incident(tx, incident.number)),
        levels=tuple(level_row(row) for row in await escalations.of_incident(tx, incident.number, incident.round)),
        timeline=tuple(timeline_row(row) for row in await audit.of_incident(tx, incident.number)),
        dues=tuple(due_row(row) for row in await dues.of_incident(tx, incident.number, incident.round)),
        responders=tuple(responder_row(row) for row in await responders.of_incident(tx, incident.number)),
        changes=tuple(
            change_row(row)
            for row in await changes.around(tx, incident.environment, incident.service, incident.opened_at)
        ),
        reports=tuple(report_row(row) for row in await reports.of_incident(tx, incident.number)),
        resolution=resolution_of(await resolutions.latest(tx, incident.number)),
        tasks=tuple(task_row(row) for row in await tasks.of_incident(tx, incident.number)),
        room=await rooms.get(tx, incident.number),
        roles=tuple(await roles.of_incident(tx, incident.number)),
        news=(await news.latest(tx, [incident.number])).get(incident.number),
        evidence=await evidence.latest(tx, incident.number),
        database=await evidence.latest_of_database(tx, incident.number),
        suggested=await suggested(tx, desk, incident),
        insiders=await incidents.insiders(tx, incident.number) if incident.confidential else frozenset(),
        call=desk.rooms.call_of(incident.number),
        parent=above[0] if above else None,
        parts=tuple(await parents.below(tx, incident.number)),
        runbook=service.runbook if service else "",
        links=service.links_for(incident.environment) if service else {},
        verdicts=await verdicts.of_incident(tx, incident.number) if incident.status is Status.RESOLVED else {},
    )


async def short_view(tx: Tx, incident: Incident) -> IncidentView:
    """What texts, calls and mails tell of it."""
    return IncidentView(
        incident=incident,
        insiders=await incidents.insiders(tx, incident.number) if incident.confidential else frozenset(),
        alerts=tuple(alert_row(row) for row in await alerts.of_incident(tx, incident.number)),
        dues=tuple(due_row(row) for row in await dues.of_incident(tx, incident.number, incident.round)),
    )


async def suggested(tx: Tx, desk: Desk, incident: Incident) -> tuple[Suggestion, ...]:
    """Runbooks that help, but for those that were begun for it already; none once it is over."""
    found = suggestions(desk.procedures.values(), incident, desk.environments)
    if not found or incident.status is Status.RESOLVED:
        return ()
    begun = await procedures.begun_for(tx, incident.number)
    return tuple(each for each in found if each.name not in begun)


async def digest_view(tx: Tx, person: str) -> DigestView:
    """What is open now, and of what this person follows what ended since their last digest."""
    found = [each.veiled() for each in await incidents.open_ones(tx)]
    rows: list[tuple[Incident, datetime | None]] = []
    for incident in found[:DIGEST_SHOWN]:
        ahead = [due_row(row) for row in await dues.of_incident(tx, incident.number, incident.round)]
        times = [row.due_at for row in ahead if row.state == "pending" and row.kind in OF_CLOCK]
        rows.append((incident, min(times, default=None)))
    rows += [(incident, None) for incident in found[DIGEST_SHOWN:]]
    return DigestView(tuple(rows), tuple(each.veiled() for each in await digests.over(tx, person)))
