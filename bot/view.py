"""What a person is shown of an incident or a run: read-only shapes that cards, pages and commands are rendered from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.deployment import WatchState
from bot.incident import Incident
from bot.message import Kind, State
from bot.news import News
from bot.phrase import Phrase
from bot.postgres import Remembered
from bot.procedure import Suggestion
from bot.report import Report
from bot.resolution import Resolution
from bot.role import RoleRow
from bot.room import Room
from bot.run import Run
from bot.runbook import Action, Evidence
from bot.sla import Due


@dataclass(frozen=True, slots=True)
class AlertRow:
    title: str
    status: str
    source: str
    severity: str
    count: int
    first_seen: datetime
    last_seen: datetime
    url: str = ""
    joined: Phrase | None = None


@dataclass(frozen=True, slots=True)
class LevelRow:
    """`state` is pending, fired, skipped or stopped; `why` explains a skip or how late it fired."""

    position: int
    name: str
    due_at: datetime
    state: str
    fired_at: datetime | None = None
    why: Phrase | None = None
    acknowledgements: int = 1


@dataclass(frozen=True, slots=True)
class TimelineRow:
    at: datetime
    did: str
    by: str
    door: str
    why: Phrase | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class DueRow:
    """What becomes due besides levels; `kind` is a `sla.Due`, `state` pending or fired."""

    kind: Due
    due_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class ResponderRow:
    """`person` (an id) was asked; `answered_at` None: not there yet."""

    person: str
    asked_by: str
    takes_over: bool
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Something that was changed on purpose where the incident is; `by` is a person's id, a tool's name or ''.

    `what`: a version, or another tool's words; '' where people had the desk do `action`.
    """

    what: str
    at: datetime
    by: str = ""
    url: str = ""
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Something left to do after an incident; `done_by` None: still. `owner` is a person's id; None: nobody yet."""

    id: int
    incident: int
    title: str
    done_by: str | None = None
    owner: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class IncidentView:
    incident: Incident
    alerts: tuple[AlertRow, ...] = ()
    levels: tuple[LevelRow, ...] = ()
    timeline: tuple[TimelineRow, ...] = ()
    dues: tuple[DueRow, ...] = ()
    responders: tuple[ResponderRow, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    reports: tuple[Report, ...] = ()
    resolution: Resolution | None = None
    tasks: tuple[TaskRow, ...] = ()
    room: Room | None = None
    roles: tuple[RoleRow, ...] = ()
    news: News | None = None
    evidence: Evidence | None = None  # the last that was kept of a container
    database: Remembered | None = None  # the last that was kept of a database
    suggested: tuple[Suggestion, ...] = ()
    insiders: frozenset[str] = frozenset()  # of a confidential one: those who may read it
    call: str = ""  # where people talk about it
    parent: int | None = None  # the larger incident that it is part of
    parts: tuple[int, ...] = ()  # those that are part of it
    runbook: str = ""  # the address of its service's, '' for none
    links: Mapping[str, str] = field(default_factory=dict)  # of its service, label -> address: logs, dashboards
    verdicts: Mapping[str, str] = field(default_factory=dict)  # what those who were paged said of it

    def veiled(self) -> "IncidentView":
        """The same for those who do not handle it: see `Incident.veiled`."""
        if not self.incident.confidential:
            return self
        return IncidentView(
            self.incident.veiled(), (), self.levels, (), dues=self.dues, responders=self.responders, roles=self.roles
        )

    def for_reader(self, person: str) -> "IncidentView":
        return self if person in self.insiders else self.veiled()

    def waits_for(self, person: str | None) -> bool:
        """Whether this person was asked and has not answered."""
        return any(row.person == person and row.answered_at is None for row in self.responders)

    def due(self, *kinds: Due) -> DueRow | None:
        """The next of these that is ahead."""
        pending = [row for row in self.dues if row.state == "pending" and (not kinds or row.kind in kinds)]
        return min(pending, key=lambda row: row.due_at, default=None)

    @property
    def next_level(self) -> LevelRow | None:
        """The level that fires next if nobody takes the incident."""
        pending = [level for level in self.levels if level.state == "pending"]
        return min(pending, key=lambda level: level.due_at, default=None)


@dataclass(frozen=True, slots=True)
class DigestView:
    """`open`: the worst first, each with when more will be known (None: it is not planned). `over`: since the last."""

    open: tuple[tuple[Incident, datetime | None], ...]
    over: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page to one person by one channel; `state` as in `message.State`, `why` when it did not arrive.

    `via`: the second provider, when it went by that.
    """

    person: str
    kind: Kind
    round: int
    level: int
    state: State
    due_at: datetime
    sent_at: datetime | None = None
    why: Phrase | None = None
    via: str = ""


@dataclass(frozen=True, slots=True)
class RungRow:
    """A level of any round. `people`: names of those whom it means at its time; `at`: when it fired, or would."""

    round: int
    position: int
    name: str
    state: str
    at: datetime
    people: tuple[str, ...] = ()
    why: Phrase | None = None
    acknowledgements: int = 1


@dataclass(frozen=True, slots=True)
class WhyView:
    """What `why` is told from."""

    view: IncidentView
    rungs: tuple[RungRow, ...]
    pages: tuple[PageRow, ...]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a run; `finished_at` None: under way, or the process died in it."""

    name: str
    started_at: datetime
    finished_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WatchRow:
    """The minutes after a deployment; `why` is set when it was not well."""

    state: WatchState
    until: datetime
    why: Phrase | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """What the run card is rendered from. `run.plan`, `run.status`, `run.end` say the rest; people are ids."""

    run: Run
    steps: tuple[StepRow, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    watch: WatchRow | None = None
    runbook: int | None = None  # people's runbook that asked for it


@dataclass(frozen=True, slots=True)
class PostmortemView:
    """What a post-mortem is written from. `runs`: those for this incident, the oldest first; `runbooks`: titles."""

    view: IncidentView
    pages: tuple[PageRow, ...] = ()
    runs: tuple[RunView, ...] = ()
    runbooks: tuple[str, ...] = ()
