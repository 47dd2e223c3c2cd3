"""The rules that hold when the configuration file gives none; the meaning of P1, P2, P3 is the guide's (§5.1, §6.1).

They speak of production. A place that matters less lowers what they give: `judge.capped`.
"""

from typing import Final

from bot.alert import AlertStatus
from bot.classification.impact import Impact
from bot.classification.mild import COSMETIC, LOOKS
from bot.classification.place import Stage
from bot.classification.rules import Rule, When
from bot.classification.severity import Severity
from bot.classification.vocabulary import PERSON
from bot.incident import Priority
from bot.phrase import Phrase

KNOWN_STAGES: Final = frozenset({Stage.PRODUCTION, Stage.STAGING, Stage.DEVELOPMENT})
SOFTER: Final = frozenset({Impact.DEGRADED, Impact.MINOR, Impact.OVER, Impact.NEWS})
NOT_ALARMING: Final = frozenset({Severity.UNKNOWN, Severity.INFO, Severity.MINOR, Severity.WARNING})
HEARTBEAT: Final = (
    r"^\W*(?:(?:watch ?dog|dead ?man'?s? ?(?:'s )?switch|info ?inhibitor)(?:\W*$|\W+(?:.*\b)?(?:always|toujours"
    r"|certif\w*|ensure|pipeline|functional|working properly|inhibit\w*|alive|signe de vie)\b)|always firing\b)"
)
"""Not `watchdog: BUG: soft lockup`, which is a machine that hangs."""
SOFT: Final = frozenset({Severity.INFO, Severity.MINOR, Severity.WARNING})
SENSITIVE: Final = (
    rf"(?s)(?=.*\b{PERSON}\b)(?=.*\b(?:passwords?|mots? de passe|credentials|card numbers?|ibans?|personal data"
    rf"|donnees personnelles"
    r"|(?:home |e-?mail |postal )?address(?:es)?|adresses?|telephone|phone numbers?|strangers?|inconnue?s?|gdpr|rgpd"
    r"|cnil|privacy|unauthori[sz]ed)\b)"
)
DEFECT: Final = (
    rf"{COSMETIC.pattern}|{LOOKS.pattern}|\b(?:bugs?|flicker\w*|glitch\w*|defects?|anomalies?|vulnerabilit\w*)\b"
)
CRITICAL: Final = frozenset({Severity.CRITICAL})

PRODUCTION: Final = frozenset({Stage.PRODUCTION})
STAGING: Final = frozenset({Stage.STAGING})
NOT_BLOCKING: Final = Phrase("Before production, and nothing says that it keeps a release from being validated")

NOT_FIRING: Final[tuple[Rule, ...]] = (
    Rule(
        "recovered", None, Phrase("The sender says that it is over"),
        When(statuses=frozenset({AlertStatus.RESOLVED})),
    ),
    Rule(
        "taken", None, Phrase("The sender says that somebody has taken it"),
        When(statuses=frozenset({AlertStatus.ACKNOWLEDGED})),
    ),
    Rule(
        "information", None, Phrase("Information only: nothing is wrong"),
        When(statuses=frozenset({AlertStatus.INFO})),
    ),
)  # fmt: skip
"""They hold before anybody's rules: what does not fire opens nothing."""

