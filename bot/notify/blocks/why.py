"""`why N`: what an incident is worth by which rule, and who was told of it or not, by what and why; in sentences."""

from bot.escalation import level_named
from bot.incident import Incident, Status
from bot.message import Kind, State
from bot.notify.blocks.marks import LIGHT
from bot.notify.blocks.parts import Block, Card, card, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.state import state
from bot.phrase import Phrase, Value
from bot.view import PageRow, RungRow, WhyView

CHANGES = frozenset({"incident.raised", "incident.reclassified", "incident.merged", "incident.split"})
KEPT = frozenset({"alert.unsilenced", "incident.flapping"})
DECISIONS = frozenset(
    {"digest.queued", "level.short", "level.dead", "ladder.exhausted", "ladder.unreachable", "clock.breached"}
    | {"ack.expired", "snooze.over", "incident.escalated", "incident.given_back"}
)
"""Why somebody was told earlier, again, or not at all."""
LINES = 14  # of one section


def incident_why(why: WhyView, reader: Reader) -> Card:
    incident = why.view.incident
    title = reader.say(
        Phrase("Why #{number} is {priority}", {"number": incident.number, "priority": incident.priority.value})
    )
    told = [reader.say(each) for each in _people(why, reader)] or [reader.say(Phrase("Nobody was to be told yet."))]
    blocks = [
        section(f"{LIGHT[incident.priority]} *{escape(title)}*\n{line(incident.title)}"),
        *_sections([reader.say(each) for each in _worth(why)]),
        section(f"*{reader.say(Phrase('Who was told'))}*"),
        *_sections(told),
    ]
    return card(reader.titled(title, line(reader.say(incident.why), 300)), blocks)


def _sections(lines: list[str]) -> list[Block]:
    rows = [f"• {line(each, 400)}" for each in lines]
    return [section("\n".join(rows[start : start + LINES])) for start in range(0, len(rows), LINES)]


def _worth(why: WhyView) -> list[Phrase]:
    """Its priority, how it came to it, and what is behind it."""
    incident, view = why.view.incident, why.view
    said = [Phrase("Rule “{rule}”: {why}", {"rule": incident.rule, "why": incident.why})]
    opened = next((row for row in view.timeline if row.did == "incident.opened"), None)
    if opened is not None:
        first: dict[str, Value | Phrase] = {"name": opened.by, "at": opened.at, "why": opened.why or incident.why}
        said.append(Phrase("Opened by {name} at {at}: {why}", first))
    said += [
        Phrase("At {at}: {why}", {"at": row.at, "why": row.why})
        for row in view.timeline
        if row.did in CHANGES | KEPT and row.why is not None
    ]
    sources = ", ".join(dict.fromkeys(row.source for row in view.alerts))
    if sources:
        signals = max(incident.alert_count, sum(row.count for row in view.alerts))
        said.append(Phrase("Signals so far: {count}, from {sources}", {"count": signals, "sources": sources}))
    return said


def _people(why: WhyView, reader: Reader) -> list[Phrase]:
    said = []
    for rung in why.rungs:
        pages = [page for page in why.pages if (page.round, page.level) == (rung.round, rung.position)]
        told = _rung(rung, why.view.incident, reader)
        if rung.state == "stopped" and any(other.round > rung.round for other in why.rungs):
            continue  # told anew in a later round
        said += [told, *(_page(page, reader) for page in pages)]
    places = {(rung.round, rung.position) for rung in why.rungs}
    said += [_page(page, reader) for page in why.pages if (page.round, page.level) not in places]
    decided = [row for row in why.view.timeline if row.did in DECISIONS and row.why is not None]
    said += [Phrase("At {at}: {why}", {"at": row.at, "why": row.why or ""}) for row in decided[-LINES:]]
    return said


def _rung(rung: RungRow, incident: Incident, reader: Reader) -> Phrase:
    names = ", ".join(rung.people) or reader.say(Phrase("nobody by name"))
    facts: dict[str, Value | Phrase] = {"level": level_named(rung.name), "names": names, "at": rung.at}
    match rung.state:
        case "fired" if rung.acknowledgements > 1:
            facts["count"] = rung.acknowledgements
            return Phrase("{level}, told at {at}: {names}; {count} of them have to take it", facts)
        case "fired":
            return Phrase("{level}, told at {at}: {names}", facts)
        case "skipped":
            because = rung.why or Phrase("nobody can be reached")
            return Phrase("{level}, passed over at {at}: {why}", {**facts, "why": because})
        case "stopped":
            return Phrase(
                "{level} ({names}) was not told: {why}", {**facts, "why": rung.why or _stopped(incident, reader)}
            )
        case _ if incident.takers or incident.takers_wanted > 1:
            return Phrase("{level} ({names}) is told at {at} if not enough people take it before", facts)
        case _:
            return Phrase("{level} ({names}) is told at {at} if nobody takes it before", facts)


def _stopped(incident: Incident, reader: Reader) -> Phrase:
    """Why nobody further was needed."""
    return Phrase("no longer needed") if incident.status is Status.TRIGGERED else state(incident, reader)


def _page(page: PageRow, reader: Reader) -> Phrase:
    facts: dict[str, Value | Phrase] = {
        "name": reader.name(page.person), "channel": _channel(page.kind, page.via), "at": page.sent_at or page.due_at,
        "why": page.why or Phrase("the reason is not known"),
    }  # fmt: skip
    match page.state:
        case State.DELIVERED:
            return Phrase("→ {name}: {channel} at {at}, and the receipt says delivered", facts)
        case State.SENT:
            return Phrase("→ {name}: {channel} sent at {at}", facts)
        case State.FAILED:
            return Phrase("→ {name}: {channel} did not arrive: {why}", facts)
        case State.DROPPED:
            return Phrase("→ {name}: no {channel}, since {why}", facts)
        case State.SENDING:
            return Phrase("→ {name}: {channel} is on its way", facts)
        case State.WAITING:
            return Phrase("→ {name}: {channel} leaves at {at}", facts)


def _channel(kind: Kind, via: str = "") -> Phrase:
    if via:
        return Phrase("{channel} ({provider})", {"channel": _channel(kind), "provider": via.upper()})
    match kind:
        case Kind.SLACK:
            return Phrase("Slack")
        case Kind.SMS:
            return Phrase("SMS")
        case Kind.VOICE:
            return Phrase("phone call")
        case Kind.EMAIL:
            return Phrase("email")
