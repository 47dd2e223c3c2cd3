"""`/ecotrajet db`: a look into a service's database, all of it or one thing. Changes nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.notify.blocks import logs_block
from bot.notify.blocks.database import database_card, kept_where, part_card
from bot.phrase import Phrase
from bot.postgres import Part
from bot.postgres.hosted import Stream
from bot.target import fold
from handlers import parse
from handlers.commands.services import how_many
from handlers.commands.tools import Asked, Command, Reply, Tools

PARTS: Final[Mapping[str, Part]] = {
    "connections": Part.CONNECTIONS, "connection": Part.CONNECTIONS, "connexions": Part.CONNECTIONS,
    "connexion": Part.CONNECTIONS, "slow": Part.SLOW, "queries": Part.SLOW, "lent": Part.SLOW, "lentes": Part.SLOW,
    "requetes": Part.SLOW, "sizes": Part.SIZES, "size": Part.SIZES, "tables": Part.SIZES, "tailles": Part.SIZES,
    "taille": Part.SIZES, "locks": Part.LOCKS, "lock": Part.LOCKS, "verrous": Part.LOCKS, "blocages": Part.LOCKS,
    "migrations": Part.MIGRATIONS, "migration": Part.MIGRATIONS, "schema": Part.MIGRATIONS, "rls": Part.RLS,
    "securite": Part.RLS, "upkeep": Part.UPKEEP, "entretien": Part.UPKEEP, "replication": Part.UPKEEP,
}  # fmt: skip


STREAMS: Final[Mapping[str, Stream]] = {
    **{each.value: each for each in Stream}, "base": Stream.DATABASE, "bdd": Stream.DATABASE, "db": Stream.DATABASE,
    "postgres": Stream.DATABASE, "edge": Stream.API, "rest": Stream.API, "connexions": Stream.AUTH,
    "stockage": Stream.STORAGE, "fichiers": Stream.STORAGE, "fonctions": Stream.FUNCTIONS,
}  # fmt: skip
LATELY: Final = timedelta(minutes=15)


async def database(tools: Tools, asked: Asked) -> Reply:
    words = asked.line.words
    parts = list(dict.fromkeys(PARTS[fold(word)] for word in words if fold(word) in PARTS))[:1]
    entry = tools.databases.named([word for word in words if fold(word) not in PARTS])
    looked = await tools.databases.look(entry, parts, asked.by)
    place, kept = asked.reader.place(entry.environment, entry.service), kept_where(looked.incident, looked.remembered)
    if parts:
        return part_card(place, parts[0], looked.found, looked.verdict, asked.reader, kept, looked.others, looked.away)
    return database_card(place, looked.found, looked.verdict, asked.reader, kept, looked.away)


async def supabase(tools: Tools, asked: Asked) -> Reply:
    """A project's own logs: of its database, unless another stream is named."""
    logs, options = tools.databases.supabase, asked.line.options
    streams = [STREAMS[fold(word)] for word in asked.line.words if fold(word) in STREAMS]
    words = [word for word in asked.line.words if fold(word) not in STREAMS]
    entry = logs.named(words)
    stream = streams[0] if streams else Stream.DATABASE
    since = parse.duration(options["since"]) if "since" in options else LATELY
    word = options.get("grep", "")
    text = await logs.read(entry, stream, asked.by, since=since, word=word, lines=how_many(asked.line))
    title = f"Supabase · {asked.reader.place(entry.environment, entry.service)} · {stream.value}"
    return logs_block(text, asked.reader, title, searched=bool(word))


COMMANDS: Final = (
    Command(
        database, ("db", "database"), ("base", "bdd"),
        "[env] [service] [connections|slow|sizes|locks|migrations|rls|upkeep]",
        Phrase("how a service's database is: who blocks whom, slow queries, open tables, missing migrations"),
    ),
    Command(
        supabase, ("supabase",), (),
        Phrase(
            "[env] [service] [database|api|auth|storage|realtime|functions] [--since 15m] [--tail 50] [--grep text]"
        ),
        Phrase("the last lines of Supabase's own logs, for you alone, without secrets"),
        values=frozenset({"tail", "since", "grep"}),
    ),
)  # fmt: skip
