"""What is seen in a service's PostgreSQL, and what that means: connections, slow queries, sizes, locks, migrations.

Pure. `bot.databases` does the reading.
"""

from bot.postgres.chains import Chain, chains
from bot.postgres.judge import judge, missing_from
from bot.postgres.seen import (
    Applied,
    Connections,
    DatabaseEntry,
    Examination,
    Exposed,
    Index,
    Migration,
    Migrations,
    Part,
    Replication,
    Session,
    Sizes,
    Slow,
    Statement,
    Table,
    Upkeep,
    why_unread,
)
from bot.postgres.statement import without_literals
from bot.postgres.verdict import NAMES, Finding, Remembered, Verdict, newest

__all__ = [
    "NAMES",
    "Applied",
    "Chain",
    "Connections",
    "DatabaseEntry",
    "Examination",
    "Exposed",
    "Finding",
    "Index",
    "Migration",
    "Migrations",
    "Part",
    "Remembered",
    "Replication",
    "Session",
    "Sizes",
    "Slow",
    "Statement",
    "Table",
    "Upkeep",
    "Verdict",
    "chains",
    "judge",
    "missing_from",
    "newest",
    "why_unread",
    "without_literals",
]
