"""The desk's tables, pgqueuer's, and the role that `serve` acts as."""

from importlib.resources import files

import asyncpg
import sqlalchemy.util
from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

revision = "0001"
down_revision = None

# Else each look-ahead of the queue scans all pending rows (measured: see docs/decisions.md).
LOOK_AHEAD = "CREATE INDEX pgqueuer_queued_execute_after ON pgqueuer (execute_after) WHERE status = 'queued'"


def upgrade() -> None:
    for script in ("0001_desk.sql", None, "0001_roles.sql"):
        if script is None:
            run_script(QueryBuilderEnvironment().build_install_query())
            run_script(LOOK_AHEAD)
        else:
            run_script(files("bot.store.migrations").joinpath(script).read_text("utf-8"))


def run_script(sql: str) -> None:
    """Several statements at once: asyncpg's own connection can, SQLAlchemy's prepared statements cannot."""
    connection = op.get_bind().connection.driver_connection
    assert isinstance(connection, asyncpg.Connection)
    sqlalchemy.util.await_only(connection.execute(sql))
