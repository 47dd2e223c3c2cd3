"""The section `backups`: which databases are dumped where, and when."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from bot.backup import BackupEntry, heartbeat_of, test_heartbeat_of
from bot.config.models import Duration, Name, Section, Text, TimeOfDay
from bot.config.quiet import HeartbeatSection
from bot.incident import Priority
from bot.secret import Secret

RECIPIENT: Final = re.compile(r"age1[02-9ac-hj-np-z]{58}")  # bech32; age-encryption.org/v1, X25519
DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=31)


def database(value: object) -> Secret:
    """Never repeats the value: it holds a password."""
    text = value if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ValueError(
            "must be a PostgreSQL URL with a database's name, best as env:NAME of a variable that holds it"
        )
    return Secret(text)


def optional(value: object) -> Secret | None:
    return None if value is None else database(value)


def key(value: object) -> Secret | None:
    """Never repeats the value."""
    if value is None:
        return None
    text = value.strip() if isinstance(value, str) else ""
    if not text.upper().startswith("AGE-SECRET-KEY-1"):
        raise ValueError("must be a secret key of age (AGE-SECRET-KEY-1…), best as env:NAME or file:PATH")
    return Secret(text)


def recipient(value: str) -> str:
    if not RECIPIENT.fullmatch(value):
        raise ValueError("must be a public key of age (age1…); `age-keygen` makes a pair")
    return value


class BackupSection(Section):
    """`keep` is the guide's 30 days when left out; monthly archives stay. `run_within`: longer than this is ill."""

    database: Annotated[Secret, BeforeValidator(database)]
    bucket: Text
    endpoint: Text | None = None
    restore_test: Annotated[Secret | None, BeforeValidator(optional)] = None
    environment: Name
    service: Name
    at: TimeOfDay = time(2, 0)
    keep: Duration = timedelta(days=30)
    run_within: Duration = timedelta(hours=4)
    priority: Priority = Priority.P2
    encrypt_to: tuple[Annotated[str, AfterValidator(recipient)], ...] = ()
    decrypt_with: Annotated[Secret | None, BeforeValidator(key)] = None
    restore_with: Annotated[Secret | None, BeforeValidator(optional)] = None


def backups(entries: Mapping[str, BackupSection]) -> dict[str, BackupEntry]:
    return {
        name: BackupEntry(
            name,
            entry.database,
            entry.bucket,
            entry.environment,
            entry.service,
            entry.at,
            entry.keep,
            entry.endpoint,
            entry.restore_test,
            entry.encrypt_to,
            entry.decrypt_with,
            entry.restore_with,
        )
        for name, entry in entries.items()
    }


def heartbeats(entries: Mapping[str, BackupSection]) -> dict[str, HeartbeatSection]:
    """A success is awaited each day; the grace is the time that a dump may take."""
    awaited = {heartbeat_of(name): heartbeat(entry, DAY) for name, entry in entries.items()}
    tests = {test_heartbeat_of(name): heartbeat(entry, MONTH) for name, entry in entries.items() if entry.restore_test}
    return {**awaited, **tests}


def heartbeat(entry: BackupSection, period: timedelta) -> HeartbeatSection:
    return HeartbeatSection.model_construct(  # from values that are checked already
        period=period, grace=entry.run_within, run_within=entry.run_within, priority=entry.priority,
        environment=entry.environment, service=entry.service,
    )  # fmt: skip
