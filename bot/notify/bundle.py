"""Several pages in one text or call."""

from collections.abc import Sequence

from bot.incident import Incident
from bot.notify.blocks.reader import Reader
from bot.notify.wording import by_code, plain
from bot.phrase import Phrase, Value


def bundled(
    incidents: Sequence[Incident], reader: Reader, room: int, code: int | None = None, answer_to: str = ""
) -> str:  # fmt: skip
    """`incidents` with the worst first; its title in at most `room` characters. `code`: the reader's for the worst."""
    worst = incidents[0]
    numbers = " ".join(f"#{each.number}" for each in incidents[1:6])
    said: dict[str, Value | Phrase] = {
        "count": len(incidents), "priority": worst.priority.value, "number": worst.number,
        "title": plain(worst.title, room), "others": f"{numbers} …" if len(incidents) > 6 else numbers,
    }  # fmt: skip
    told = Phrase("{count} incidents, worst {priority}: #{number} {title}. Also {others}.", said)
    how = Phrase("Reply “ack {number}” to take it.", {"number": worst.number})
    if code is not None and answer_to:
        how = by_code(code, answer_to)
    elif code is not None:
        how = Phrase(
            "Reply {code}a to take #{number}, {code}e to escalate it, “ack” and a number for another.",
            {"code": code, "number": worst.number},
        )
    return f"{reader.say(told)} {reader.say(how)}"


def more(incidents: Sequence[Incident]) -> Phrase:
    """What a call adds about the others."""
    return Phrase("{count} incidents are open for you; this is the worst.", {"count": len(incidents)})
