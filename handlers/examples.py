"""The table of examples that a team keeps beside its rules: `ecotrajet rules test`.

A YAML list; each entry has `title` and `expected` (P1, P2, P3, or record: opens nothing), and as a sender would give
them `text`, `environment`, `service`, `severity`, `labels`, `url`, `source`, `status`; `at` (2026-11-23T03:00+01:00)
where rules look at the hour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import yaml

from bot.alert import Alert, AlertStatus
from bot.classification import classify
from bot.desk import Desk
from bot.errors import ConfigError
from bot.language import say

RECORD: Final = "record"
EXPECTED: Final = ("P1", "P2", "P3", RECORD)
TEXTS: Final = ("title", "text", "environment", "service", "severity", "url", "source", "status")
KNOWN: Final = frozenset({*TEXTS, "labels", "at", "expected"})


@dataclass(frozen=True, slots=True)
class Example:
    """`at` None: the present."""

    alert: Alert
    expected: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`found` as `Example.expected`; `why` in the desk's language."""

    number: int
    title: str
    expected: str
    found: str
    rule: str
    why: str

    @property
    def right(self) -> bool:
        return self.found == self.expected


def judge(examples: Sequence[Example], desk: Desk, now: datetime) -> list[Verdict]:
    return [_judged(number, each, desk, now) for number, each in enumerate(examples, start=1)]


def _judged(number: int, example: Example, desk: Desk, now: datetime) -> Verdict:
    moment = example.at or now
    found = classify(example.alert, desk.rules, desk.environments, desk.services, moment)
    priority = found.priority.value if found.priority else RECORD
    why = say(found.why, desk.language, desk.zone, moment)
    return Verdict(number, example.alert.title, example.expected, priority, found.rule, why)


def read(text: str, name: str) -> list[Example]:
    """Raises ConfigError with everything that is wrong, by the example's number."""
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError([f"{name}: is no YAML" + (f" (line {mark.line + 1})" if mark else "")]) from None
    if not isinstance(given, list) or not given:
        raise ConfigError([f"{name}: must be a list of examples"])
    problems: list[str] = []
    examples = [_example(each, f"{name}[{number}]", problems) for number, each in enumerate(given, start=1)]
    if problems:
        raise ConfigError(problems)
    return [each for each in examples if each is not None]


def _example(given: object, where: str, problems: list[str]) -> Example | None:
    if not isinstance(given, Mapping):
        problems.append(f"{where}: must be a mapping, such as {{expected: P1, title: API down}}")
        return None
    found = [
        *(f"{where}.{key}: unknown key; known here: {', '.join(sorted(KNOWN))}" for key in given if key not in KNOWN),
        *(f"{where}.{key}: must be text" for key in TEXTS if not isinstance(given.get(key, ""), str)),
        *([] if given.get("title") else [f"{where}.title: is missing"]),
        *([] if given.get("expected") in EXPECTED else [f"{where}.expected: must be one of {', '.join(EXPECTED)}"]),
        *([] if isinstance(given.get("labels", {}), Mapping) else [f"{where}.labels: must be a mapping"]),
        *([] if given.get("status", "firing") in set(AlertStatus) else [f"{where}.status: is no status"]),
    ]
    at = _moment(given.get("at"), where, found)
    problems += found
    return None if found else Example(_alert(given), str(given["expected"]), at)


def _alert(given: Mapping[str, Any]) -> Alert:
    texts = {key: given[key] for key in TEXTS if key in given and key not in ("status", "source")}
    labels = {str(name): str(value) for name, value in given.get("labels", {}).items()}
    status = AlertStatus(given.get("status", AlertStatus.FIRING))
    return Alert(source=given.get("source", "generic"), dedup_key="example", status=status, labels=labels, **texts)


def _moment(given: object, where: str, problems: list[str]) -> datetime | None:
    """YAML reads most moments itself; one without a zone is UTC."""
    if given is None:
        return None
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError:
        problems.append(f"{where}.at: must be a moment, such as 2026-11-23T03:00:00+01:00")
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
