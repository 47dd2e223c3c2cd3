"""One line of an incident's story. Every `did` of the audit that concerns an incident has its sentence here."""

from bot.notify.blocks.parts import escape
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value
from bot.view import TimelineRow


def told(row: TimelineRow, reader: Reader) -> str:
    """`10:42 Taken by Amina Diallo (SMS)`."""
    return f"`{reader.time(row.at)}` {escape(said_of(row, reader))}"


def said_of(row: TimelineRow, reader: Reader) -> str:
    """What happened, without the time; not escaped."""
    sentence = what(row)
    if row.why and not says_it_all(row):
        sentence = Phrase("{sentence}: {why}", {"sentence": sentence, "why": row.why})
    return reader.say(sentence)


def says_it_all(row: TimelineRow) -> bool:
    """These carry their whole sentence as the reason."""
    return row.why is not None and row.did not in {"incident.opened", "page.dropped", "run.requested"}


def what(row: TimelineRow) -> Phrase:
    if row.why is not None and says_it_all(row):
        return row.why
    who: dict[str, Value | Phrase] = {"name": row.by, "door": door(row.door)}
    sentences = {
        "incident.opened": Phrase("Opened by {name}", {"name": row.by}),
        "incident.acknowledged": Phrase("Taken by {name} ({door})", who),
        "incident.resolved": Phrase("Resolved by {name} ({door})", who),
        "incident.escalated": Phrase("Escalated by {name} ({door})", who),
        "alert.resolved": Phrase("{name} says that an alert is over", {"name": row.by}),
        "page.sent": Phrase("Page sent ({channel})", {"channel": row.result}),
        "page.dropped": Phrase("Page not sent ({channel})", {"channel": row.result}),
        "message.delivered": Phrase("Delivered ({channel})", {"channel": row.by}),
        "message.failed": Phrase("Not delivered ({channel})", {"channel": row.by}),
    }
    return sentences.get(row.did, Phrase("{what} by {name}", {"what": row.did, "name": row.by}))


def door(name: str) -> Phrase:
    """By which way somebody acted."""
    doors = {
        "button": Phrase("button"),
        "command": Phrase("command"),
        "sms": Phrase("SMS"),
        "voice": Phrase("phone call"),
        "email": Phrase("email"),
        "webhook": Phrase("monitoring"),
        "worker": Phrase("automatic"),
        "cli": Phrase("terminal"),
    }
    return doors.get(name, Phrase("unknown"))
