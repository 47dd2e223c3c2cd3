"""What was changed shortly before an incident, or since: the first question of whoever takes it."""

from bot.notify.blocks.parts import escape, line, link
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.run import action_name
from bot.phrase import Phrase
from bot.view import ChangeRow, IncidentView


def changed(view: IncidentView, reader: Reader) -> list[tuple[Phrase, str]]:
    """One fact for the card, the newest change first; none when nothing is known."""
    if not view.changes:
        return []
    return [(Phrase("Last change"), "\n".join(_told(row, view, reader) for row in view.changes))]


def what_of(row: ChangeRow, reader: Reader) -> str:
    """In words, as they are: of others they may be anything."""
    return row.what if row.action is None else reader.say(action_name(row.action))


def _told(row: ChangeRow, view: IncidentView, reader: Reader) -> str:
    opened = view.incident.opened_at
    when = Phrase("{length} before the start", {"length": opened - row.at})
    if row.at >= opened:
        when = Phrase("{length} after the start", {"length": row.at - opened})
    by = f" · {line(reader.name(row.by), 60)}" if row.by else ""
    return f"{link(row.url, line(what_of(row, reader), 120))} · {escape(reader.say(when))}{by}"
