"""The section `proof_of_reach`: drills, and the daily look at whoever is on call soon."""

from datetime import time, timedelta

from bot.config.models import Day, Duration, Section, Target, TimeOfDay
from bot.proof import Settings


class ProofSection(Section):
    """Left out altogether: no drill and no check."""

    drill_on: Day = 2
    drill_at: TimeOfDay = time(14, 0)
    call_after: Duration = timedelta(minutes=10)
    answer_within: Duration = timedelta(hours=24)
    check_at: TimeOfDay = time(17, 0)
    tell: tuple[Target, ...] = ()


def settings(section: ProofSection | None) -> Settings | None:
    if section is None:
        return None
    return Settings(
        section.drill_on, section.drill_at, section.call_after, section.answer_within, section.check_at, section.tell
    )
