"""The file, read section by section, before its references are followed."""

from dataclasses import dataclass, field

from bot.config.afterwards import PostmortemsSection, TasksSection
from bot.config.backups import BackupSection
from bot.config.databases import DatabaseSection
from bot.config.freezes import FreezeSection
from bot.config.hosted import SupabaseSection
from bot.config.models import (
    EnvironmentSection,
    IntakeSection,
    PersonSection,
    PolicySection,
    ServiceSection,
    TeamSection,
    WorkspaceSection,
)
from bot.config.oncall import ScheduleSection
from bot.config.probes import ProbeSection
from bot.config.promotions import AfterDeploymentSection, PromotionsSection
from bot.config.proof import ProofSection
from bot.config.quiet import HeartbeatSection, WindowSection
from bot.config.reaching import EscalationSection, NotificationsSection
from bot.config.reports import ReportsSection
from bot.config.rooms import IncidentChannelsSection
from bot.config.rotations import RotationSection
from bot.config.rules import ClassificationSection
from bot.config.runbooks import RunbooksSection
from bot.config.sources import SourceSection
from bot.config.status_page import StatusPageSection
from bot.config.updates import UpdatesSection
from bot.config.webhooks_out import WebhookSection


@dataclass(slots=True)
class Parts:
    """The entries that are valid by themselves, and in `names` those of every entry, valid or not."""

    workspace: WorkspaceSection
    environments: dict[str, EnvironmentSection]
    services: dict[str, ServiceSection]
    people: dict[str, PersonSection]
    teams: dict[str, TeamSection]
    schedules: dict[str, ScheduleSection]
    policies: dict[str, PolicySection]
    classification: ClassificationSection
    intake: IntakeSection = field(default_factory=IntakeSection)
    maintenance: dict[str, WindowSection] = field(default_factory=dict)
    freezes: dict[str, FreezeSection] = field(default_factory=dict)
    promotions: PromotionsSection = field(default_factory=PromotionsSection)
    after_deployment: AfterDeploymentSection = field(default_factory=AfterDeploymentSection)
    heartbeats: dict[str, HeartbeatSection] = field(default_factory=dict)
    probes: dict[str, ProbeSection] = field(default_factory=dict)
    backups: dict[str, BackupSection] = field(default_factory=dict)
    databases: dict[str, DatabaseSection] = field(default_factory=dict)
    supabase: dict[str, SupabaseSection] = field(default_factory=dict)
    secrets: dict[str, RotationSection] = field(default_factory=dict)
    escalation: EscalationSection = field(default_factory=EscalationSection)
    notifications: NotificationsSection = field(default_factory=NotificationsSection)
    sources: dict[str, SourceSection] = field(default_factory=dict)
    incident_channels: IncidentChannelsSection = field(default_factory=IncidentChannelsSection)
    updates: UpdatesSection = field(default_factory=UpdatesSection)
    tasks: TasksSection = field(default_factory=TasksSection)
    postmortems: PostmortemsSection = field(default_factory=PostmortemsSection)
    status_page: StatusPageSection = field(default_factory=StatusPageSection)
    runbooks: RunbooksSection = field(default_factory=RunbooksSection)
    proof: ProofSection | None = None
    reports: ReportsSection | None = None
    webhooks_out: dict[str, WebhookSection] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
