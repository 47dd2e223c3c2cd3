"""How many alerts become few incidents: by place and time, in a storm, and when one comes and goes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

STORM_WITHIN: Final = timedelta(minutes=5)
"""So far back are incidents counted to know whether this is a storm."""
STORM_CRITICAL: Final = 20
"""So many critical ones of further services still get incidents of their own after a storm has begun."""
NEWS_HELD: Final = timedelta(minutes=10)
"""New members of a taken incident page at most once in this time, unless they are worse."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """`within` zero: alerts are gathered only by their sender's groups. `storm_after`: incidents in STORM_WITHIN.

    A key flaps when it begins or ends to fire more than `flapping_changes` times in `flapping_within`.
    """

    within: timedelta = timedelta(minutes=5)
    storm_after: int = 30
    flapping_changes: int = 5
    flapping_within: timedelta = timedelta(minutes=10)

    def gathers(self, opened: int, critical: bool) -> bool:
        """Whether one more alert goes into the storm's incident, `opened` having been opened lately."""
        return opened >= self.storm_after + (STORM_CRITICAL if critical else 0)
