"""Everything the configuration file says, in our words: who is told, who may, what runs where. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.aftermath import Aftermath
from bot.aid import Aid
from bot.backup import BackupEntry
from bot.carrier import SecondSms
from bot.classification import Rule
from bot.escalation import Policy
from bot.freeze import FreezeWindow
from bot.gathering import Gathering
from bot.heartbeat import Heartbeat
from bot.hook import Hook
from bot.incident import Priority
from bot.maintenance import Window
from bot.message import Kind
from bot.news import NewsSettings
from bot.oncall import Booked, Schedule
from bot.person import CHANNELS, Person, Step, Steps, Team, methods
from bot.personal import Night, Rules
from bot.postgres import DatabaseEntry
from bot.postgres.hosted import SupabaseEntry
from bot.postmortem import Settings as PostmortemSettings
from bot.probe import ProbeEntry
from bot.procedure import Procedure
from bot.proof import Settings as Proof
from bot.review import Settings as Reports
from bot.room import RoomSettings
from bot.rotation import RotationEntry
from bot.secret import Secret
from bot.source import SourceEntry
from bot.spoken import Spoken
from bot.statuspage import Settings as StatusPage
from bot.target import EngineAddress, Environment, Service
from bot.task import Chasing
from bot.train import Train

KEY: Final = 17  # characters: so long are keys, and hardly any other header
DEFAULT_POLICY: Final = "default"
DECLARE_EMOJI: Final = "rotating_light"


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom a target means right now; `channels` without the leading `#`. Both empty: nobody."""

    people: tuple[Person, ...] = ()
    channels: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people or self.channels)


