"""What only the whole file can tell: names that lead nowhere, two who answer to one name, nobody who may approve."""

from datetime import timedelta
from typing import Final

from bot.backup import heartbeat_of, test_heartbeat_of
from bot.config import defaults, freezes
from bot.config.databases import DatabaseSection
from bot.config.hosted import SupabaseSection
from bot.config.models import LevelSection, PolicySection
from bot.config.names import Owners, known_as, known_targets
from bot.config.parts import Parts
from bot.config.problems import Problems, Where, shown, unknown_name
from bot.config.quiet import SHORTEST
from bot.desk import DEFAULT_POLICY
from bot.runbook import ActionClass
from bot.source import BUILT_IN

APPROVERS: Final = (ActionClass.DEPLOY, ActionClass.DESTROY)


def check(parts: Parts, problems: Problems, warnings: list[str]) -> None:
    """Notes every reference that leads nowhere. Names of entries that are wrong in themselves count as known."""
    _business_hours(parts, problems)
    _environments(parts, problems, warnings)
    _services(parts, problems)
    _people(parts, problems, warnings)
    _teams(parts, problems)
    _schedules(parts, problems)
    _policies(parts, problems)
    _rules(parts, problems)
    _maintenance(parts, problems, warnings)
    _freezes(parts, problems)
    _heartbeats(parts, problems)
    _probes(parts, problems)
    if parts.proof is not None:
        known_targets(parts, parts.proof.tell, ("proof_of_reach", "tell"), problems)
    _status_page(parts, problems)
    _backups(parts, problems)
    _databases(parts, problems)
    _secrets(parts, problems)
    _approvers(parts, problems, warnings)


def _status_page(parts: Parts, problems: Problems) -> None:
    for name in parts.status_page.services:
        known_as(parts, "service", name, ("status_page", "services", name), problems, "services")
    for position, place in enumerate(parts.status_page.environments):
        known_as(parts, "environment", place, ("status_page", "environments", position), problems, "environments")


def _business_hours(parts: Parts, problems: Problems) -> None:
    if parts.workspace.business_hours.start >= parts.workspace.business_hours.end:
        problems.add_once(("workspace", "business_hours", "end"), "must be later than start")


def _environments(parts: Parts, problems: Problems, warnings: list[str]) -> None:
    owners = Owners(problems)
    for name, entry in parts.environments.items():
        where = ("environments", name)
        place = defaults.environment(name, entry, entry.engine)
        owners.claim(sorted(place.answers_to()), f"environment '{name}'", where, "a name that it answers to")
        if name in ("default", "none"):
            problems.add_once(where, f"'{name}' means an engine; choose another name")
        if entry.tls and not entry.engine.startswith("tcp://"):
            problems.add_once((*where, "tls"), "goes with a tcp:// engine only")
        if entry.ssh and not entry.engine.startswith("ssh://"):
            problems.add_once((*where, "ssh"), "goes with an ssh:// engine only")
        if entry.engine.startswith("tcp://") and not entry.tls:
            warnings.append(f"environments.{name}.engine: tcp:// without tls: whoever reaches it is root on that host")
        if defaults.is_production(place) and not place.protected:
            warnings.append(f"environments.{name}.protected: false: nobody has to approve what is done to production")


def _services(parts: Parts, problems: Problems) -> None:
    owners, containers = Owners(problems), Owners(problems)
    for name, entry in parts.environments.items():
        words = defaults.environment(name, entry, entry.engine).answers_to()
        owners.claim(sorted(words), f"environment '{name}'", ("environments", name), "a name that it answers to")
    for name, service in parts.services.items():
        where = ("services", name)
        answers = defaults.service(name, service).answers_to()
        owners.claim(sorted(answers), f"service '{name}'", where, "a name that it answers to")
        for place, container in service.containers.items():
            here = (*where, "containers", place)
            known_as(parts, "environment", place, here, problems, "environments")
            if (found := parts.environments.get(place)) and found.engine == "none":
                problems.add_once(here, f"environment '{place}' has no engine (engine: none)")
            elif found:
                containers.claim([(found.engine, container)], f"{name} in {place}", here, "the container")
        known = parts.names["policies"] or [DEFAULT_POLICY]
        for policy in service.policy.values():
            if policy not in known:
                problems.add_once((*where, "policy"), unknown_name("escalation policy", policy, known))


