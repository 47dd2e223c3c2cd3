"""Brings a database's tables to what this version of the code expects (Alembic over asyncpg)."""

from importlib.resources import files

import asyncpg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

LOCK = 0x0EC07A  # one migration at a time: two replicas may start together


async def migrate(url: str) -> None:
    """Apply every pending revision to the database at `url` (a PostgreSQL DSN)."""

    def upgrade(connection: sa.Connection) -> None:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    async with connect(url) as connection:
        await connection.run_sync(upgrade)


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("bot.store").joinpath("migrations")))
    return config


class connect:  # noqa: N801 - reads as a verb: `async with connect(url)`
    """One SQLAlchemy connection in a transaction, on a driver connection opened from a plain DSN."""

    def __init__(self, url: str) -> None:
        async def creator() -> asyncpg.Connection:
            return await asyncpg.connect(url, timeout=10)

        self.engine = create_async_engine("postgresql+asyncpg://", async_creator=creator, poolclass=NullPool)

    async def __aenter__(self) -> AsyncConnection:
        self.transaction = self.engine.begin()
        return await self.transaction.__aenter__()

    async def __aexit__(self, *failure: object) -> None:
        try:
            await self.transaction.__aexit__(*failure)  # type: ignore[arg-type]  # passed through as it came
        finally:
            await self.engine.dispose()
