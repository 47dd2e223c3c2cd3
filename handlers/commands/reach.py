"""`/ecotrajet reach`: who can be reached by what, and when that was last proven."""

from typing import Final

from bot.notify.blocks.proof import reach_card
from bot.phrase import Phrase
from handlers.commands.tools import Asked, Command, Reply, Tools


async def reach(tools: Tools, asked: Asked) -> Reply:
    return reach_card(await tools.reach.proofs.overview(), asked.reader)


COMMANDS: Final = (
    Command(
        reach, ("reach",), ("joignables", "joignable"), "",
        Phrase("who can be reached by what, and when that was last proven"),
    ),
)  # fmt: skip
