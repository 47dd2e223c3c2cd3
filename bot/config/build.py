"""The file's sections -> Desk. Each entry is checked alone, so that one bad entry hides no other's problems."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from bot.aid import Aid
from bot.config import (
    afterwards,
    backups,
    databases,
    defaults,
    freezes,
    hosted,
    probes,
    promotions,
    proof,
    quiet,
    reaching,
    references,
    reports,
    rooms,
    rotations,
    runbooks,
    status_page,
    updates,
    webhooks_out,
)
from bot.config.engines import environments_of
from bot.config.models import (
    EnvironmentSection,
    IntakeSection,
    PersonSection,
    PolicySection,
    ServiceSection,
    TeamSection,
    WorkspaceSection,
)
from bot.config.oncall import ScheduleSection, schedule
from bot.config.parts import Parts
from bot.config.problems import Problems, shown, unknown_key
from bot.config.rules import ClassificationSection, rules
from bot.config.sources import SourceSection
from bot.config.sources import check as check_sources
from bot.config.sources import entries as source_entries
from bot.desk import DEFAULT_POLICY, Desk
from bot.gathering import Gathering
from bot.person import Person, Team
from bot.personal import Night
from bot.secret import Secret

SECTIONS: Final = (
    "workspace",
    "environments",
    "services",
    "people",
    "teams",
    "schedules",
    "escalation",
    "notifications",
    "classification",
    "maintenance",
    "freezes",
    "promotions",
    "after_deployment",
    "heartbeats",
    "probes",
    "backups",
    "databases",
    "supabase",
    "secrets",
    "sources",
    "intake",
    "proof_of_reach",
    "webhooks_out",
    "status_page",
    "incident_channels",
    "updates",
    "tasks",
    "postmortems",
    "runbooks",
    "reports",
)
NOT_YET: Final = ("checks", "calendar")

M = TypeVar("M", bound=BaseModel)


def build(
    data: Mapping[str, object], docker_host: str, problems: Problems, warnings: list[str], folder: Path = Path()
) -> Desk | None:
    """The desk; None when there are problems (also in the environment: `problems` is shared).

    `folder`: where the file stands, for the paths in it.
    """
    _check_sections(data, problems)
    parts = _parts(data, problems)
    references.check(parts, problems, warnings)
    check_sources(parts.sources, problems)
    procedures = runbooks.procedures(parts.runbooks, folder, problems)
    webhooks_out.check(parts.webhooks_out, problems)
    probes.check(parts.probes, problems)
    if problems:
        return None
    desk = _desk(parts, docker_host, warnings)
    warnings.extend(runbooks.strange(procedures, desk.environments.values(), desk.services.values()))
    return replace(desk, procedures=procedures, automatic_runbooks=parts.runbooks.automatic)


def _check_sections(data: Mapping[str, object], problems: Problems) -> None:
    for name in data:
        if name in NOT_YET:
            problems.add((name,), "this version has no such settings yet; take the section out")
        elif name not in SECTIONS:
            problems.add((name,), unknown_key(name, SECTIONS))


def _parts(data: Mapping[str, object], problems: Problems) -> Parts:
    read = _Reader(data, problems)
    escalation = read.mapping(("escalation",))
    beside = {key: value for key, value in escalation.items() if key != "policies"}
    for key in beside:
        if key not in reaching.EscalationSection.model_fields:
            problems.add(("escalation", key), unknown_key(key, ["policies", *reaching.EscalationSection.model_fields]))
    return Parts(
        workspace=read.section("workspace", WorkspaceSection),
        environments=read.environments(),
        services=read.entries(("services",), ServiceSection),
        people=read.entries(("people",), PersonSection),
        teams=read.entries(("teams",), TeamSection),
        schedules=read.entries(("schedules",), ScheduleSection),
        policies=read.entries(("escalation", "policies"), PolicySection),
        escalation=read.one(("escalation",), beside, reaching.EscalationSection) or reaching.EscalationSection(),
        notifications=read.section("notifications", reaching.NotificationsSection),
        classification=read.section("classification", ClassificationSection),
        intake=read.section("intake", IntakeSection),
        maintenance=read.entries(("maintenance",), quiet.WindowSection),
        freezes=read.entries(("freezes",), freezes.FreezeSection),
        promotions=read.section("promotions", promotions.PromotionsSection),
        after_deployment=read.section("after_deployment", promotions.AfterDeploymentSection),
        heartbeats=read.entries(("heartbeats",), quiet.HeartbeatSection),
        probes=read.entries(("probes",), probes.ProbeSection),
        backups=read.entries(("backups",), backups.BackupSection),
        databases=read.entries(("databases",), databases.DatabaseSection),
        supabase=read.entries(("supabase",), hosted.SupabaseSection),
        secrets=read.entries(("secrets",), rotations.RotationSection),
        sources=read.entries(("sources",), SourceSection),
        status_page=read.section("status_page", status_page.StatusPageSection),
        incident_channels=read.section("incident_channels", rooms.IncidentChannelsSection),
        updates=read.section("updates", updates.UpdatesSection),
        tasks=read.section("tasks", afterwards.TasksSection),
        postmortems=read.section("postmortems", afterwards.PostmortemsSection),
        runbooks=read.section("runbooks", runbooks.RunbooksSection),
        proof=read.section("proof_of_reach", proof.ProofSection) if "proof_of_reach" in data else None,
        reports=read.section("reports", reports.ReportsSection) if "reports" in data else None,
        webhooks_out=read.entries(("webhooks_out",), webhooks_out.WebhookSection),
        names=read.names,
    )


class _Reader:
    def __init__(self, data: Mapping[str, object], problems: Problems) -> None:
        self.data, self.problems = data, problems
        self.names: dict[str, list[str]] = {}

    def mapping(self, where: tuple[str, ...]) -> dict[str, object]:
        found: object = self.data
        for key in where:
            found = found.get(key) if isinstance(found, dict) else None
        if found is None:
            return {}
        if not isinstance(found, dict):
            self.problems.add_once(where, "must be a mapping (`key: value` lines)")
            return {}
        return found

    def entries(self, where: tuple[str, ...], model: type[M]) -> dict[str, M]:
        raw = self.mapping(where)
        self.names[where[-1]] = list(raw)
        read = {name: self.one((*where, name), value, model) for name, value in raw.items()}
        for name in raw:
            if not name or any(letter.isspace() or letter in ":#,@" for letter in name):
                self.problems.add((*where, name), f"'{shown(name)}' is no good name: no spaces, nor any of : # , @")
        return {name: entry for name, entry in read.items() if entry is not None}

    def environments(self) -> dict[str, EnvironmentSection]:
        """The guide's three when the file names none."""
        found = self.entries(("environments",), EnvironmentSection)
        if not self.names["environments"]:
            self.names["environments"] = list(defaults.ENVIRONMENTS)
            return dict.fromkeys(defaults.ENVIRONMENTS, EnvironmentSection())
        return found

    def section(self, name: str, model: type[M]) -> M:
        """The section, or its defaults when it is left out or wrong."""
        return self.one((name,), self.data.get(name), model) or model()

    def one(self, where: tuple[str, ...], value: object, model: type[M]) -> M | None:
        try:
            return model.model_validate({} if value is None else value)
        except ValidationError as error:
            self.problems.add_invalid(where, error, model)
            return None


