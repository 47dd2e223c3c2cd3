"""What an alert is worth: P1, P2, P3 or for the record only, and why. Pure; French and English.

`place` finds where, `severity` what the sender calls it, `reading` what the text says happened; then ordered rules
(`rules`, `defaults`) decide and the first match wins (`judge`). The impact that a text states goes before the label.
"""

from bot.classification.defaults import DEFAULT_RULES
from bot.classification.impact import Impact
from bot.classification.judge import Classification, classify, warm_up
from bot.classification.place import Stage
from bot.classification.rules import Hours, Rule, When
from bot.classification.severity import Severity

__all__ = [
    "DEFAULT_RULES", "Classification", "Hours", "Impact", "Rule", "Severity", "Stage", "When", "classify", "warm_up",
]  # fmt: skip