def _people(parts: Parts, problems: Problems, warnings: list[str]) -> None:
    owners = Owners(problems)
    for name, person in parts.people.items():
        for method in ("slack", "phone", "email"):
            address = getattr(person, method)
            what = f"the {'Slack member id' if method == 'slack' else method}"
            owners.claim([(method, address)] if address else [], f"'{name}'", ("people", name, method), what)
        if not (person.slack or person.phone or person.email):
            warnings.append(f"people.{shown(name)}: neither slack, phone nor email: this person cannot be reached")


def _teams(parts: Parts, problems: Problems) -> None:
    for name, team in parts.teams.items():
        for position, member in enumerate(team.members):
            known_as(parts, "person", member, ("teams", name, "members", position), problems, "people")
        for place in team.rights:
            if place != "*":
                known_as(parts, "environment", place, ("teams", name, "rights", place), problems, "environments")


def _schedules(parts: Parts, problems: Problems) -> None:
    for name, schedule in parts.schedules.items():
        for position, rotation in enumerate(schedule.rotations):
            for turn, person in enumerate(rotation.people):
                where = ("schedules", name, "rotations", position, "people", turn)
                known_as(parts, "person", person, where, problems, "people")


def _policies(parts: Parts, problems: Problems) -> None:
    if parts.names["policies"] and DEFAULT_POLICY not in parts.names["policies"]:
        problems.add_once(("escalation", "policies"), "one of them must be called default")
    for priority, name in parts.escalation.by_priority.items():
        known_as(parts, "escalation policy", name, ("escalation", "by_priority", priority.value), problems, "policies")
    for name, policy in parts.policies.items():
        where = ("escalation", "policies", name)
        _levels(policy, where, problems)
        for position, level in enumerate(policy.levels):
            known_targets(parts, level.tell, (*where, "levels", position, "tell"), problems)
            _enough(parts, level, (*where, "levels", position, "acknowledgements"), problems)
        known_targets(parts, policy.fallback, (*where, "fallback"), problems)
        for priority, last in policy.stops_at.items():
            names = [level.name for level in policy.levels]
            if last not in names:
                problems.add_once((*where, "stops_at", priority.value), unknown_name("level", last, names))


def _enough(parts: Parts, level: LevelSection, where: Where, problems: Problems) -> None:
    """A level that wants more people than it can ever mean would never be answered."""
    people: set[str] = set()
    turns = 0
    for kind, _, name in (target.partition(":") for target in level.tell):
        if kind == "person":
            people.add(name)
        elif kind == "team" and name in parts.teams:
            people.update(parts.teams[name].members)
        elif kind == "schedule" and name in parts.schedules:
            schedule = parts.schedules[name]
            turns += len(schedule.rotations) if not schedule.calendars else level.acknowledgements
        elif kind != "channel":
            return  # named nowhere: told already
    most = len(people) + turns
    if level.acknowledgements > max(most, 1):
        problems.add_once(where, f"'{level.name}' means {most} people at most: it would never be answered")


def _rules(parts: Parts, problems: Problems) -> None:
    names = Owners(problems)
    for position, rule in enumerate(parts.classification.rules):
        where = ("classification", "rules", position)
        names.claim([rule.name], f"rule {position + 1}", (*where, "name"), "the name")
        for turn, place in enumerate(rule.when.environments):
            known_as(parts, "environment", place, (*where, "when", "environments", turn), problems, "environments")
        for turn, service in enumerate(rule.when.services):
            known_as(parts, "service", service, (*where, "when", "services", turn), problems, "services")


def _maintenance(parts: Parts, problems: Problems, warnings: list[str]) -> None:
    for name, window in parts.maintenance.items():
        where = ("maintenance", name)
        for turn, place in enumerate(window.environments):
            known_as(parts, "environment", place, (*where, "environments", turn), problems, "environments")
        for turn, service in enumerate(window.services):
            known_as(parts, "service", service, (*where, "services", turn), problems, "services")
        if not window.days:
            problems.add_once((*where, "days"), "must not be empty")
        if window.start == window.end:
            problems.add_once((*where, "end"), "must not be the same as start")
        if not (window.environments or window.services or window.labels):
            warnings.append(f"maintenance.{shown(name)}: neither environments, services nor labels: it silences all")


