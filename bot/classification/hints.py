"""What else a clause says, which changes the sense of the others; on folded text."""

import re
from enum import Flag, auto
from typing import Final

from bot.classification import context, scope
from bot.classification.several import some_of_several


class Hint(Flag):
    """What else a clause says, which changes the sense of the others."""

    NONE = 0
    TEST = auto()  # a drill, said clearly
    HARMLESS = auto()  # no impact
    LIGHT = auto()  # not serious, or once only
    REST = auto()  # the rest works
    EVERYONE = auto()
    CUSTOMERS = auto()
    STILL = auto()
    ASIDE = auto()  # names a feature, or something beside the service
    FEATURE = auto()
    CORE = auto()  # names the service itself
    BLOCKS = auto()  # keeps a release from being validated
    VISIBLE = auto()  # names what people notice
    PART = auto()  # of several alike, some work: `2 of 4 replicas ready`


HINTS: Final = (
    (Hint.HARMLESS, context.NO_IMPACT),
    (Hint.LIGHT, context.LIGHT),
    (Hint.LIGHT, scope.SINGLE),
    (Hint.EVERYONE, scope.EVERYONE),
    (Hint.CUSTOMERS, scope.CUSTOMERS),
    (Hint.STILL, context.STILL),
    (Hint.ASIDE, scope.SIDE),
    (Hint.ASIDE | Hint.FEATURE, scope.FEATURE),
    (Hint.CORE, scope.CORE),
    (Hint.CORE, scope.GENERIC),
    (Hint.VISIBLE, scope.VISIBLE),
)
FELT: Final = Hint.CORE | Hint.FEATURE | Hint.CUSTOMERS | Hint.EVERYONE | Hint.VISIBLE
"""Somebody notices it."""


def hints_of(clause: str) -> Hint:
    hints = Hint.NONE
    for hint, pattern in HINTS:
        if hint not in hints and pattern.search(clause):
            hints |= hint
    if any(not context.NONE_OF.search(clause[: found.start()]) for found in scope.REST.finditer(clause)):
        hints |= Hint.REST
    if any(not context.REAL.search(clause[: found.start()]) for found in context.TEST.finditer(clause)):
        hints |= Hint.TEST
    if some_of_several(clause):
        hints |= Hint.PART
    if any(_blocks(clause, found) for found in scope.BLOCKS.finditer(clause)):
        hints |= Hint.BLOCKS
    return hints


def _blocks(clause: str, found: re.Match[str]) -> bool:
    return not scope.NOT_BLOCKED.search(clause[: found.start()]) and not scope.FREELY.search(found[0])
