"""The cards of an incident: the one in the channel, the page in a person's messages, the list, the details."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.escalation import level_named
from bot.incident import Incident, Priority, Status
from bot.notify.blocks import responding
from bot.notify.blocks.changes import changed
from bot.notify.blocks.database import remembered
from bot.notify.blocks.diagnosis import evidence_of, last_look
from bot.notify.blocks.gathered import gathered
from bot.notify.blocks.marks import LIGHT, severity
from bot.notify.blocks.parts import (
    Block,
    Card,
    actions,
    button,
    card,
    context,
    divider,
    escape,
    fields,
    line,
    link,
    menu,
    section,
)
from bot.notify.blocks.procedure import suggested
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.resolved import resolved_card
from bot.notify.blocks.rooms import channel_link
from bot.notify.blocks.state import state
from bot.notify.blocks.timeline import told
from bot.notify.blocks.together import together, together_buttons
from bot.phrase import Phrase
from bot.report import Report
from bot.view import IncidentView, LevelRow

LISTED: Final = 40
ALERTS_SHOWN: Final = 8
ALERTS_READ: Final = 100  # of more than these nobody has counted how many still fire
STORY_SHOWN: Final = 20
REPORTS_SHOWN: Final = 3
ALERT_LINKS: Final = 3
OWN_LINK: Final = "🔗"


def incident_card(view: IncidentView, reader: Reader) -> Card:
    """The incident's one card in a channel; once resolved it is compact and has no buttons."""
    if view.incident.status is Status.RESOLVED:
        return resolved_card(view, reader)
    said = together(view, reader)
    blocks = [*_body(view, reader), *said, _buttons(view.incident, reader), together_buttons(view, reader)]
    return card(headline(view.incident, reader), blocks)


def page(
    view: IncidentView, reader: Reader, level_name: str = "", because: Phrase | None = None, person: str = ""
) -> Card:
    """To one person: why they are told, then the same facts and buttons.

    `because`: they are told though another one may be on it; their answer counts until they gave it.
    """
    incident = view.incident
    if incident.status is Status.RESOLVED:
        return resolved_card(view, reader)
    asked = because is not None and view.waits_for(person)
    why_you = Phrase(
        "You are paged as “{level}”: somebody has to take this incident.", {"level": level_named(level_name)}
    )
    taken = person in incident.on_it
    blocks = [*_body(view, reader), _buttons(incident, reader, asked=asked, taken=taken)]
    if because is not None and asked:
        blocks.insert(0, section(f"🔔 {escape(reader.say(because))}"))
    elif level_name and incident.status is Status.TRIGGERED and not taken:
        blocks.insert(0, section(f"🔔 {escape(reader.say(why_you))}"))
    return card(headline(incident, reader), blocks)


def incident_list(incidents: Sequence[Incident], reader: Reader) -> Card:
    """Open incidents, in the order given; the newest facts, one line each."""
    if not incidents:
        nothing = reader.say(Phrase("No open incident. All is quiet."))
        return card(nothing, [section(f"🟢 {nothing}")])
    heading = reader.say(
        Phrase("1 open incident")
        if len(incidents) == 1
        else Phrase("{count} open incidents", {"count": len(incidents)})
    )
    blocks = [section(f"*{heading}*"), *(section(_listed(each, reader)) for each in incidents[:LISTED])]
    if len(incidents) > LISTED:
        blocks.append(context(reader.say(Phrase("… and {count} more", {"count": len(incidents) - LISTED}))))
    return card(heading, blocks)


def incident_details(view: IncidentView, reader: Reader) -> Card:
    """Everything that is known of one incident: its facts, alerts, ladder and story."""
    head = incident_card(view, reader)
    blocks = list(head.blocks)
    buttons: list[Block] = []
    while blocks[-1]["type"] == "actions":
        buttons.insert(0, blocks.pop())
    if view.alerts:
        blocks += [divider(), section(f"*{reader.say(Phrase('Alerts'))}*\n{_alerts(view, reader)}")]
    if view.levels:
        ladder = "\n".join(_rung(level, reader) for level in view.levels)
        blocks += [divider(), section(f"*{reader.say(Phrase('Escalation'))}*\n{ladder}")]
    if view.evidence is not None:
        blocks += [divider(), *evidence_of(view.evidence, reader)]
    if view.database is not None:
        blocks += [divider(), *remembered(view.database, reader)]
    if view.timeline:
        story = "\n".join(told(row, reader) for row in view.timeline[-STORY_SHOWN:])
        blocks += [divider(), section(f"*{reader.say(Phrase('What happened'))}*\n{story}")]
    return card(head.text, [*blocks, *buttons])


