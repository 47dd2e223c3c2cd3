"""The shapes of one look into a database: query texts have lost their literals already. Sizes are bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.phrase import Phrase
from bot.secret import Secret


class Part(StrEnum):
    """What may be looked at alone: `/ecotrajet db prod locks`."""

    CONNECTIONS = "connections"
    SLOW = "slow"
    SIZES = "sizes"
    LOCKS = "locks"
    MIGRATIONS = "migrations"
    RLS = "rls"
    UPKEEP = "upkeep"


@dataclass(frozen=True, slots=True)
class DatabaseEntry:
    """A service's database in one environment, best by a role that may only read."""

    name: str
    url: Secret
    environment: str
    service: str


@dataclass(frozen=True, slots=True)
class Session:
    """One client connection. `since`: how long in this state; `waits`: how long for the lock it asks for, if for one.

    `blocked_by`: pids that hold what it waits for; 0 stands for a prepared transaction. `state` '': not ours to see.
    """

    pid: int
    application: str
    user: str
    state: str
    since: timedelta = timedelta(0)
    query: str = ""
    blocked_by: tuple[int, ...] = ()
    waits: timedelta = timedelta(0)
    lock: str = ""

    @property
    def idles_in_transaction(self) -> bool:
        return self.state.startswith("idle in transaction")


@dataclass(frozen=True, slots=True)
class Connections:
    """Of the whole server, since they share its limit; `reserved` of it are for administrators."""

    used: int
    limit: int
    reserved: int
    by_state: Mapping[str, int]
    by_application: Mapping[str, int]

    @property
    def share(self) -> float:
        """Of what an application may have, in per cent."""
        return 100 * self.used / max(1, self.limit - self.reserved)


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of pg_stat_statements. `mean`: milliseconds; `share`: per cent of all the time spent in queries."""

    query: str
    calls: int
    mean: float
    share: float


@dataclass(frozen=True, slots=True)
class Slow:
    """`running`: longest first. `statements` None: nothing is known, and `why` says why not."""

    running: tuple[Session, ...]
    statements: tuple[Statement, ...] | None = None
    why: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` and `dead` are PostgreSQL's own estimates."""

    name: str
    total: int
    indexes: int
    rows: int
    dead: int


@dataclass(frozen=True, slots=True)
class Index:
    """`scans`: how often it was used since the statistics began."""

    name: str
    table: str
    size: int
    scans: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """The largest first; `count` tables in all. `unused`: indexes that nothing was ever found by."""

    database: int
    count: int
    tables: tuple[Table, ...] = ()
    unused: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    version: str
    name: str = ""
    applied_at: str = ""  # as the table writes it


@dataclass(frozen=True, slots=True)
class Migrations:
    """`table` '': the database keeps no such list. `applied`: in their order, the last one newest."""

    table: str
    applied: tuple[Migration, ...] = ()

    @property
    def versions(self) -> frozenset[str]:
        return frozenset(each.version for each in self.applied)

    @property
    def latest(self) -> str:
        return self.applied[-1].version if self.applied else ""


Applied = Migrations | Phrase | None
"""What a service's database has; or why that cannot be told; None: no database is configured for it."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Row-level security of the tables in `public`: those without it, and those that the world may then read.

    `world`: the roles `anon` or `authenticated` of Supabase may read it. `shut`: it is on, and no policy lets in.
    """

    tables: int
    without: tuple[str, ...] = ()
    world: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replication:
    """A standby, or a slot that nobody reads (`active` False): `behind` bytes of WAL are kept for it."""

    name: str
    active: bool
    behind: int


@dataclass(frozen=True, slots=True)
class Upkeep:
    """`xid_age`: transactions since the oldest unfrozen row, of 2,147,483,647 at most. `wal`: None: not ours to see."""

    xid_age: int
    cache_hits: float  # per cent; 100 when nothing was read yet
    deadlocks: int
    standby: bool = False
    wal: int | None = None
    replication: tuple[Replication, ...] = ()


@dataclass(frozen=True, slots=True)
class Examination:
    """One round. A part that is None could not be read: `problems` says why. `unreachable`: nothing could be.

    `sees_all` False: the role sees only its own sessions' queries. `may_write`: it could change what it looks at.
    """

    entry: DatabaseEntry
    taken_at: datetime
    version: str = ""
    unreachable: Phrase | None = None
    sessions: tuple[Session, ...] | None = None
    connections: Connections | None = None
    slow: Slow | None = None
    sizes: Sizes | None = None
    migrations: Migrations | None = None
    exposed: Exposed | None = None
    upkeep: Upkeep | None = None
    problems: Mapping[Part, Phrase] = field(default_factory=dict)
    sees_all: bool = True
    may_write: bool = False


def why_unread(found: Examination, part: Part) -> Phrase | None:
    """Why nothing is known of this part; None when it was not asked for."""
    return found.unreachable or found.problems.get(part)
