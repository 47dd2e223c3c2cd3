"""The section `databases`: which databases are looked into, and by which role."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator

from bot.config.backups import BackupSection, database
from bot.config.models import Name, Section
from bot.postgres import DatabaseEntry
from bot.secret import Secret


class DatabaseSection(Section):
    """`database` as in `backups`, best of a role that may only read (GRANT pg_monitor)."""

    database: Annotated[Secret, BeforeValidator(database)]
    environment: Name
    service: Name


def databases(entries: Mapping[str, DatabaseSection], backups: Mapping[str, BackupSection]) -> dict[str, DatabaseEntry]:
    """Those that are named here; a database that is only backed up is looked into by the role that backs it up."""
    own = {
        name: DatabaseEntry(name, entry.database, entry.environment, entry.service) for name, entry in entries.items()
    }
    covered = {(entry.environment, entry.service) for entry in own.values()}
    others = {
        name: DatabaseEntry(name, entry.database, entry.environment, entry.service)
        for name, entry in backups.items()
        if name not in own and (entry.environment, entry.service) not in covered
    }
    return {**own, **others}