def headline(incident: Incident, reader: Reader) -> str:
    """One escaped sentence for notifications and small screens."""
    said = Phrase(
        "{light} {priority} #{number} {title}: {state}",
        {
            "light": LIGHT[incident.priority],
            "priority": incident.priority.value,
            "number": incident.number,
            "title": line(incident.title, 150),
            "state": state(incident, reader),
        },
    )
    return reader.say(said)


def _body(view: IncidentView, reader: Reader) -> list[Block]:
    incident = view.incident
    grade = f"{incident.priority} {reader.say(severity(incident.priority))} · #{incident.number}"
    meaning = escape(reader.say(responding.impact(incident, reader)))
    title = f"{LIGHT[incident.priority]} *{grade}*\n*{line(incident.title)}*\n{meaning}"
    blocks = [section(title), fields(_facts(view, reader))]
    if incident.summary.strip():
        blocks.append(section(line(incident.summary, 600)))
    if looked := last_look(view, reader):
        blocks.append(section(looked))
    if view.reports and (said := _reported(view.reports, reader)):
        blocks.append(section(said))
    why = Phrase(
        "Why {priority}: {why}", {"priority": incident.priority.value, "why": escape(reader.say(incident.why))}
    )
    helps = [
        suggested({"runbook": each.name, "incident": incident.number}, each.title, each.why, reader)
        for each in view.suggested
    ]
    small = context(reader.say(why), *gathered(view, reader), channel_link(view, reader), _links(view, reader))
    return [*blocks, *helps, small]


def _reported(reports: Sequence[Report], reader: Reader) -> str:
    """When, who and where as people said it, each answer once, and the messages they said it in."""
    labels = {"since": Phrase("When"), "who": Phrase("Who"), "where": Phrase("Where it shows")}
    rows: list[str] = []
    for name, label in labels.items():
        said = dict.fromkeys(line(getattr(each, name), 120) for each in reports if getattr(each, name))
        if said:
            rows.append(f"*{reader.say(label)}* {' · '.join(list(said)[:REPORTS_SHOWN])}")
    links = dict.fromkeys(each.link for each in reports if link(each.link, ""))
    where = [link(each, reader.say(Phrase("reported in this message"))) for each in list(links)[:REPORTS_SHOWN]]
    return "\n".join([*rows, *where])


def _facts(view: IncidentView, reader: Reader) -> list[tuple[str, str]]:
    incident = view.incident
    who = reader.say(state(incident, reader))
    facts = [
        (Phrase("Where"), line(reader.place(incident.environment, incident.service))),
        (Phrase("Who is on it"), ("👀 " if incident.status is Status.ACKNOWLEDGED else "⏳ ") + who),
        (Phrase("Since"), reader.clock(incident.opened_at)),
        (Phrase("Alerts"), _counted(view, reader)),
    ]
    following = view.next_level
    if incident.status is Status.TRIGGERED and following is not None:
        shared = incident.takers or incident.takers_wanted > 1
        label = Phrase("If not enough people take it") if shared else Phrase("If nobody takes it")
        facts.append((label, _next(following, incident.opened_at, reader)))
    facts += changed(view, reader)
    facts += responding.facts(view, reader)
    return [(reader.say(label), value) for label, value in facts]


def _next(level: LevelRow, opened_at: datetime, reader: Reader) -> str:
    """Counted from the start, and by Slack's own clock: a card that is not edited for a while stays true."""
    facts = {"level": level_named(line(level.name)), "time": level.due_at, "after": level.due_at - opened_at}
    said = f"{reader.say(Phrase('{level}: {time} ({after} after the start)', facts))} · {reader.ago(level.due_at)}"
    return f"{said} · {escape(reader.say(level.why))}" if level.why else said