DEFAULT_RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "heartbeat", None, Phrase("A signal that fires all the time, to show that alerts arrive"),
        When(title=HEARTBEAT),
    ),
    Rule(
        "unprotected-branch", None, Phrase("On a branch that nobody protects, or of a job that may fail"),
        When(severities=frozenset({Severity.INFO}), labels={"protected": "no"}),
    ),
    Rule("test", None, Phrase("A test: “{words}”"), When(impacts=frozenset({Impact.TEST}))),
    Rule(
        "data", Priority.P1, Phrase("Data is lost or exposed: “{words}”"),
        When(impacts=frozenset({Impact.LOST})),
    ),
    Rule(
        "staging-blocked", Priority.P2, Phrase("It keeps the release from being validated: “{words}”"),
        When(stages=STAGING, impacts=frozenset({Impact.DOWN, Impact.DEGRADED, Impact.MINOR, Impact.NONE}), blocks=True),
    ),
    Rule("staging", Priority.P3, NOT_BLOCKING, When(stages=STAGING, impacts=frozenset({Impact.DOWN, Impact.DEGRADED}))),
    Rule(
        "staging-alarm", Priority.P3, NOT_BLOCKING,
        When(
            stages=STAGING, impacts=frozenset({Impact.NONE, Impact.MINOR}),
            severities=frozenset({Severity.CRITICAL, Severity.MAJOR, Severity.UNKNOWN}),
        ),
    ),
    Rule(
        "unavailable", Priority.P1, Phrase("The service is unavailable: “{words}”"),
        When(impacts=frozenset({Impact.DOWN}), stages=KNOWN_STAGES),
    ),
    Rule(
        "unavailable-critical", Priority.P1,
        Phrase("Unavailable (“{words}”) and critical; no environment is named, so it is taken for production"),
        When(impacts=frozenset({Impact.DOWN}), severities=CRITICAL),
    ),
    Rule(
        "unavailable-to-customers", Priority.P1,
        Phrase("Unavailable (“{words}”) to customers; no environment is named, so it is taken for production"),
        When(impacts=frozenset({Impact.DOWN}), public=True),
    ),
    Rule(
        "unavailable-somewhere", Priority.P2,
        Phrase("Something is unavailable (“{words}”), but no environment is named: please classify"),
        When(impacts=frozenset({Impact.DOWN})),
    ),
    Rule(
        "critical-error", Priority.P1, Phrase("The sender says “{severity}”, and “{words}” says nothing milder"),
        When(stages=PRODUCTION, severities=CRITICAL, impacts=frozenset({Impact.DEGRADED}), faint=True),
    ),
    Rule(
        "marked-over", None, Phrase("The sender marks it as over: “{words}”"),
        When(impacts=frozenset({Impact.OVER}), tagged=True),
    ),
    Rule(
        "critical-but", Priority.P2,
        Phrase("Critical in production; “{words}” lowers it by one level, no more"),
        When(stages=PRODUCTION, severities=CRITICAL, impacts=SOFTER),
    ),
    Rule(
        "said-over", None, Phrase("The text says that it is over: “{words}”"),
        When(impacts=frozenset({Impact.OVER})),
    ),
    Rule(
        "news", None, Phrase("Nothing is wrong: “{words}”"),
        When(impacts=frozenset({Impact.NEWS}), severities=NOT_ALARMING),
    ),
    Rule(
        "critical", Priority.P1, Phrase("The sender says “{severity}”, and the text says nothing milder"),
        When(stages=KNOWN_STAGES, severities=CRITICAL, impacts=frozenset({Impact.NONE})),
    ),
    Rule(
        "everyone", Priority.P2,
        Phrase("The sender says “{severity}”, but speaks of everybody: please classify"),
        When(impacts=frozenset({Impact.NONE}), severities=NOT_ALARMING, stages=PRODUCTION, everyone=True),
    ),
    Rule(
        "sensitive", Priority.P2,
        Phrase("The sender says “{severity}”, but speaks of people and what is theirs: please classify"),
        When(impacts=frozenset({Impact.NONE}), severities=SOFT, stages=PRODUCTION, text=SENSITIVE),
    ),
    Rule(
        "visible-defect", Priority.P3, Phrase("It keeps nobody from working: “{words}”"),
        When(severities=frozenset({Severity.INFO}), impacts=frozenset({Impact.MINOR}), text=DEFECT),
    ),
    Rule(
        "harmless", None, Phrase("For information: the sender says “{severity}”"),
        When(severities=frozenset({Severity.INFO}), impacts=frozenset({Impact.NONE, Impact.MINOR})),
    ),
    Rule(
        "busy", Priority.P3, Phrase("A machine is busy (“{words}”), and the sender only warns"),
        When(
            impacts=frozenset({Impact.DEGRADED}), strain=True,
            severities=frozenset({Severity.WARNING, Severity.MINOR, Severity.INFO}),
        ),
    ),
    Rule(
        "inner", Priority.P3, Phrase("“{words}”, but nothing says that people notice it, and the sender only warns"),
        When(
            impacts=frozenset({Impact.DEGRADED}), inner=True,
            severities=frozenset({Severity.WARNING, Severity.MINOR}),
        ),
    ),
    Rule(
        "an-error", Priority.P3, Phrase("It says “{words}” and no more, and the sender only warns"),
        When(
            impacts=frozenset({Impact.DEGRADED}), faint=True,
            severities=frozenset({Severity.WARNING, Severity.MINOR, Severity.INFO}),
        ),
    ),
    Rule(
        "degraded-in-production", Priority.P2, Phrase("A function is degraded: “{words}”"),
        When(impacts=frozenset({Impact.DEGRADED}), stages=PRODUCTION, firm=True),
    ),
    Rule(
        "hardly-degraded", Priority.P3, Phrase("Degraded (“{words}”), but the sender says “{severity}”"),
        When(impacts=frozenset({Impact.DEGRADED}), severities=frozenset({Severity.INFO})),
    ),
    Rule(
        "degraded", Priority.P2, Phrase("A function is degraded: “{words}”"),
        When(impacts=frozenset({Impact.DEGRADED})),
    ),
    Rule(
        "critical-somewhere", Priority.P2,
        Phrase("The sender says “{severity}”, but not what is unavailable, nor where: please classify"),
        When(severities=CRITICAL),
    ),
    Rule(
        "minor", Priority.P3, Phrase("It keeps nobody from working: “{words}”"),
        When(impacts=frozenset({Impact.MINOR})),
    ),
    Rule(
        "major", Priority.P2, Phrase("The sender says “{severity}”"),
        When(severities=frozenset({Severity.MAJOR})),
    ),
    Rule(
        "warning", Priority.P3, Phrase("The sender says “{severity}”, and the text states no impact"),
        When(severities=frozenset({Severity.WARNING, Severity.MINOR})),
    ),
)  # fmt: skip
