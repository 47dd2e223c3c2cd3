"""The desk of a team that wrote no file: the guide's environments and ladder, told to one channel."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.config.models import EnvironmentSection, ServiceSection
from bot.desk import DEFAULT_POLICY
from bot.escalation import Level, Policy
from bot.incident import Priority
from bot.target import Environment, Service, fold

CHANNEL: Final = "incidents"
ENVIRONMENTS: Final = ("dev", "staging", "prod")  # guide, section 1
LEVELS: Final = (  # guide §5.1, processus d'escalade
    ("Détection", timedelta(0)),
    ("Support", timedelta(minutes=15)),
    ("Lead technique", timedelta(minutes=30)),
    ("DevOps", timedelta(hours=1)),
    ("Management", timedelta(hours=2)),
)
LAST_FOR_P3: Final = "Support"  # a non-blocking defect goes no higher


def environment(name: str, entry: EnvironmentSection, engine: str) -> Environment:
    """What is left out follows from the name: production is protected, development needs no approval."""
    draft = Environment(name, entry.label or name, tuple(entry.aliases), engine)
    protected = is_production(draft) if entry.protected is None else entry.protected
    free = fold("dev") in draft.answers_to() and not protected
    confirm = not free if entry.confirm is None else entry.confirm
    return replace(draft, protected=protected, confirm=confirm)


def is_production(place: Environment) -> bool:
    return "production" in place.answers_to()


def service(name: str, entry: ServiceSection) -> Service:
    return Service(
        name, dict(entry.containers), entry.label or name, tuple(entry.aliases), tuple(entry.required),
        dict(entry.reaches), entry.confidential, entry.runbook or "", dict(entry.links),
        entry.maintenance_image or "",
    )  # fmt: skip


def channel_policy(channel: str) -> Policy:
    """The guide's ladder when nobody is configured: every level speaks in the channel."""
    levels = tuple(Level(name, after, (f"channel:{channel}",)) for name, after in LEVELS)
    return Policy(DEFAULT_POLICY, levels, stops_at=((Priority.P3, LAST_FOR_P3),))