def _counted(view: IncidentView, reader: Reader) -> str:
    signals = max(view.incident.alert_count, sum(row.count for row in view.alerts), 1)
    firing = sum(row.status == "firing" for row in view.alerts)
    total = Phrase("1 signal") if signals == 1 else Phrase("{count} signals", {"count": signals})
    if len(view.alerts) < 2 or len(view.alerts) >= ALERTS_READ:
        return reader.say(total)
    return reader.say(Phrase("{total}, {firing} still firing", {"total": total, "firing": firing}))


def _links(view: IncidentView, reader: Reader) -> str:
    """What its service's people look at first, then what its alerts point to."""
    own = {reader.say(Phrase("Runbook")): view.runbook, **{line(label, 60): url for label, url in view.links.items()}}
    shown = {url: f"{OWN_LINK} {link(url, label)}" for label, url in own.items() if link(url, "")}
    most = len(shown) + ALERT_LINKS
    for row in view.alerts:
        if link(row.url, "") and len(shown) < most:
            label = Phrase("Open in {source}", {"source": line(row.source, 40)})
            shown.setdefault(row.url, link(row.url, reader.say(label)))
    return " · ".join(shown.values())


def _buttons(incident: Incident, reader: Reader, *, asked: bool = False, taken: bool = False) -> Block:
    value = {"incident": incident.number, "as_of": reader.now.isoformat()}
    take = button(reader.say(Phrase("Acknowledge")), "incident.acknowledge", value, "primary")
    rest = [
        button(reader.say(Phrase("Resolve")), "incident.resolve", value, "danger"),
        button(reader.say(Phrase("Escalate")), "incident.escalate", value),
    ]
    others = [
        (f"{LIGHT[each]} {each} {reader.say(severity(each))}", {"incident": incident.number, "priority": each.value})
        for each in Priority
        if each is not incident.priority
    ]
    rest.append(menu("incident.reclassify", reader.say(Phrase("Change priority")), others))
    if incident.status is Status.TRIGGERED:
        return actions(*rest) if taken else actions(take, *rest)
    first = [responding.on_it_button(incident, reader)] if asked else []
    return actions(*first, *rest, responding.snooze_button(incident, reader))


def _listed(incident: Incident, reader: Reader) -> str:
    said = Phrase("since {time}, {state}", {"time": incident.opened_at, "state": state(incident, reader)})
    known = incident.environment or incident.service
    where = f"{line(reader.place(incident.environment, incident.service))} · " if known else ""
    return (
        f"{LIGHT[incident.priority]} *{incident.priority} · #{incident.number}* {line(incident.title)}\n"
        f"{where}{reader.say(said)}"
    )


def _alerts(view: IncidentView, reader: Reader) -> str:
    rows = [
        f"{'🔥' if row.status == 'firing' else '✅'} {link(row.url, line(row.title, 120))}"
        f" · {line(row.source, 40)} · ×{row.count} · {reader.time(row.last_seen)}"
        for row in view.alerts[:ALERTS_SHOWN]
    ]
    if len(view.alerts) > ALERTS_SHOWN:
        rows.append(reader.say(Phrase("… and {count} more", {"count": len(view.alerts) - ALERTS_SHOWN})))
    return "\n".join(rows)


def _rung(level: LevelRow, reader: Reader) -> str:
    sign, word = {
        "pending": ("⏳", Phrase("planned")),
        "fired": ("🔔", Phrase("told")),
        "skipped": ("⏭️", Phrase("skipped")),
        "stopped": ("⏹️", Phrase("not needed")),
    }.get(level.state, ("·", Phrase("unknown")))
    at = level.fired_at or level.due_at
    said = Phrase("{level}: {time}, {state}", {"level": level_named(line(level.name)), "time": at, "state": word})
    why = f" · {escape(reader.say(level.why))}" if level.why else ""
    if level.acknowledgements > 1:
        why = f" · {reader.say(Phrase('{count} have to take it', {'count': level.acknowledgements}))}{why}"
    return f"{sign} {reader.say(said)}{why}"
