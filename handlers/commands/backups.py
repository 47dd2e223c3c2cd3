"""Commands about backups: make one now, list the latest, and how each database stands."""

from typing import Final

from bot.answers import Repeated
from bot.errors import UserError
from bot.notify.blocks import backup_list, backup_status
from bot.phrase import Phrase
from bot.target import fold
from handlers.commands.tools import Asked, Command, Reply, Tools

NOW: Final = frozenset({"now", "maintenant", "run", "lance", "lancer"})
LIST: Final = frozenset({"list", "liste", "lister", "ls"})
STATUS: Final = frozenset({"status", "statut", "etat"})


async def backup(tools: Tools, asked: Asked) -> Reply:
    verb = fold(asked.line.verb) if asked.line.words else "status"
    if verb in NOW:
        entry = await tools.backups.now(asked.line.words[1:], asked.by)
        if isinstance(entry, Repeated):
            return None
        return Phrase("Backup of {name} begins. Its end: `/ecotrajet backup list`.", {"name": entry.name})
    if verb in LIST:
        return backup_list(await tools.backups.latest(asked.by), asked.reader)
    if verb in STATUS:
        return backup_status(await tools.backups.last_good(asked.by), asked.reader)
    raise UserError(
        Phrase(
            "I do not know “{word}” here. Write `/ecotrajet backup now`, `list` or `status`.", {"word": asked.line.verb}
        )
    )


COMMANDS: Final = (
    Command(
        backup, ("backup", "backups"), ("sauvegarde", "sauvegardes"), Phrase("[now [name] | list | status]"),
        Phrase("back up a service's database, and see how its backups stand"),
    ),
)  # fmt: skip
