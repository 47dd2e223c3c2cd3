"""The section `classification`: rules of the team's own, asked before the built-in ones."""

import re
import unicodedata
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from bot.alert import AlertStatus
from bot.classification import DEFAULT_RULES, Hours, Rule, Severity, When
from bot.config.models import Day, Name, Section, Text, TimeOfDay, Zone
from bot.incident import Priority
from bot.phrase import Phrase

RECORD: Final = "record"


def pattern(value: object) -> str:
    """A regular expression for text without case or accents."""
    plain = unicodedata.normalize("NFKD", str(value))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    try:
        re.compile(plain)
    except re.error as error:
        raise ValueError(f"must be a regular expression: {error.msg}") from None
    return f"(?i){plain}" if plain else ""


Pattern = Annotated[str, BeforeValidator(pattern)]
Word = Literal["critical", "major", "warning", "minor", "info"]


class HoursSection(Section):
    start: TimeOfDay
    end: TimeOfDay
    days: tuple[Day, ...] = tuple(range(7))
    time_zone: Zone | None = None


class WhenSection(Section):
    environments: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()
    sources: tuple[Name, ...] = ()
    severities: tuple[Word, ...] = ()
    labels: dict[str, Pattern] = Field(default_factory=dict)
    title: Pattern = ""
    text: Pattern = ""
    hours: HoursSection | None = None


class RuleSection(Section):
    name: Text
    gives: Literal["P1", "P2", "P3", "record"]
    why: str = ""
    when: WhenSection = WhenSection()


class ClassificationSection(Section):
    rules: tuple[RuleSection, ...] = ()
    built_in_rules: bool = True


def rules(section: ClassificationSection, zone: ZoneInfo) -> tuple[Rule, ...]:
    """The team's rules first. They see firing alerts only: a recovery never opens anything."""
    own = tuple(_rule(each, zone) for each in section.rules)
    return (*own, *DEFAULT_RULES) if section.built_in_rules else own


def _rule(entry: RuleSection, zone: ZoneInfo) -> Rule:
    if entry.why:
        why = Phrase("{reason} (rule “{rule}” of the configuration)", {"reason": entry.why, "rule": entry.name})
    else:
        why = Phrase("Rule “{rule}” of the configuration", {"rule": entry.name})
    return Rule(entry.name, None if entry.gives == RECORD else Priority(entry.gives), why, _when(entry.when, zone))


def _when(entry: WhenSection, zone: ZoneInfo) -> When:
    return When(
        statuses=frozenset({AlertStatus.FIRING}),
        environments=frozenset(entry.environments),
        services=frozenset(entry.services),
        severities=frozenset(Severity(word) for word in entry.severities),
        sources=frozenset(entry.sources),
        labels=entry.labels,
        title=entry.title,
        text=entry.text,
        hours=_hours(entry.hours, zone) if entry.hours else None,
    )


def _hours(entry: HoursSection, zone: ZoneInfo) -> Hours:
    return Hours(entry.start, entry.end, entry.time_zone or zone, frozenset(entry.days))
