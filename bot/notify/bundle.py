"""Several pages in one text or call."""

from collections.abc import Sequence

from bot.incident import Incident
from bot.notify.blocks.reader import Reader
from bot.notify.wording import plain
from bot.phrase import Phrase


def bundled(incidents: Sequence[Incident], reader: Reader, room: int) -> str:
    """`incidents` with the worst first; its title in at most `room` characters."""
    worst = incidents[0]
    numbers = " ".join(f"#{each.number}" for each in incidents[1:6])
    return reader.say(
        Phrase(
            "{count} incidents, worst {priority}: #{number} {title}. Also {others}. Reply “ack {number}” to take it.",
            {
                "count": len(incidents), "priority": worst.priority.value, "number": worst.number,
                "title": plain(worst.title, room), "others": f"{numbers} …" if len(incidents) > 6 else numbers,
            },
        )
    )  # fmt: skip


def more(incidents: Sequence[Incident]) -> Phrase:
    """What a call adds about the others."""
    return Phrase("{count} incidents are open for you; this is the worst.", {"count": len(incidents)})
