"""Commands about probes: how each stands, and one look now."""

from typing import Final

from bot import access
from bot.errors import UserError
from bot.notify.blocks import probe_list, probe_seen
from bot.phrase import Phrase
from bot.runbook import ActionClass
from bot.target import fold
from handlers.commands.tools import Asked, Command, Reply, Tools

RUN: Final = frozenset({"run", "now", "lance", "lancer", "maintenant"})
LIST: Final = frozenset({"list", "liste", "ls", "status", "statut", "etat"})


async def probes(tools: Tools, asked: Asked) -> Reply:
    """The list, narrowed down by environment and service; or `run NAME`."""
    words = asked.line.words
    first = fold(words[0]) if words else ""
    if first in RUN:
        return await look(tools, asked, words[1] if len(words) > 1 else "")
    wanted = words[1:] if first in LIST else words
    entries = [each for each in tools.probes.meant(wanted) if may_read(tools, asked, each.environment)]
    if wanted and not entries:
        raise UserError(
            Phrase(
                "No probe looks at “{word}”. All of them: `/ecotrajet probes`; one now: `/ecotrajet probe run NAME`.",
                {"word": " ".join(wanted)},
            )
        )
    return probe_list(await tools.probes.standings(entries), asked.reader)


async def look(tools: Tools, asked: Asked, name: str) -> Reply:
    if not name:
        raise UserError(Phrase("Which probe? For example `/ecotrajet probe run NAME`; all: `/ecotrajet probes`."))
    entry = tools.probes.named(name)
    environment = tools.desk.environments[entry.environment]
    missing = access.why_not(tools.desk.people, tools.desk.teams, asked.by.id, ActionClass.READ, environment)
    if missing is not None:
        raise UserError(missing)
    return probe_seen(await tools.probes.now(entry.name), asked.reader)


def may_read(tools: Tools, asked: Asked, environment: str) -> bool:
    return access.may(tools.desk.people, tools.desk.teams, asked.by.id, ActionClass.READ, environment)


COMMANDS: Final = (
    Command(
        probes, ("probes", "probe"), ("sondes", "sonde"), Phrase("[env] [service] | run NAME"),
        Phrase("how the probes stand and how fast they are answered; or look now"),
    ),
)  # fmt: skip
