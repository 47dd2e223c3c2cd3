"""The senders' words for how bad it is, brought to five."""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from bot.alert import Alert
from bot.target import fold


class Severity(StrEnum):
    CRITICAL = "critical"
    MAJOR = "major"
    WARNING = "warning"
    MINOR = "minor"
    INFO = "info"
    UNKNOWN = ""


WORDS: Final = {
    Severity.CRITICAL: "critical crit critique fatal fatale emergency emerg urgent urgence urgente disaster desastre"
    " page panic alert highest blocker bloquant bloquante down p0 p1 sev0 sev1 s1 1",
    Severity.MAJOR: "major majeur majeure error err erreur high haut haute eleve elevee severe grave average"
    " p2 sev2 s2 2",
    Severity.WARNING: "warning warn avertissement attention medium moyen moyenne moderate modere degraded",
    Severity.MINOR: "minor mineur mineure low lowest faible bas basse p3 sev3 s3 3",
    Severity.INFO: "info information informational informative informatif notice debug trace verbose none ok normal"
    " success succes cleared clear resolved p4 p5 sev4 sev5 4 5",
}
KNOWN: Final = {word: severity for severity, words in WORDS.items() for word in words.split()}
LABELS: Final = ("severity", "severite", "gravite", "level", "niveau", "priority", "priorite", "criticality",
                 "criticite", "urgency", "urgence", "importance")  # fmt: skip
BRACKETS: Final = re.compile(r"[\[(]\s*([^\])]{1,40}?)\s*[\])]")
FIRST_WORD: Final = re.compile(r"\s*([A-Za-zÀ-ÿ0-9]{2,15})\s*(?::|\||\s[-–—]\s)")
NOT_IN_TITLES: Final = frozenset(
    {"alert", "page", "down", "panic", "trace", "none", "ok", "resolved", "clear", "cleared"}
)


def severity_of(alert: Alert) -> Severity:
    """Of its field, else of a label, else of a tag of its title (`[CRITICAL] …`, `CRITICAL: …`); of the worst of them.

    The field decides alone when it is understood: that is where the sender meant to say it.
    """
    labels = {fold(name): value for name, value in alert.labels.items()}
    for said in (alert.severity, *map(labels.get, LABELS)):
        if said and (found := understood(said)) is not Severity.UNKNOWN:
            return found
    told = (tag for tag in tags(alert.title) if fold(tag) not in NOT_IN_TITLES and not tag.strip().isdigit())
    return _worst(understood(tag) for tag in told)


@lru_cache(maxsize=2048)
def understood(word: str) -> Severity:
    """`CRITICAL`, `sev-1`, `Critique`; UNKNOWN when it says nothing to us."""
    folded = fold(word)
    return KNOWN.get(folded) or KNOWN.get(re.sub(r"[\s_-]+", "", folded), Severity.UNKNOWN)


def tags(title: str) -> list[str]:
    """What stands in brackets, or first and set off by a colon or a dash: `[PROD] [CRITICAL] …`, `PROD - …`."""
    found = [part for tag in BRACKETS.findall(title) for part in re.split(r"[/|,:]", tag)]
    rest = BRACKETS.sub(" ", title).lstrip(" :-|")
    while first := FIRST_WORD.match(rest):
        found.append(first[1])
        rest = rest[first.end() :]
    return found


def _worst(found: Iterable[Severity]) -> Severity:
    order = list(Severity)
    return min(found, key=order.index, default=Severity.UNKNOWN)
