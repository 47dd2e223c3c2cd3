"""The form by which somebody calls for help from a message: which incident, whom, why."""

from collections.abc import Sequence
from typing import Final

from bot.desk import Desk
from bot.incident import Incident
from bot.notify.blocks.modal import MAX_OPTIONS, Modal, Option, choice, field, modal, written
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase

ESCALATE: Final = "escalate"
NEXT: Final = "next"  # the value of "the next level"
LONGEST_REASON: Final = 300


def escalation(reader: Reader, desk: Desk, incidents: Sequence[Incident], reason: str) -> Modal:
    """`incidents` are open, worst first; at least one."""
    which: list[Option] = [
        (f"#{each.number} {each.priority} {' '.join(each.title.split())}", str(each.number)) for each in incidents
    ]
    blocks = [
        field("incident", reader.say(Phrase("Which incident?")), choice(which, which[0][1])),
        field("whom", reader.say(Phrase("Who should come?")), choice(_whom(desk, reader), NEXT)),
        field(
            "reason", reader.say(Phrase("Why?")), written(LONGEST_REASON, reason, lines=True),
            reader.say(Phrase("It stands in the thread, and first in the page of whoever you name.")), optional=True,
        ),
    ]  # fmt: skip
    return modal(
        ESCALATE, reader.say(Phrase("Escalate")), reader.say(Phrase("Page now")), reader.say(Phrase("Cancel")),
        blocks, {},
    )  # fmt: skip


def _whom(desk: Desk, reader: Reader) -> list[Option]:
    """The next level, then teams, then people."""
    teams = [
        (reader.say(Phrase("team {name}", {"name": team.name})), f"team:{team.id}") for team in desk.teams.values()
    ]
    people = [(person.name, f"person:{person.id}") for person in desk.people.values()]
    return [(reader.say(Phrase("The next level of the ladder")), NEXT), *teams, *people][:MAX_OPTIONS]
