"""`/ecotrajet db`: a look into a service's database, all of it or one thing. Changes nothing."""

from collections.abc import Mapping
from typing import Final

from bot.notify.blocks.database import database_card, kept_where, part_card
from bot.phrase import Phrase
from bot.postgres import Part
from bot.target import fold
from handlers.commands.tools import Asked, Command, Reply, Tools

PARTS: Final[Mapping[str, Part]] = {
    "connections": Part.CONNECTIONS, "connection": Part.CONNECTIONS, "connexions": Part.CONNECTIONS,
    "connexion": Part.CONNECTIONS, "slow": Part.SLOW, "queries": Part.SLOW, "lent": Part.SLOW, "lentes": Part.SLOW,
    "requetes": Part.SLOW, "sizes": Part.SIZES, "size": Part.SIZES, "tables": Part.SIZES, "tailles": Part.SIZES,
    "taille": Part.SIZES, "locks": Part.LOCKS, "lock": Part.LOCKS, "verrous": Part.LOCKS, "blocages": Part.LOCKS,
    "migrations": Part.MIGRATIONS, "migration": Part.MIGRATIONS, "schema": Part.MIGRATIONS, "rls": Part.RLS,
    "securite": Part.RLS, "upkeep": Part.UPKEEP, "entretien": Part.UPKEEP, "replication": Part.UPKEEP,
}  # fmt: skip


async def database(tools: Tools, asked: Asked) -> Reply:
    words = asked.line.words
    parts = list(dict.fromkeys(PARTS[fold(word)] for word in words if fold(word) in PARTS))[:1]
    entry = tools.databases.named([word for word in words if fold(word) not in PARTS])
    looked = await tools.databases.look(entry, parts, asked.by)
    place, kept = asked.reader.place(entry.environment, entry.service), kept_where(looked.incident, looked.remembered)
    if parts:
        return part_card(place, parts[0], looked.found, looked.verdict, asked.reader, kept, looked.others, looked.away)
    return database_card(place, looked.found, looked.verdict, asked.reader, kept, looked.away)


COMMANDS: Final = (
    Command(
        database, ("db", "database"), ("base", "bdd"),
        "[env] [service] [connections|slow|sizes|locks|migrations|rls|upkeep]",
        Phrase("how a service's database is: who blocks whom, slow queries, open tables, missing migrations"),
    ),
)  # fmt: skip
