"""A rule: when it applies, what it gives, and why. Ordered; the first that matches wins."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.alert import Alert, AlertStatus
from bot.classification.impact import Impact
from bot.classification.place import Place, Stage
from bot.classification.plain import plain
from bot.classification.reading import Reading
from bot.classification.severity import Severity
from bot.incident import Priority
from bot.phrase import Phrase
from bot.target import fold


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that rules may ask about an alert."""

    alert: Alert
    place: Place
    severity: Severity
    reading: Reading
    now: datetime

    @property
    def public(self) -> bool:
        """Customers are named, or an address that they use: whatever it is, it is no private machine."""
        return self.reading.customers or self.place.public


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` until before `end` on `days` (Monday is 0), in `zone`; over midnight when `end` is the earlier."""

    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[int] = frozenset(range(7))

    def contain(self, now: datetime) -> bool:
        local = now.astimezone(self.zone)
        moment, today = local.time(), local.weekday()
        if self.start <= self.end:
            return today in self.days and self.start <= moment < self.end
        return (today in self.days and moment >= self.start) or ((today - 1) % 7 in self.days and moment < self.end)


@dataclass(frozen=True, slots=True)
class When:
    """All that is given must hold; what is left empty holds always.

    `title` and `text` are regular expressions searched in folded text (no case, no accents); `labels` maps a label's
    name to one that must match its whole folded value. `environments` and `services` are our ids.
    """

    statuses: frozenset[AlertStatus] = frozenset()
    stages: frozenset[Stage] = frozenset()
    environments: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    severities: frozenset[Severity] = frozenset()
    impacts: frozenset[Impact] = frozenset()
    sources: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    text: str = ""
    hours: Hours | None = None
    public: bool = False  # only what customers meet
    blocks: bool = False  # only what keeps a release from being validated
    everyone: bool = False  # only what speaks of everybody
    inner: bool = False  # only a machine's own trouble
    tagged: bool = False  # only what its sender has marked as over
    faint: bool = False  # only what says "error" and no more
    strain: bool = False  # only what says no more than that a machine is busy
    firm: bool = False  # only what the text says more clearly than by "error" or "anomaly"

    def holds(self, facts: Facts) -> bool:
        return (
            (not self.statuses or facts.alert.status in self.statuses)
            and (not self.impacts or facts.reading.impact in self.impacts)
            and (not self.severities or facts.severity in self.severities)
            and (not self.stages or facts.place.stage in self.stages)
            and (not self.environments or facts.place.environment in self.environments)
            and (not self.services or facts.place.service in self.services)
            and (not self.sources or facts.alert.source in self.sources)
            and (facts.public or not self.public)
            and (facts.reading.blocks or not self.blocks)
            and (facts.reading.everyone or not self.everyone)
            and (facts.reading.firm or not self.firm)
            and (facts.reading.inner or not self.inner)
            and (facts.reading.tagged or not self.tagged)
            and (facts.reading.faint or not self.faint)
            and (facts.reading.strain or not self.strain)
            and self._says(facts.alert)
            and (self.hours is None or self.hours.contain(facts.now))
        )

    def _says(self, alert: Alert) -> bool:
        return (
            all(compiled(wanted).fullmatch(fold(alert.labels.get(name, ""))) for name, wanted in self.labels.items())
            and (not self.title or compiled(self.title).search(folded(alert.title)) is not None)
            and (not self.text or compiled(self.text).search(folded(f"{alert.title}\n{alert.text}")) is not None)
        )


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """`re` looks its own up in several steps, and this is asked a dozen times for each alert."""
    return re.compile(pattern)


def folded(text: str) -> str:
    return plain(text).folded


@dataclass(frozen=True, slots=True)
class Rule:
    """`gives` None: for the record only. `why` may use {words}, {severity} and {environment}."""

    name: str
    gives: Priority | None
    why: Phrase
    when: When = field(default_factory=When)


def first_match(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    return next((rule for rule in rules if rule.when.holds(facts)), None)
