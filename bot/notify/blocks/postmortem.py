"""The draft of a post-mortem: what the desk knows, in the order in which one is read, and what only people can add."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from babel.dates import format_date

from bot.escalation import level_named
from bot.incident import RESOLVE_WITHIN
from bot.message import Kind, State
from bot.notify.blocks.changes import what_of
from bot.notify.blocks.document import Document, Part, Rows, Said, Section, Table
from bot.notify.blocks.marks import severity
from bot.notify.blocks.postmortem_acts import acts
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.responding import impact
from bot.notify.blocks.timeline import said_of
from bot.phrase import Phrase, Value
from bot.view import IncidentView, PageRow, PostmortemView, TaskRow, TimelineRow

TAKEN: Final = "incident.acknowledged"
KEPT, TAKEN_BACK = "timeline.kept", "timeline.taken_back"
ELSEWHERE: Final = ("page.", "message.", "task.", "postmortem.")
"""Lines that a section of their own tells better."""
LONGEST_TIMELINE: Final = 300


def draft(found: PostmortemView, reader: Reader) -> Document:
    """Times of the incident's own day are told by the hour, others with their date, whenever it is read."""
    incident = found.view.incident
    then = replace(reader, now=incident.opened_at)
    title = reader.say(Phrase("Post-mortem of #{number}", {"number": incident.number}))
    grade = f"{incident.priority} {reader.say(severity(incident.priority))}"
    place = reader.place(incident.environment, incident.service)
    day = full_day(incident.opened_at.astimezone(reader.zone).date(), reader)
    footer = reader.say(Phrase("Draft by ÉcoTrajet, {day}", {"day": full_day(_today(reader), reader)}))
    return Document(
        f"post-mortem-{incident.number}", f"{title} · {incident.title}", (f"{grade} · {place}", day),
        tuple(_sections(found, then, reader)), reader.language, footer,
    )  # fmt: skip


def full_day(day: date, reader: Reader) -> str:
    """`mercredi 25 novembre 2026`."""
    return str(format_date(day, "full", locale=reader.language))


def _today(reader: Reader) -> date:
    return reader.now.astimezone(reader.zone).date()


def _sections(found: PostmortemView, then: Reader, now: Reader) -> Iterable[Section]:
    view, say = found.view, then.say
    yield Section(say(Phrase("Summary")), _summary(view, then))
    yield Section(say(Phrase("Impact and durations")), _impact(view, then))
    yield Section(say(Phrase("Timeline")), (timeline(view.timeline, then),))
    yield Section(say(Phrase("Who was told, and when they answered")), _pages(found, then))
    yield Section(say(Phrase("Actions and evidence")), tuple(acts(found, then)))
    yield Section(say(Phrase("Changes before")), (_changes(view, then),))
    yield Section(say(Phrase("Contributing factors")), (_factors(found, then),))
    yield Section(say(Phrase("Follow-up tasks")), (_tasks(view, now),))
    yield Section(say(Phrase("To be completed together")), (_open_questions(then),))


def _summary(view: IncidentView, reader: Reader) -> tuple[Part, ...]:
    incident, said = view.incident, [reader.say(impact(view.incident, reader)) + "."]
    if incident.summary.strip():
        said.append(incident.summary.strip())
    reported = [text for report in view.reports for text in (report.what,) if text]
    if reported:
        said.append(reader.say(Phrase("Reported: {what}", {"what": " · ".join(dict.fromkeys(reported))})))
    if incident.resolved_at is not None:
        facts: dict[str, Value | Phrase] = {
            "name": reader.name(incident.resolved_by), "time": incident.resolved_at,
            "length": incident.resolved_at - incident.opened_at,
        }  # fmt: skip
        said.append(reader.say(Phrase("Resolved by {name} at {time}, after {length}", facts)) + ".")
    if view.resolution is not None and view.resolution.fix:
        said.append(reader.say(Phrase("What mended it: {fix}", {"fix": view.resolution.fix})))
    return tuple(map(Said, said))


