"""What a text says happened, from the worst down."""

from enum import StrEnum
from typing import Final


class Impact(StrEnum):
    LOST = "lost"  # data lost or exposed
    DOWN = "down"  # the service cannot be used
    DEGRADED = "degraded"  # it can, badly or in part
    MINOR = "minor"  # nobody is kept from working
    NONE = ""  # the text does not say
    OVER = "over"  # it was, and is no longer
    TEST = "test"  # somebody tries the wires
    NEWS = "news"  # something went as it should, or was announced


BAD: Final = (Impact.LOST, Impact.DOWN, Impact.DEGRADED, Impact.MINOR)
RANKS: Final = {impact: rank for rank, impact in enumerate((*BAD, Impact.TEST, Impact.OVER, Impact.NEWS, Impact.NONE))}
"""Bad news first, then what explains it away, then nothing."""
