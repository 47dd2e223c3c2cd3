"""What may be looked at in a container without changing anything: the shapes of the answers, secrets hidden already.

Sizes are bytes, shares are per cent. Variables are names: their values never leave the engine's side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.phrase import Phrase
from bot.runbook.checks import Patches, Validated
from bot.runbook.outcome import Evidence
from bot.target import Target


@dataclass(frozen=True, slots=True)
class Processes:
    """What runs in one container, as `ps` shows it; `more`: how many lines are left out."""

    container: str
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """One container's share of its host. `cpu`: 100 is one core busy; `cores`: how many it may use.

    `memory` is without what the kernel would give back (page cache); `memory_limit` is its own limit, or when `limited`
    is False the host's memory. `problem`: there are no figures, and why.
    """

    service: str
    container: str
    cpu: float = 0.0
    cores: float = 0.0
    memory: int = 0
    memory_limit: int = 0
    limited: bool = False
    received: int = 0
    sent: int = 0
    read: int = 0
    written: int = 0
    processes: int = 0
    problem: Phrase | None = None

    @property
    def cpu_share(self) -> float:
        """Of what it may use, in per cent."""
        return self.cpu / self.cores if self.cores else 0.0

    @property
    def memory_share(self) -> float:
        return 100 * self.memory / self.memory_limit if self.memory_limit else 0.0


@dataclass(frozen=True, slots=True)
class Mount:
    """`kind`: bind, volume or tmpfs; `source`: a path of the host, or a volume's name."""

    kind: str
    source: str
    target: str
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Inspection:
    """`docker inspect` of one container without its secrets: `variables` are names only, `empty` those without a value.

    `ports`: `8080/tcp → 127.0.0.1:49153`, or `8080/tcp` when it is not published. `others`: containers of the same
    service besides this one.
    """

    container: str
    container_id: str
    reference: str
    image_id: str
    digests: tuple[str, ...]
    version: str
    state: str
    health: str
    restart_policy: str
    command: str = ""
    user: str = ""
    workdir: str = ""
    exit_code: int | None = None
    oom_killed: bool = False
    error: str = ""
    restarts: int = 0
    created: datetime | None = None
    started: datetime | None = None
    memory_limit: int = 0
    cores: float = 0.0
    schema: str = ""
    variables: tuple[str, ...] = ()
    empty: frozenset[str] = frozenset()
    ports: tuple[str, ...] = ()
    mounts: tuple[Mount, ...] = ()
    networks: Mapping[str, str] = field(default_factory=dict)  # name -> address
    health_log: tuple[str, ...] = ()
    others: int = 0


class Changed(StrEnum):
    """In the signs of `docker diff`."""

    ADDED = "A"
    CHANGED = "C"
    DELETED = "D"


@dataclass(frozen=True, slots=True)
class Files:
    """What differs from the image in a container's own layer: the first of each kind, and how many there are.

    `cut`: there are more than were counted.
    """

    container: str
    shown: tuple[tuple[Changed, str], ...]
    counts: Mapping[Changed, int]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """`members`: container -> address; `more`: how many members are left out."""

    name: str
    driver: str
    subnets: tuple[str, ...] = ()
    internal: bool = False
    members: Mapping[str, str] = field(default_factory=dict)
    more: int = 0


class Fact(StrEnum):
    """What two environments are compared by, besides their variables."""

    IMAGE = "image"
    DIGEST = "digest"
    SCHEMA = "schema"
    COMMAND = "command"
    USER = "user"
    WORKDIR = "workdir"
    HEALTHCHECK = "healthcheck"
    RESTART = "restart"
    MEMORY = "memory"
    CORES = "cores"
    PORTS = "ports"
    MOUNTS = "mounts"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two containers of one service. `facts`: those that differ, each as it is here and there; a dash: not there.

    Variables are names: only `here`, only `there`, `different` in both, and how many are the `same`.
    """

    containers: tuple[str, str]
    facts: Mapping[Fact, tuple[str, str]] = field(default_factory=dict)
    here: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    same: int = 0
    shared: tuple[str, ...] = ()  # those of `same` that look like secrets: each place should have its own
    schema: tuple[str, str] = ("", "")  # what each image says of its database schema; '': nothing

    @property
    def alike(self) -> bool:
        return not (self.facts or self.here or self.there or self.different)


class Probe(StrEnum):
    """What may be run inside a container. There is no free shell."""

    DISK = "disk"
    PROCESSES = "processes"
    PORTS = "ports"
    ENV = "env"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe said. `command`: what was run, as one would type it."""

    container: str
    command: str
    text: str


@dataclass(frozen=True, slots=True)
class Findings:
    """One round of looks at one container, for a diagnosis; `usage` None: it does not run or does not say.

    `error`: why the engine could not start it, in its own words. `disks`: mount point in the container -> per cent
    used; empty: unknown.
    """

    evidence: Evidence
    container: str
    image_id: str
    version: str
    error: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    usage: Usage | None = None
    disks: Mapping[str, int] = field(default_factory=dict)
    disk_hangs: bool = False  # asking for the disks did not end


class Looks(Protocol):
    """Nothing here changes anything. All raise UserError: no such container, not running, engine away or refusing."""

    async def top(self, target: Target) -> list[Processes]: ...

    async def stats(self, targets: Sequence[Target]) -> list[Usage]:
        """One or more per target, in their order; what cannot be seen is told by its `problem`, no exception."""
        ...

    async def inspect(self, target: Target) -> Inspection: ...

    async def diff(self, target: Target) -> Files: ...

    async def compare(self, here: Target, there: Target) -> Comparison: ...

    async def networks(self, engine: str) -> list[Network]: ...

    async def probe(self, target: Target, probe: Probe, grep: str = "") -> Answer:
        """Within its time limit, or UserError. `grep`: only lines that hold it, after hiding; case ignored."""
        ...

    async def validate(self, target: Target) -> Validated:
        """The variables its service requires, the addresses they hold, the age of keys."""
        ...

    async def patches(self, target: Target) -> Patches:
        """The image's age, and what scanners at hand know of it."""
        ...

    async def findings(self, target: Target) -> Findings: ...
