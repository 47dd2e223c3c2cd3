"""What is most probably wrong with a container, and what to type next. Pure.

The guide's two procedures (6.2): a container that does not start, and an application that is slow.
"""

from bot.runbook.diagnosis.case import Advice, Case, Deployed, Verdict
from bot.runbook.diagnosis.rules import judge

__all__ = ["Advice", "Case", "Deployed", "Verdict", "judge"]
