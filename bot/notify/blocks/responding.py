"""What a card says about time and helpers, the question to the owner, and the few words that managers get."""

from typing import Final

from bot.incident import Incident, Priority, Status
from bot.notify.blocks.parts import Block, Card, actions, button, card, context, escape, fields, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.sla import OF_CLOCK, Due
from bot.view import IncidentView

DATA: Final = "data"  # the rule by which data is lost or exposed (bot.classification.defaults)

SNOOZE_MINUTES = 30


def facts(view: IncidentView, reader: Reader) -> list[tuple[Phrase, str]]:
    """Until when the acknowledgement holds, who else was asked, and the clock."""
    found: list[tuple[Phrase, str]] = []
    if view.incident.status is Status.ACKNOWLEDGED:
        if (snooze := view.due(Due.SNOOZE_OVER)) is not None:
            found.append((Phrase("Left until"), f"💤 {reader.clock(snooze.due_at)}"))
        elif (expiry := view.due(Due.ACK_EXPIRY)) is not None:
            found.append((Phrase("To be confirmed by"), reader.clock(expiry.due_at)))
    if helpers := _helpers(view, reader):
        found.append((Phrase("Asked to help"), helpers))
    return [*found, (Phrase("To be resolved by"), clock(view, reader))]


def clock(view: IncidentView, reader: Reader) -> str:
    until = view.incident.resolve_by
    if view.incident.status is not Status.RESOLVED and reader.now >= until:
        return f"⏰ {reader.say(Phrase('{time}: exceeded', {'time': until}))} · {reader.ago(until)}"
    return reader.time(until) if view.incident.status is Status.RESOLVED else reader.clock(until)


def _helpers(view: IncidentView, reader: Reader) -> str:
    latest = {row.person: row for row in view.responders if row.person not in view.incident.on_it}
    signs = [f"{'👀' if row.answered_at else '⏳'} {line(reader.name(row.person), 60)}" for row in latest.values()]
    return ", ".join(signs[:8])


def snooze_button(incident: Incident, reader: Reader) -> Block:
    label = Phrase("Leave for {minutes} min", {"minutes": SNOOZE_MINUTES})
    return button(reader.say(label), "incident.snooze", {"incident": incident.number, "minutes": SNOOZE_MINUTES})


def on_it_button(incident: Incident, reader: Reader) -> Block:
    """For somebody who was asked while another one is on it."""
    value = {"incident": incident.number, "as_of": reader.now.isoformat()}
    return button(reader.say(Phrase("I am on it")), "incident.acknowledge", value, "primary")


def reminder(view: IncidentView, said: Phrase, reader: Reader) -> Card:
    """The question to the owner, with its one tap."""
    number = view.incident.number
    text = escape(reader.say(said))
    buttons = actions(
        button(reader.say(Phrase("Still on it")), "incident.still_on_it", {"incident": number}, "primary"),
        snooze_button(view.incident, reader),
    )
    return card(text, [section(text), buttons])


def impact(incident: Incident, reader: Reader) -> Phrase:
    """What it means for those who use the service (guide §5.1), without a technical word."""
    known = incident.environment or incident.service
    place = reader.place(incident.environment, incident.service) if known else incident.title[:100]
    match incident.priority:
        case Priority.P1 if incident.rule == DATA:
            return Phrase("{place}: data lost or exposed", {"place": place})
        case Priority.P1:
            return Phrase("{place}: service unavailable", {"place": place})
        case Priority.P2:
            return Phrase("{place}: a function is degraded", {"place": place})
        case Priority.P3:
            return Phrase("{place}: a minor defect", {"place": place})


def manager_page(view: IncidentView, reader: Reader, who: str) -> Card:
    """Impact, since when, who is on it (`who`, escaped), when more will be known."""
    incident = view.incident
    said = escape(reader.say(impact(incident, reader)))
    pairs = [(reader.say(label), escape(value)) for label, value in manager_facts(view, reader, who)]
    pairs[0] = (pairs[0][0], f"{pairs[0][1]} · {reader.ago(incident.opened_at)}")  # since when
    blocks = [section(f"*{said}*"), fields(pairs)]
    if incident.status is Status.TRIGGERED:
        blocks.append(actions(on_it_button(incident, reader)))
    else:
        blocks.append(context(f"#{incident.number} · {incident.priority}"))
    return card(f"#{incident.number} {said}", blocks)


def manager_facts(view: IncidentView, reader: Reader, who: str) -> list[tuple[Phrase, str]]:
    """Labels and plain values."""
    found = [(Phrase("Since"), reader.time(view.incident.opened_at)), (Phrase("Who is on it"), who)]
    following = view.due(*OF_CLOCK)
    if following is not None and view.incident.status is not Status.RESOLVED:
        found.append((Phrase("Next update"), reader.time(following.due_at)))
    return found
