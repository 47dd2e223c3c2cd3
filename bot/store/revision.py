"""Which revision the tables have and which one is wanted, without Alembic: importing it is a fifth of a start."""

from importlib.resources import files

import asyncpg

from bot.store.database import AWAY, Unavailable


def wanted() -> str:
    """The newest revision in `bot/store/migrations/versions`: their files are named by number, in one chain."""
    there = files("bot.store").joinpath("migrations/versions").iterdir()
    return max(each.name[:4] for each in there if each.name[:4].isdigit())


async def applied(url: str) -> str | None:
    """None: no table yet. Raises one of AWAY while the database at `url` does not answer."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return found
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()


async def bring_up_to_date(url: str) -> str:
    """Apply every pending revision, if any is; returns the one that the tables have then. Raises Unavailable."""
    newest = wanted()
    try:
        has = await applied(url)
    except AWAY as away:
        raise Unavailable(type(away).__name__) from away
    if has != newest:
        from bot.store.migrate import migrate  # seldom needed, and slow to import

        await migrate(url)
    return newest
