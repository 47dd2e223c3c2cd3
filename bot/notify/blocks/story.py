"""An incident's story: as a card, and as a file to keep (Markdown to read, JSON to work with)."""

import json
from dataclasses import dataclass, replace
from typing import Final

from bot.notify.blocks.document import Document, Section, flat
from bot.notify.blocks.incident import headline
from bot.notify.blocks.parts import Card, card, context, cut, line, section
from bot.notify.blocks.pdf import pdf
from bot.notify.blocks.postmortem import full_day, timeline
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.timeline import said_of, told
from bot.phrase import Phrase
from bot.view import IncidentView

SHOWN: Final = 40  # lines; the files hold them all
LONGEST_LINE: Final = 250
IN_ONE: Final = 10  # lines of a section, which holds 3000 characters


@dataclass(frozen=True, slots=True)
class File:
    """`content`: text is sent in UTF-8."""

    name: str
    title: str
    content: str | bytes


def story(view: IncidentView, reader: Reader) -> Card:
    """The newest lines, oldest first."""
    number = view.incident.number
    title = reader.say(Phrase("Timeline of #{number}", {"number": number}))
    lines = [cut(told(row, reader), LONGEST_LINE) for row in view.timeline[-SHOWN:]]
    groups = ["\n".join(lines[start : start + IN_ONE]) for start in range(0, len(lines), IN_ONE)]
    commands = " · ".join(f"`/ecotrajet timeline {number} {form}`" for form in ("pdf", "md", "json"))
    hint = reader.say(Phrase("All of it, as a file: {commands}", {"commands": commands}))
    head = section(f"*{title}* {line(view.incident.title)}")
    return card(reader.titled(title, headline(view.incident, reader)), [head, *map(section, groups), context(hint)])


def markdown(view: IncidentView, reader: Reader) -> File:
    """Title, facts and every line, in the reader's language."""
    incident = view.incident
    title = reader.say(Phrase("Timeline of #{number}", {"number": incident.number}))
    facts = f"{incident.priority} · {reader.place(incident.environment, incident.service)}"
    rows = [
        f"- {row.at.astimezone(reader.zone):%Y-%m-%d %H:%M:%S} {flat(said_of(row, reader))}" for row in view.timeline
    ]
    content = "\n".join([f"# {title}", "", f"**{flat(incident.title)}**", "", facts, "", *rows, ""])
    return File(f"incident-{incident.number}.md", title, content)


def as_json(view: IncidentView, reader: Reader) -> File:
    """`{incident, title, priority, status, environment, service, opened_at, resolved_at, timeline: [{at, did, by, door,
    said, result}]}`; times in ISO 8601, UTC as stored; `said` in the reader's language.
    """
    incident = view.incident
    body = {
        "incident": incident.number, "title": incident.title, "priority": incident.priority.value,
        "status": incident.status.value, "environment": incident.environment, "service": incident.service,
        "opened_at": incident.opened_at.isoformat(),
        "resolved_at": incident.resolved_at.isoformat() if incident.resolved_at else None,
        "timeline": [
            {
                "at": row.at.isoformat(), "did": row.did, "by": row.by, "door": row.door,
                "said": said_of(row, reader), "result": row.result,
            }
            for row in view.timeline
        ],
    }  # fmt: skip
    title = reader.say(Phrase("Timeline of #{number}", {"number": incident.number}))
    return File(f"incident-{incident.number}.json", title, json.dumps(body, ensure_ascii=False, indent=2) + "\n")


def paper(view: IncidentView, reader: Reader) -> Document:
    """Title, facts and every line; what was kept and taken back is left out."""
    incident = view.incident
    then = replace(reader, now=incident.opened_at)
    title = reader.say(Phrase("Timeline of #{number}", {"number": incident.number}))
    facts = f"{incident.priority} · {reader.place(incident.environment, incident.service)}"
    day = full_day(incident.opened_at.astimezone(reader.zone).date(), reader)
    return Document(
        f"incident-{incident.number}", f"{title} · {incident.title}", (facts, day),
        (Section(reader.say(Phrase("What happened")), (timeline(view.timeline, then, ()),)),), reader.language,
        "ÉcoTrajet",
    )  # fmt: skip


def as_pdf(view: IncidentView, reader: Reader) -> File:
    """Slow: a thread's work."""
    document = paper(view, reader)
    return File(f"{document.name}.pdf", document.title, pdf(document))
