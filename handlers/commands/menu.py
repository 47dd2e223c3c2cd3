"""`/ecotrajet` alone: the short menu, and what its buttons run."""

from collections.abc import Mapping
from typing import Final

from bot.access import may_respond
from bot.notify.blocks import Card
from bot.notify.blocks.aid import URGENT, aid_blocks, aid_card
from bot.notify.blocks.menu import menu_card
from bot.phrase import Phrase
from handlers.commands.tools import Asked, Command, Reply, Tools
from handlers.people import Visitor

LABELS: Final[Mapping[str, Phrase]] = {
    "list": Phrase("Open incidents"),
    "declare": Phrase("Declare an incident"),
    "status": Phrase("State of the services"),
    "oncall": Phrase("Who is on call"),
    "tasks": Phrase("Left to do"),
    "support": Phrase("Find help"),
    "help": Phrase("All commands"),
    URGENT: Phrase("Urgent: service unavailable"),
}
RESPONDER: Final = ("list", "declare", "status", "oncall", "tasks", "help")
FOLLOWER: Final = ("declare", "support", "list", "status", "oncall", "help")  # most often they saw something


async def support(tools: Tools, asked: Asked) -> Reply:
    return aid_card(tools.desk.aid, asked.reader)


def menu(tools: Tools, visitor: Visitor) -> Card:
    """By role: those who handle incidents see what is open first; managers, and those who only follow, declare.

    Those who do not handle incidents read before it where one finds help.
    """
    desk, person, reader = tools.desk, visitor.by.id, tools.reader(visitor.language)
    able = may_respond(desk.people, desk.teams, person)
    chosen = RESPONDER if able and not desk.is_manager(person) else FOLLOWER
    shown = menu_card([(command, LABELS[command]) for command in chosen], reader)
    return shown if able else Card(shown.text, (*aid_blocks(desk.aid, reader, known=True), *shown.blocks))


COMMANDS: Final = (
    Command(
        support, ("support", "sos"), ("assistance", "secours"), "",
        Phrase("where to find help, in order: FAQ, status, support, urgent"),
    ),
)  # fmt: skip
