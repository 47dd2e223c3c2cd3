"""The card of an incident that is over: how it ended, what is left to do, and how one learns from it."""

from bot.incident import Incident, Priority
from bot.notify.blocks.parts import Block, Card, actions, button, card, context, line, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.tasks import task_line
from bot.phrase import Phrase
from bot.postmortem import WRITE
from bot.view import IncidentView


def resolved_card(view: IncidentView, reader: Reader) -> Card:
    incident = view.incident
    ended = incident.resolved_at or incident.changed_at
    how = reader.say(
        Phrase(
            "Resolved by {name} at {time}, after {length}",
            {"name": line(reader.name(incident.resolved_by)), "time": ended, "length": ended - incident.opened_at},
        )
    )
    again = Phrase("To reopen: {command}", {"command": f"`/ecotrajet incident reopen {incident.number}`"})
    title = f"✅ *{reader.say(Phrase('Resolved'))} · #{incident.number}*\n{line(incident.title)}"
    facts = f"{how} · {incident.priority} · {line(reader.place(incident.environment, incident.service))}"
    return card(
        reader.titled(f"✅ #{incident.number} {line(incident.title)}", how),
        [
            section(title),
            *_ending(view, reader),
            context(facts, reader.say(again)),
            *_to_learn(incident, reader),
        ],
    )


def _to_learn(incident: Incident, reader: Reader) -> list[Block]:
    """Of a minor one a post-mortem is made by command only."""
    if incident.priority is Priority.P3:
        return []
    return [actions(button(reader.say(Phrase("Draft the post-mortem")), WRITE, {"incident": incident.number}))]


def _ending(view: IncidentView, reader: Reader) -> list[Block]:
    """Cause, fix and impact as they were said, and what is left to do; empty when nothing was said."""
    said = view.resolution
    answers = (
        [(Phrase("Cause"), said.cause), (Phrase("Fix"), said.fix), (Phrase("Impact"), said.impact)] if said else []
    )
    rows = [f"*{reader.say(label)}* {line(text, 500)}" for label, text in answers if text]
    rows += [f"{'✅' if task.done_by else '☐'} {line(task_line(task, reader))}" for task in view.tasks]
    return [section("\n".join(rows))] if rows else []
