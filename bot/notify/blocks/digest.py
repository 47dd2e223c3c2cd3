"""Managers' digest: what is open, what it means, since when, who is on it, when more will be known."""

from datetime import datetime

from bot.incident import Incident
from bot.notify.blocks.marks import LIGHT
from bot.notify.blocks.parts import Card, card, context, escape, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.responding import impact
from bot.notify.blocks.state import state
from bot.phrase import Phrase, Value
from bot.view import DigestView

SHOWN = 15


def headline(digest: DigestView) -> Phrase:
    if not digest.open:
        return Phrase("No incident is open any more")
    return Phrase("Open incidents: {count}", {"count": len(digest.open)})


def digest_card(digest: DigestView, reader: Reader) -> Card:
    title = reader.say(headline(digest))
    lines = [
        f"{LIGHT[incident.priority]} *{escape(_what(incident, reader))}*\n{escape(_how(incident, following, reader))}"
        for incident, following in digest.open[:SHOWN]
    ]
    lines += [f"✅ {escape(_what(each, reader))}\n{escape(_end(each, reader))}" for each in digest.over[:SHOWN]]
    rest = len(digest.open) + len(digest.over) - len(lines)
    more = [context(reader.say(Phrase("… and {count} more", {"count": rest})))] if rest > 0 else []
    return card(title, [section(f"*{title}*"), *map(section, lines), *more])


def told(digest: DigestView, reader: Reader) -> list[tuple[str, str]]:
    """The same as plain text: what, and how it stands."""
    rows = [(_what(incident, reader), _how(incident, at, reader)) for incident, at in digest.open[:SHOWN]]
    return rows + [(_what(each, reader), _end(each, reader)) for each in digest.over[:SHOWN]]


def _what(incident: Incident, reader: Reader) -> str:
    return reader.say(
        Phrase("{impact} (#{number})", {"impact": impact(incident, reader), "number": incident.number})
    )  # fmt: skip


def _how(incident: Incident, following: datetime | None, reader: Reader) -> str:
    facts: dict[str, Value | Phrase] = {"at": incident.opened_at, "state": state(incident, reader)}
    said = reader.say(Phrase("since {at}, {state}", facts))
    if following is not None:
        said += " · " + reader.say(Phrase("next update: {at}", {"at": following}))
    return said


def _end(incident: Incident, reader: Reader) -> str:
    length = (incident.resolved_at or incident.changed_at) - incident.opened_at
    return reader.say(Phrase("resolved after {length}", {"length": length}))