def _impact(view: IncidentView, reader: Reader) -> tuple[Part, ...]:
    told = [view.resolution.impact] if view.resolution and view.resolution.impact else []
    told += [
        reader.say(Phrase("Concerned, as reported: {who}", {"who": report.who}))
        for report in view.reports
        if report.who
    ]
    if not told:
        told = [reader.say(Phrase("Who or what suffered was not said: to be completed."))]
    head = tuple(reader.say(each) for each in (Phrase("Moment"), Phrase("Time"), Phrase("After"), Phrase("By")))
    return (
        Rows(tuple(dict.fromkeys(told))),
        Table(head, tuple(_moments(view, reader)), (30, 28, 20, 34)),
        _limit(view, reader),
    )


def _moments(view: IncidentView, reader: Reader) -> Iterable[tuple[str, str, str, str]]:
    incident = view.incident
    opened = next((row.by for row in view.timeline if row.did == "incident.opened"), "")
    yield reader.say(Phrase("Detected")), reader.time(incident.opened_at), "", opened
    taken = next((row for row in view.timeline if row.did == TAKEN), None)
    if taken is None:
        yield reader.say(Phrase("Acknowledged")), reader.say(Phrase("never")), "", ""
    else:
        after = reader.length(taken.at - incident.opened_at)
        yield reader.say(Phrase("Acknowledged")), reader.time(taken.at), after, taken.by
    if incident.resolved_at is not None:
        after = reader.length(incident.resolved_at - incident.opened_at)
        name = reader.name(incident.resolved_by)
        yield reader.say(Phrase("Resolved")), reader.time(incident.resolved_at), after, name


def _limit(view: IncidentView, reader: Reader) -> Said:
    incident = view.incident
    ended = incident.resolved_at or reader.now
    facts: dict[str, Value | Phrase] = {"limit": RESOLVE_WITHIN[incident.priority], "at": incident.resolve_by}
    if ended <= incident.resolve_by:
        said = Phrase("Resolution limit of {limit} ({at}): kept.", facts)
    else:
        late = ended - incident.resolve_by
        said = Phrase("Resolution limit of {limit} ({at}): exceeded by {late}.", {**facts, "late": late})
    return Said(reader.say(said))


def timeline(rows: Sequence[TimelineRow], reader: Reader, leave_out: tuple[str, ...] = ELSEWHERE) -> Rows:
    """Without what was kept and taken back."""
    last = {row.result: row.did for row in rows if row.did in (KEPT, TAKEN_BACK)}
    told = (row for row in rows if not row.did.startswith(leave_out) and row.did != TAKEN_BACK)
    shown = [row for row in told if row.did != KEPT or last[row.result] == KEPT][:LONGEST_TIMELINE]
    return Rows(tuple(said_of(row, reader) for row in shown), tuple(_clock(row.at, reader) for row in shown))


def _clock(at: datetime, reader: Reader) -> str:
    local = at.astimezone(reader.zone)
    return f"{local:%H:%M:%S}" if local.date() == _today(reader) else reader.time(at)


def _pages(found: PostmortemView, reader: Reader) -> tuple[Part, ...]:
    if not found.pages:
        return (Said(reader.say(Phrase("Nobody was paged."))),)
    heads = (Phrase("Time"), Phrase("Who"), Phrase("How"), Phrase("What became of it"), Phrase("Answered"))
    rows = [
        (
            reader.time(page.sent_at or page.due_at), reader.name(page.person), _way(page, reader),
            _became(page, reader), _answered(page, found.view.timeline, reader),
        )
        for page in found.pages
    ]  # fmt: skip
    return (Table(tuple(map(reader.say, heads)), tuple(rows), (20, 26, 18, 38, 22)),)