def _desk(parts: Parts, docker_host: str, warnings: list[str]) -> Desk:
    workspace = parts.workspace
    policies = {
        name: reaching.policy(name, entry, parts.escalation, workspace) for name, entry in parts.policies.items()
    }
    if not policies:
        warnings.append("escalation: no policy: every level only speaks in the channel, nobody is paged")
        policies = {DEFAULT_POLICY: defaults.channel_policy(workspace.incidents_channel)}
    environments, engines = environments_of(parts.environments, docker_host)
    beats = {**parts.heartbeats, **backups.heartbeats(parts.backups)}
    return Desk(
        language=workspace.language,
        zone=workspace.time_zone,
        incidents_channel=workspace.incidents_channel,
        dead_man_url=Secret(workspace.dead_man_url) if workspace.dead_man_url else None,
        declare_emoji=workspace.declare_emoji,
        aid=Aid(workspace.help.faq or "", workspace.help.status or "", workspace.help.support),
        rooms=rooms.settings(parts.incident_channels),
        news=updates.settings(parts.updates),
        chasing=afterwards.chasing(parts.tasks),
        postmortems=afterwards.postmortems(parts.postmortems),
        environments=environments,
        services={name: defaults.service(name, entry) for name, entry in parts.services.items()},
        people={name: _person(name, entry, workspace.language) for name, entry in parts.people.items()},
        teams={name: _team(name, entry) for name, entry in parts.teams.items()},
        schedules={name: schedule(name, entry, workspace.time_zone) for name, entry in parts.schedules.items()},
        policies=policies,
        gathering=_gathering(parts.intake),
        rules=(
            *quiet.heartbeat_rules(beats),
            *probes.probe_rules(parts.probes),
            *rules(parts.classification, workspace.time_zone),
        ),
        engines=engines,
        sources=source_entries(parts.sources),
        service_policies={name: entry.policy for name, entry in parts.services.items()},
        priority_policies=parts.escalation.by_priority,
        windows=quiet.windows(parts.maintenance, workspace.time_zone),
        freezes=freezes.windows(parts.freezes, workspace.time_zone),
        train=promotions.train(parts.promotions),
        aftermath=promotions.aftermath(parts.after_deployment),
        heartbeats=quiet.heartbeats(beats),
        probes=probes.probes(parts.probes),
        backups=backups.backups(parts.backups),
        databases=databases.databases(parts.databases, parts.backups),
        supabase=hosted.projects(parts.supabase),
        rotations=rotations.rotations(parts.secrets),
        proof=proof.settings(parts.proof),
        reports=reports.settings(parts.reports),
        webhooks_out=webhooks_out.hooks(parts.webhooks_out),
        steps=reaching.steps(parts.notifications),
        night=reaching.night(parts.notifications.night),
        hours_of_night=Night(parts.notifications.night.start, parts.notifications.night.end),
        second_sms=reaching.second_sms(parts.notifications.second_sms),
        digest_every=parts.notifications.managers_digest,
        status_page=status_page.settings(parts.status_page, parts.services, environments),
    )


def _gathering(entry: IntakeSection) -> Gathering:
    flapping = entry.flapping
    return Gathering(entry.correlate_within, entry.storm_after, flapping.changes, flapping.within)


def _person(id_: str, entry: PersonSection, language: str) -> Person:
    return Person(id_, entry.name, entry.slack, entry.phone, entry.email, entry.language or language, entry.time_zone)


def _team(id_: str, entry: TeamSection) -> Team:
    rights = {place: right.value for place, right in entry.rights.items()}
    return Team(id_, entry.name or id_, tuple(entry.members), rights, entry.responders, entry.managers)
