"""The judgement on one alert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.alert import Alert
from bot.classification.defaults import DEFAULT_RULES, NOT_FIRING
from bot.classification.place import Stage, place_of
from bot.classification.reading import read
from bot.classification.rules import Facts, Rule, first_match
from bot.classification.severity import Severity, severity_of
from bot.incident import Priority
from bot.phrase import Phrase
from bot.target import Environment, Service

AT_MOST: Final = {Stage.DEVELOPMENT: Priority.P3, Stage.STAGING: Priority.P2}
"""However bad: development pages nobody, staging is nobody's critical incident (design, section 4)."""
UNCLASSIFIED: Final = Rule("unclassified", Priority.P2, Phrase("No rule knows this alert: please classify"))


@dataclass(frozen=True, slots=True)
class Classification:
    """`priority` None: for the record only. `environment` is the id of one of ours or ''; `severity` in our words."""

    priority: Priority | None
    rule: str
    why: Phrase
    environment: str
    service: str
    severity: str


def classify(
    alert: Alert,
    rules: Sequence[Rule],
    environments: Mapping[str, Environment],
    services: Mapping[str, Service],
    now: datetime,
) -> Classification:
    """What this alert is worth, by the first rule that matches; without rules, by the default ones. Never raises."""
    place = place_of(alert, environments, services)
    severity = severity_of(alert)
    facts = Facts(alert, place, severity, read(alert.title, alert.text, place.service), now)
    rule = first_match((*NOT_FIRING, *(rules or DEFAULT_RULES)), facts) or UNCLASSIFIED
    why = Phrase(
        rule.why.msgid,
        {
            **rule.why.values,
            "words": facts.reading.words,
            "severity": _said(alert, severity),
            "environment": place.environment or place.stage.value,
        },
    )
    priority, why = capped(rule.gives, why, facts, environments)
    return Classification(priority, rule.name, why, place.environment, place.service, severity.value)


def warm_up() -> None:
    """Compiles what the first alert would wait for, a tenth of a second of a processor: in a thread, at the start."""
    read("warm-up", "the site is down and data was lost", "")


def capped(
    priority: Priority | None, why: Phrase, facts: Facts, environments: Mapping[str, Environment]
) -> tuple[Priority | None, Phrase]:
    """Lowered to what the environment is worth, saying so."""
    highest = AT_MOST.get(facts.place.stage)
    if priority is None or highest is None or not priority.outranks(highest):
        return priority, why
    known = environments.get(facts.place.environment)
    return highest, Phrase(
        "{why}; {environment} is {priority} at most",
        {"why": why, "environment": known.label if known else facts.place.stage.value, "priority": highest.value},
    )


def _said(alert: Alert, severity: Severity) -> str:
    return " ".join(alert.severity.split())[:40] or severity.value
