"""`/ecotrajet` alone: the short menu, and what its buttons run."""

from collections.abc import Mapping
from typing import Final

from bot.access import may_respond
from bot.notify.blocks import Card
from bot.notify.blocks.menu import menu_card
from bot.phrase import Phrase
from handlers.commands.tools import Tools
from handlers.people import Visitor

LABELS: Final[Mapping[str, Phrase]] = {
    "list": Phrase("Open incidents"),
    "declare": Phrase("Declare an incident"),
    "status": Phrase("State of the services"),
    "oncall": Phrase("Who is on call"),
    "tasks": Phrase("Left to do"),
    "help": Phrase("All commands"),
}
RESPONDER: Final = ("list", "declare", "status", "oncall", "tasks", "help")
FOLLOWER: Final = ("declare", "list", "status", "oncall", "help")  # who only follows most often has seen something


def menu(tools: Tools, visitor: Visitor) -> Card:
    """By role: those who handle incidents see what is open first; managers, and those who only follow, declare."""
    desk, person = tools.desk, visitor.by.id
    responds = may_respond(desk.people, desk.teams, person) and not desk.is_manager(person)
    chosen = RESPONDER if responds else FOLLOWER
    return menu_card([(command, LABELS[command]) for command in chosen], tools.reader(visitor.language))
