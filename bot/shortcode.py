"""Short codes: what somebody writes back to a text message. Of their page 1, `1a` takes it, `1e` calls for more people
and `1r` resolves it. A code is one person's: two people's `1a` mean two things."""

from collections.abc import Collection
from typing import Final

TAKE: Final = "a"
ESCALATE: Final = "e"
RESOLVE: Final = "r"
MOST: Final = 99
"""Two digits at most. So many, and taken in turn, that an answer which comes hours late means no other incident."""


def next_code(last: int, busy: Collection[int]) -> int:
    """The code after `last` (0: there was none) that none of the person's open incidents has, round and round.

    With MOST of them open it is the next all the same: the person writes an incident's own number then.
    """
    turn = [(last + step) % MOST + 1 for step in range(MOST)]
    return next((code for code in turn if code not in busy), turn[0])