def _freezes(parts: Parts, problems: Problems) -> None:
    for name, window in parts.freezes.items():
        where = ("freezes", name)
        for turn, place in enumerate(window.environments):
            known_as(parts, "environment", place, (*where, "environments", turn), problems, "environments")
        if said := freezes.why_not(window):
            problems.add_once((*where, "ends"), said)


def _heartbeats(parts: Parts, problems: Problems) -> None:
    for name, beat in parts.heartbeats.items():
        where = ("heartbeats", name)
        if beat.environment:
            known_as(parts, "environment", beat.environment, (*where, "environment"), problems, "environments")
        if beat.service:
            known_as(parts, "service", beat.service, (*where, "service"), problems, "services")
        if beat.period < SHORTEST:
            problems.add_once((*where, "period"), "must be 10 s or longer")
        if beat.watchdog and beat.watchdog.source not in (known := (*BUILT_IN, *parts.names["sources"])):
            problems.add_once((*where, "watchdog", "source"), unknown_name("source", beat.watchdog.source, known))
        if "/" in name:
            problems.add_once(where, "must have no / in its name: it is part of an address")


def _probes(parts: Parts, problems: Problems) -> None:
    for name, probe in parts.probes.items():
        where = ("probes", name)
        known_as(parts, "environment", probe.environment, (*where, "environment"), problems, "environments")
        known_as(parts, "service", probe.service, (*where, "service"), problems, "services")


def _backups(parts: Parts, problems: Problems) -> None:
    for name, entry in parts.backups.items():
        where = ("backups", name)
        known_as(parts, "environment", entry.environment, (*where, "environment"), problems, "environments")
        known_as(parts, "service", entry.service, (*where, "service"), problems, "services")
        for beat in {heartbeat_of(name), test_heartbeat_of(name)} & set(parts.names["heartbeats"]):
            problems.add_once(where, f"the heartbeat {beat} is this backup's own; give yours another name")
        if "/" in name:
            problems.add_once(where, "must have no / in its name: it is part of an address")
        if entry.encrypt_to and (entry.restore_test or entry.restore_with) and not entry.decrypt_with:
            problems.add_once((*where, "decrypt_with"), "must be set: encrypted dumps are to be restored")
        if entry.keep < timedelta(days=1):
            problems.add_once((*where, "keep"), "must be 1 day or longer")


def _databases(parts: Parts, problems: Problems) -> None:
    named: list[tuple[tuple[str, str], DatabaseSection | SupabaseSection]] = [
        *((("databases", name), each) for name, each in parts.databases.items()),
        *((("supabase", name), each) for name, each in parts.supabase.items()),
    ]
    for where, entry in named:
        known_as(parts, "environment", entry.environment, (*where, "environment"), problems, "environments")
        known_as(parts, "service", entry.service, (*where, "service"), problems, "services")


def _secrets(parts: Parts, problems: Problems) -> None:
    for name, entry in parts.secrets.items():
        where = ("secrets", name)
        if entry.environment:
            known_as(parts, "environment", entry.environment, (*where, "environment"), problems, "environments")
        if entry.every < timedelta(days=1):
            problems.add_once((*where, "every"), "must be 1 day or longer")


def _levels(policy: PolicySection, where: Where, problems: Problems) -> None:
    for position, (before, level) in enumerate(zip(policy.levels, policy.levels[1:], strict=False), start=1):
        if level.after <= before.after:
            problems.add_once((*where, "levels", position, "after"), f"must be later than that of '{before.name}'")
    names = Owners(problems)
    for position, level in enumerate(policy.levels):
        names.claim([level.name], f"level {position + 1}", (*where, "levels", position, "name"), "the name")


def _approvers(parts: Parts, problems: Problems, warnings: list[str]) -> None:
    """Production takes two people: whoever asks for a rollback may not be the one who approves it."""
    used = {place for service in parts.services.values() for place in service.containers}
    for name, entry in parts.environments.items():
        if name not in used or not defaults.environment(name, entry, entry.engine).protected:
            continue
        able = _able(parts, name)
        if not able:
            warnings.append(f"teams: nobody has the right deploy in '{name}': no rollback can be asked for there")
        elif len(able) == 1:
            sentence = f"'{name}' needs a second person with the right deploy, to approve what {min(able)} asks for"
            problems.add_once(("teams",), sentence)


def _able(parts: Parts, place: str) -> set[str]:
    return {
        member
        for team in parts.teams.values()
        if team.rights.get(place, team.rights.get("*")) in APPROVERS
        for member in team.members
    }
