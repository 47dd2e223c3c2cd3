"""Rows of the database in the words of the desk."""

from collections.abc import Mapping, Sequence

import asyncpg

from bot import statuspage
from bot.incident import Incident, Status
from bot.message import Kind, State
from bot.news import News
from bot.phrase import Phrase
from bot.probe import Certificate, ProbeRow, Standing
from bot.report import Report
from bot.resolution import Resolution
from bot.runbook import Action, Image
from bot.sla import Due
from bot.view import AlertRow, ChangeRow, DueRow, LevelRow, PageRow, ResponderRow, TaskRow, TimelineRow


def page_row(row: asyncpg.Record) -> PageRow:
    return PageRow(
        person=row["person"] or row["recipient"], kind=Kind(row["kind"]), round=row["round"], level=row["level"],
        state=State(row["state"]), due_at=row["due_at"], sent_at=row["sent_at"], why=phrase_or_none(row["why"]),
        via=row["via"] or "",
    )  # fmt: skip


def phrase_or_none(stored: Mapping[str, object] | None) -> Phrase | None:
    return Phrase.from_json(stored) if stored else None


def alert_row(row: asyncpg.Record) -> AlertRow:
    return AlertRow(
        title=row["title"], status=row["status"], source=row["source"], severity=row["severity"], count=row["count"],
        first_seen=row["first_seen"], last_seen=row["last_seen"], url=row["url"],
        joined=Phrase.from_json(row["joined"]) if row["joined"] else None,
    )  # fmt: skip


def level_row(row: asyncpg.Record) -> LevelRow:
    return LevelRow(
        position=row["position"], name=row["name"], due_at=row["due_at"], state=row["state"], fired_at=row["fired_at"],
        why=Phrase.from_json(row["why"]) if row["why"] else None, acknowledgements=row["acknowledgements"],
    )  # fmt: skip


def timeline_row(row: asyncpg.Record) -> TimelineRow:
    return TimelineRow(
        at=row["at"], did=row["did"], by=row["actor_name"], door=row["door"],
        why=Phrase.from_json(row["why"]) if row["why"] else None, result=row["result"],
    )  # fmt: skip


def due_row(row: asyncpg.Record) -> DueRow:
    return DueRow(Due(row["kind"]), row["due_at"], row["state"])


def report_row(row: asyncpg.Record) -> Report:
    return Report(row["what"], row["since"], row["who"], row["place"], row["link"])


def task_row(row: asyncpg.Record) -> TaskRow:
    return TaskRow(row["id"], row["incident"], row["title"], row["done_by"], row["owner"], row["due_on"])


def resolution_of(row: asyncpg.Record | None) -> Resolution | None:
    return Resolution(row["cause"], row["fix"], row["impact"]) if row else None


def responder_row(row: asyncpg.Record) -> ResponderRow:
    return ResponderRow(row["person"], row["asked_by"], row["takes_over"], row["answered_at"])


def change_row(row: asyncpg.Record) -> ChangeRow:
    image = Image(row["image_id"], row["reference"], row["version"])
    what = "" if row["action"] else row["summary"] or image.name
    return ChangeRow(what, row["at"], row["by"], row["url"], Action(row["action"]) if row["action"] else None)


def trouble(incident: Incident, told: Sequence[News] = ()) -> statuspage.Trouble:
    """What the public may know of an incident."""
    over = incident.resolved_at if incident.status is Status.RESOLVED else None
    taken = incident.status is not Status.TRIGGERED
    said = tuple(statuspage.Said(each.at, each.text) for each in told)
    return statuspage.Trouble(incident.service, incident.priority, incident.opened_at, taken, over, said)


def lamp_of(row: ProbeRow) -> statuspage.Lamp | None:
    """What the public may know of a probe; None: all is well, or it is not known yet."""
    state = row.state
    if state.standing is Standing.DOWN or state.certificate is Certificate.EXPIRED:
        return statuspage.Lamp(row.entry.environment, row.entry.service, statuspage.State.DOWN, state.since)
    if state.standing is Standing.SLOW:
        return statuspage.Lamp(row.entry.environment, row.entry.service, statuspage.State.DEGRADED, state.since)
    return None