def _way(page: PageRow, reader: Reader) -> str:
    ways = {
        Kind.SLACK: Phrase("Slack"), Kind.SMS: Phrase("SMS"), Kind.VOICE: Phrase("phone call"),
        Kind.EMAIL: Phrase("email"),
    }  # fmt: skip
    return " · ".join([reader.say(ways[page.kind]), *([page.via.upper()] if page.via else [])])


def _became(page: PageRow, reader: Reader) -> str:
    why = page.why or Phrase("the reason is not known")
    match page.state:
        case State.DELIVERED:
            return reader.say(Phrase("arrived"))
        case State.SENT:
            return reader.say(Phrase("left"))
        case State.FAILED:
            return reader.say(Phrase("did not arrive: {why}", {"why": why}))
        case State.DROPPED:
            return reader.say(Phrase("not needed: {why}", {"why": why}))
        case State.WAITING | State.SENDING:
            return reader.say(Phrase("has not left"))


def _answered(page: PageRow, rows: Sequence[TimelineRow], reader: Reader) -> str:
    """By this very person, in whichever way; the reader's empty cell: not by them."""
    if page.sent_at is None:
        return ""
    name, sent = reader.name(page.person), page.sent_at
    took = next((row.at for row in rows if row.did == TAKEN and row.by == name and row.at >= sent), None)
    return "" if took is None else f"{reader.time(took)} (+{reader.length(took - sent)})"


def _changes(view: IncidentView, reader: Reader) -> Part:
    rows = [row for row in view.changes if row.at <= view.incident.opened_at]
    if not rows:
        return Said(reader.say(Phrase("The desk saw no change in the six hours before.")))
    told = []
    for row in rows:
        length = view.incident.opened_at - row.at
        said = reader.say(Phrase("{length} before the start", {"length": length}))
        by = reader.name(row.by) if row.by else ""
        told.append(" · ".join(each for each in (what_of(row, reader), said, by, row.url) if each))
    return Rows(tuple(told))


def _factors(found: PostmortemView, reader: Reader) -> Part:
    """The cause as it was said; then what the figures suggest."""
    view, incident = found.view, found.view.incident
    cause = view.resolution.cause if view.resolution else ""
    told = [cause or reader.say(Phrase("The cause was not said: to be completed."))]
    fired = [level for level in view.levels if level.state == "fired"]
    if len(fired) > 1:
        level = level_named(fired[-1].name)
        told.append(reader.say(Phrase("It went up to the level “{level}” before somebody took it.", {"level": level})))
    failed = sum(page.state is State.FAILED for page in found.pages)
    if failed:
        told.append(reader.say(Phrase("Pages that did not arrive: {count}.", {"count": failed})))
    if any(row.at <= incident.opened_at for row in view.changes):
        told.append(reader.say(Phrase("Something had been changed shortly before.")))
    if incident.round > 1:
        told.append(reader.say(Phrase("It had to be taken up again: {count} rounds.", {"count": incident.round})))
    return Rows(tuple(told))


def _tasks(view: IncidentView, reader: Reader) -> Part:
    if not view.tasks:
        hint = f"/ecotrajet task {view.incident.number} …"
        return Said(reader.say(Phrase("None noted yet: {command}", {"command": hint})))
    heads = (Phrase("Task"), Phrase("Who does it"), Phrase("Until"), Phrase("State"))
    rows = tuple(_task(task, reader) for task in view.tasks)
    return Table(tuple(map(reader.say, heads)), rows, (50, 26, 24, 16))


def _task(task: TaskRow, reader: Reader) -> tuple[str, str, str, str]:
    until = str(format_date(task.due_on, "medium", locale=reader.language)) if task.due_on else "—"
    state = reader.say(Phrase("done") if task.done_by else Phrase("to do"))
    return task.title, reader.name(task.owner), until, state


def _open_questions(reader: Reader) -> Part:
    asked = (
        Phrase("What went well?"),
        Phrase("What was hard, or took too long?"),
        Phrase("Where were we lucky?"),
        Phrase("What would have let us notice it earlier?"),
    )
    return Rows(tuple(map(reader.say, asked)))
