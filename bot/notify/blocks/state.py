"""Who is on an incident, in a few words."""

from bot.incident import Incident, Status
from bot.notify.blocks.parts import line
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value


def state(incident: Incident, reader: Reader) -> Phrase:
    """Who is on it."""
    if incident.status is Status.TRIGGERED:
        return still_wanted(incident, reader)
    if incident.status is Status.RESOLVED:
        return Phrase(
            "resolved by {name} at {time}",
            {"name": line(reader.name(incident.resolved_by)), "time": incident.resolved_at or incident.changed_at},
        )
    return Phrase(
        "taken by {name} at {time}",
        {"name": names(incident, reader), "time": incident.acknowledged_at or incident.changed_at},
    )


def names(incident: Incident, reader: Reader) -> str:
    """Of everybody who is on it."""
    return ", ".join(line(reader.name(each)) for each in incident.on_it) or line(reader.name(None))


def still_wanted(incident: Incident, reader: Reader) -> Phrase:
    """Nobody has taken it, or not as many as a level asks for."""
    have, wanted = sum(each.counts for each in incident.takers), incident.takers_wanted
    if incident.takers:
        facts: dict[str, Value | Phrase] = {"have": have, "wanted": wanted, "names": names(incident, reader)}
        return Phrase("{have} of {wanted} have taken it ({names})", facts)
    if wanted > 1:
        return Phrase("nobody has taken it yet, {count} have to", {"count": wanted})
    return Phrase("nobody has taken it yet")
