"""People choose the language in which they are spoken to."""

from importlib.resources import files

import asyncpg
import sqlalchemy.util
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Several statements at once: asyncpg's own connection can, SQLAlchemy's prepared statements cannot."""
    connection = op.get_bind().connection.driver_connection
    assert isinstance(connection, asyncpg.Connection)
    sql = files("bot.store.migrations").joinpath("0031_language.sql").read_text("utf-8")
    sqlalchemy.util.await_only(connection.execute(sql))
