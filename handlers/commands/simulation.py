"""`/ecotrajet simulate P1 prod samedi 03:00`: who would be told, by what, when. Nothing is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.desk import Desk
from bot.incident import Priority
from bot.notify.blocks import simulation_card
from bot.phrase import Phrase
from bot.simulation import Case
from bot.target import fold
from handlers import span
from handlers.commands.tools import Asked, Command, Reply, Tools


async def simulate(tools: Tools, asked: Asked) -> Reply:
    case = read(tools.desk, asked.line.words, tools.clock.now())
    return simulation_card(await tools.rota.simulate(case), asked.reader)


def read(desk: Desk, words: Sequence[str], now: datetime) -> Case:
    """`P1 prod ecotrajet samedi 03:00`, in any order; left out: P1, the only service, now. Raises UserError."""
    priority, environment, service, rest = Priority.P1, "", "", list[str]()
    for word in words:
        place = next((each.name for each in desk.environments.values() if fold(word) in each.answers_to()), None)
        named = next((each.name for each in desk.services.values() if fold(word) in each.answers_to()), None)
        if word.upper() in set(Priority):
            priority = Priority(word.upper())
        elif place is not None:
            environment = place
        elif named is not None:
            service = named
        else:
            rest.append(word)
    if not service and len(desk.services) == 1:
        service = next(iter(desk.services))
    at = span.moment(" ".join(rest), now, desk.zone) if rest else now
    return Case(priority, environment, service, at)


COMMANDS: Final = (
    Command(
        simulate, ("simulate",), ("simuler", "simule"), Phrase("[P1|P2|P3] [env] [service] [saturday 03:00]"),
        Phrase("who would be told, by what and when; nothing is sent"), free_text=True,
    ),
)  # fmt: skip