@dataclass(frozen=True, slots=True)
class Desk:
    """The configuration, checked as a whole by `bot.config`: every reference in it leads somewhere.

    Mappings are by id. `incidents_channel` has no leading `#`. `service_policies` names the policies of services, by
    priority; `priority_policies` those of priorities for which the service names none. `declare_emoji`: under a message
    it offers to declare an incident; '' for none.
    `sources`: those that the file says something about; the others are as they come. `procedures`: people's runbooks.
    `night`: priorities that are reached otherwise by night, whose hours are `hours_of_night`.
    `proof` None: nobody is drilled; `reports` None: only on demand. `digest_every`: managers get one digest at most so
    often; 0: one message an event. `spoken`: what people chose in Slack; all else is as it was read.
    """

    language: str
    zone: ZoneInfo
    incidents_channel: str
    environments: Mapping[str, Environment]
    services: Mapping[str, Service]
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    schedules: Mapping[str, Schedule]
    policies: Mapping[str, Policy]
    rules: tuple[Rule, ...]
    engines: Mapping[str, EngineAddress] = field(default_factory=dict)
    service_policies: Mapping[str, Mapping[Priority, str]] = field(default_factory=dict)
    priority_policies: Mapping[Priority, str] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    freezes: tuple[FreezeWindow, ...] = ()
    train: Train = field(default_factory=Train)
    aftermath: Aftermath = field(default_factory=Aftermath)
    heartbeats: Mapping[str, Heartbeat] = field(default_factory=dict)
    probes: Mapping[str, ProbeEntry] = field(default_factory=dict)
    sources: Mapping[str, SourceEntry] = field(default_factory=dict)
    backups: Mapping[str, BackupEntry] = field(default_factory=dict)
    databases: Mapping[str, DatabaseEntry] = field(default_factory=dict)
    supabase: Mapping[str, SupabaseEntry] = field(default_factory=dict)
    rotations: Mapping[str, RotationEntry] = field(default_factory=dict)
    gathering: Gathering = field(default_factory=Gathering)
    steps: Steps = field(default_factory=lambda: CHANNELS)
    night: Mapping[Priority, tuple[Step, ...]] = field(default_factory=dict)
    hours_of_night: Night = field(default_factory=Night)
    second_sms: SecondSms | None = None
    dead_man_url: Secret | None = None
    proof: Proof | None = None
    reports: Reports | None = None
    webhooks_out: Mapping[str, Hook] = field(default_factory=dict)
    digest_every: timedelta = timedelta(0)
    status_page: StatusPage = field(default_factory=lambda: StatusPage("ÉcoTrajet", {}, ()))
    declare_emoji: str = DECLARE_EMOJI
    news: NewsSettings = field(default_factory=NewsSettings)
    rooms: RoomSettings = field(default_factory=RoomSettings)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    automatic_runbooks: bool = False
    chasing: Chasing = field(default_factory=Chasing)
    postmortems: PostmortemSettings = field(default_factory=PostmortemSettings)
    aid: Aid = field(default_factory=Aid)
    spoken: Spoken = field(default_factory=Spoken, compare=False)

    def secrets(self) -> tuple[Secret, ...]:
        """Every secret value of the file, for redaction."""
        own = (self.dead_man_url,) if self.dead_man_url else ()
        of_sources = (secret for source in self.sources.values() for secret in source.secrets())
        of_backups = (secret for entry in self.backups.values() for secret in entry.secrets())
        headers = self.second_sms.headers.values() if self.second_sms else ()
        of_second = (header for header in headers if len(header.reveal()) >= KEY)
        of_hooks = (secret for hook in self.webhooks_out.values() for secret in (hook.url, hook.secret))
        of_probes = (each for probe in self.probes.values() for each in probe.secrets() if len(each.reveal()) >= KEY)
        of_databases = (
            *(each.url for each in self.databases.values()),
            *(each.token for each in self.supabase.values()),
        )
        return (*own, *of_sources, *of_backups, *of_databases, *of_second, *of_hooks, *of_probes)

    def policy_for(self, service: str, priority: Priority) -> Policy:
        """The ladder of this service's incidents of this priority: its own, else the priority's, else the default."""
        own = self.service_policies.get(service, {}).get(priority)
        return self.policies[own or self.priority_policies.get(priority, DEFAULT_POLICY)]

    def policies_for(self, service: str) -> Mapping[Priority, Policy]:
        """Of each priority: an incident may become worse, or milder."""
        return {priority: self.policy_for(service, priority) for priority in Priority}

    @property
    def usual_rules(self) -> Rules:
        """How everybody is reached who has not chosen for themselves."""
        return Rules(self.steps, self.night, self.hours_of_night)

    def is_confidential(self, service: str) -> bool:
        """Whether what happens to it is only for those who handle it."""
        known = self.services.get(service)
        return known is not None and known.confidential

    def methods(self, person: Person, priority: Priority) -> tuple[Step, ...]:
        """How a page reaches this person; empty: they have nothing at all."""
        return methods(person, priority, self.steps)

    def is_manager(self, person: str | None) -> bool:
        """Whether they get few, short pings in plain words."""
        return any(team.managers and person in team.members for team in self.teams.values())

    def language_of(self, person: Person | None, slack_user: str = "") -> str:
        """What somebody reads: their own choice, else what the file says of them, else the workspace's.

        `slack_user`: of whoever is not in the file; what is no user's id means nobody's choice.
        """
        usual = person.language if person else self.language
        return self.spoken.of(person.slack if person else slack_user) or usual

    def person_of_slack(self, user: str) -> Person | None:
        """The person with this Slack user id (`U…`)."""
        return next((person for person in self.people.values() if user and person.slack == user), None)

    def person_of_phone(self, e164: str) -> Person | None:
        """The person with this number (`+33…`)."""
        return next((person for person in self.people.values() if e164 and person.phone == e164), None)

    def recipients(self, target: str, now: datetime, overrides: Sequence[Booked] = ()) -> Recipients:
        """Whom `person:ID`, `team:ID`, `schedule:ID` or `channel:NAME` means at `now`; nobody when it leads nowhere.

        A target stored in a row may outlive the person it named; that level is then empty, and the ladder goes on.
        """
        kind, _, name = target.partition(":")
        match kind:
            case "channel":
                return Recipients(channels=(name.removeprefix("#"),))
            case "person":
                return self._known((name,))
            case "team":
                team = self.teams.get(name)
                return self._known(team.members if team else ())
            case "schedule":
                schedule = self.schedules.get(name)
                return self._known(schedule.on_call(now, overrides) if schedule else ())
            case _:
                return Recipients()

    def first_reachable(self, now: datetime, booked: Sequence[Booked] = ()) -> tuple[Person, ...]:
        """Whom the first level of the default ladder with anybody on it means, as far as they can be reached."""
        policy = self.policies[DEFAULT_POLICY]
        for targets in (*(level.targets for level in policy.levels), policy.fallback):
            meant = [person for target in targets for person in self.recipients(target, now, booked).people]
            reachable = [person for person in meant if any(person.address(kind) for kind in Kind)]
            if reachable:
                return tuple(dict.fromkeys(reachable))
        return ()

    def _known(self, ids: Sequence[str]) -> Recipients:
        return Recipients(people=tuple(self.people[each] for each in ids if each in self.people))
