"""PostgreSQL: does it answer, is it recent enough, are its tables those of this version?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from bot.check.finding import Finding, ok, problem
from bot.config import Settings
from bot.store.embedded import EmbeddedPostgres
from bot.store.revision import applied, wanted

WHAT: Final = "PostgreSQL"
OLDEST: Final = 150000  # server_version_num: 15, which Supabase serves
TIMEOUT: Final = 8.0  # seconds


@asynccontextmanager
async def database_url(settings: Settings, *, start: bool = False) -> AsyncIterator[str | None]:
    """DATABASE_URL, or that of the embedded server, which runs meanwhile.

    None when there is no embedded one yet, unless `start` says to make it. Raises ConfigError when it does not start.
    """
    if settings.database_url is not None:
        yield settings.database_url.reveal()
        return
    embedded = EmbeddedPostgres(settings.data)
    if not start and not embedded.cluster.data.exists():
        yield None
        return
    async with embedded as url:
        yield url


async def database(url: str | None) -> Finding:
    if url is None:
        return ok(WHAT, "embedded; it is made at the first `ecotrajet serve`")
    try:
        version, number = await _version(url)
        has, wants = await applied(url), wanted()
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        return problem(WHAT, "it refuses the user or the password", "correct the user and password in DATABASE_URL")
    except asyncpg.InvalidCatalogNameError:
        return problem(WHAT, "there is no such database on the server", "create it, or correct DATABASE_URL's path")
    except asyncpg.TooManyConnectionsError:
        return problem(WHAT, "it has no connection left", "raise max_connections, or connect directly without a pooler")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        mend = "start it, and check the host, the port and the firewall in DATABASE_URL"
        return problem(WHAT, f"it does not answer ({_why(error)})", mend)
    if number < OLDEST:
        return problem(WHAT, f"version {version} is too old", "use PostgreSQL 15 or later")
    if has is None:
        return problem(WHAT, f"version {version}; it has no tables yet", "run `ecotrajet migrate`")
    if has != wants:
        says = f"version {version}; its tables are at {has}, this version of the bot wants {wants}"
        return problem(WHAT, says, "run `ecotrajet migrate`, or start the newer version of the bot that made them")
    return ok(WHAT, f"version {version}, tables at {has}")


async def _version(url: str) -> tuple[str, int]:
    connection = await asyncpg.connect(url, timeout=TIMEOUT)
    try:
        row = await connection.fetchrow(
            "SELECT current_setting('server_version'), current_setting('server_version_num')::int"
        )
        assert row is not None
        return row[0].split()[0], row[1]
    finally:
        await connection.close(timeout=TIMEOUT)


def _why(error: Exception) -> str:
    """The kind of failure; a driver's sentence may repeat the URL."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
