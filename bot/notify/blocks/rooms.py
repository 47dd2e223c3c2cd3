"""The channel of an incident: its topic, the button that opens it, the link that leads there."""

from typing import Final

from bot.incident import Incident, Status
from bot.notify.blocks.marks import LIGHT, severity
from bot.notify.blocks.parts import Block, Card, button, card, cut, escape, line, link, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.state import names, still_wanted
from bot.phrase import Phrase
from bot.room import Bookmark, Room, RoomState
from bot.view import IncidentView

OPEN: Final = "incident.channel"
LONGEST_TOPIC: Final = 250  # Slack's own limit


def topic_of(incident: Incident, reader: Reader) -> str:
    """Without a time: it changes only when something happens."""
    grade = f"{LIGHT[incident.priority]} {incident.priority} {reader.say(severity(incident.priority))}"
    who = still_wanted(incident, reader)
    if incident.status is Status.ACKNOWLEDGED:
        who = Phrase("taken by {name}", {"name": names(incident, reader)})
    elif incident.status is Status.RESOLVED:
        who = Phrase("resolved by {name}", {"name": line(reader.name(incident.resolved_by), 60)})
    return cut(f"{grade} · #{incident.number} · {line(incident.title, 120)} · {reader.say(who)}", LONGEST_TOPIC)


def say_bookmark(which: Bookmark, reader: Reader) -> str:
    match which:
        case Bookmark.CARD:
            return reader.say(Phrase("Card"))
        case Bookmark.TIMELINE:
            return reader.say(Phrase("Timeline"))
        case Bookmark.CALL:
            return reader.say(Phrase("Call"))
        case Bookmark.RUNBOOK:
            return reader.say(Phrase("Runbook"))
        case Bookmark.STATUS:
            return reader.say(Phrase("Status page"))


def channel_button(incident: Incident, room: Room | None, reader: Reader) -> list[Block]:
    """None where there is one already, or soon."""
    if room is not None and room.state in (RoomState.OPEN, RoomState.WANTED):
        return []
    return [button(reader.say(Phrase("Open a channel")), OPEN, {"incident": incident.number})]


def channel_link(view: IncidentView, reader: Reader) -> str:
    """The channel and the call; '' where there is neither."""
    found = []
    if view.room is not None and view.room.state is RoomState.OPEN:
        found.append(f"💬 {reader.say(Phrase('Its channel'))} <#{view.room.channel_id}>")
    if view.call:
        found.append(f"📞 {link(view.call, escape(reader.say(Phrase('Call'))))}")
    return " · ".join(found)


def there(incident: Incident, room: Room, reader: Reader) -> Card:
    """The answer to whoever asks for one that is there."""
    said = reader.say(Phrase("#{number} has a channel: #{channel}", {"number": incident.number, "channel": room.name}))
    where = f"<#{room.channel_id}>"
    return card(escape(said), [section(f"💬 #{incident.number} → {where}")])
