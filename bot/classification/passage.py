"""The worst that one clause says, where, and how clearly; on folded text."""

import re
from enum import Enum, auto
from typing import Final

from bot.classification import context, harm, loss, mild, scope
from bot.classification.impact import RANKS, Impact
from bot.classification.measures import DISK, ERRORS, LOAD, is_load, measured
from bot.classification.subject import partly, wholly

TABLES: Final = (
    (Impact.LOST, loss.LOST),
    (Impact.DOWN, harm.DOWN),
    (Impact.DEGRADED, mild.STRAIN),
    (Impact.MINOR, mild.MINOR),  # before the general words for failure, which they narrow
    (Impact.DEGRADED, mild.DEGRADED),
    (Impact.DEGRADED, mild.PRESSURE),
)
LINK: Final = re.compile(r"\b(?:lien|link|hyperlien|hyperlink)s? (?:vers|to|in|on|at|dans|du|de|des|en|for|pour)\b")
SHOWN: Final = re.compile("affich|charge|show|display|load")
LOWER: Final = {Impact.DOWN: Impact.DEGRADED, Impact.DEGRADED: Impact.MINOR, Impact.NONE: Impact.MINOR}


class Weight(Enum):
    """How much a passage says."""

    FAINT = auto()  # "error" and no more
    VAGUE = auto()  # "lag", "missing": the sender's own word may soften it
    CLEAR = auto()
    LOAD = auto()  # only that a machine is busy


Found = tuple[Impact, tuple[int, int], Weight]
"""What is said, from where to where, and how clearly."""


def worst_passage(clause: str) -> Found | None:
    figures = measured(clause)
    figured = (figures[0], figures[1].span(), Weight.LOAD if is_load(clause) else Weight.CLEAR) if figures else None
    for impact, pattern in TABLES:
        if impact is Impact.MINOR and (suffered := _for_everyone(clause)):
            return suffered
        if figured and RANKS[figured[0]] <= RANKS[impact]:
            return figured
        if (found := _worst_match(impact, pattern, clause)) is None:
            continue
        if (impact is Impact.LOST and _routine(clause, found[1])) or (figures and _about_figures(found[1])):
            continue
        return found[0], found[1].span(), _weight(found[1], clause)
    return figured


def _routine(clause: str, found: re.Match[str]) -> bool:
    """Old data is deleted; what the wrong eyes see may be as old as it likes."""
    on_purpose = loss.ROUTINE.search(clause) is not None and loss.EVERYTHING.search(clause) is None
    return on_purpose and loss.DELETES.search(found[0]) is not None


def _trifle(clause: str, found: re.Match[str]) -> bool:
    """A pictogram that is not shown, a link that does not work: not the page itself."""
    if scope.CORE.search(clause):
        return False
    return bool(LINK.search(clause, 0, found.start()) or (SHOWN.search(found[0]) and mild.COSMETIC.search(clause)))


def _for_everyone(clause: str) -> Found | None:
    """A failure that everybody meets, whatever small thing goes with it."""
    if not scope.EVERYONE.search(clause):
        return None
    found = _worst_match(Impact.DEGRADED, mild.DEGRADED, clause)
    return (found[0], found[1].span(), Weight.CLEAR) if found and found[0] is Impact.DOWN else None


def _worst_match(impact: Impact, pattern: re.Pattern[str], clause: str) -> tuple[Impact, re.Match[str]] | None:
    """The first passage that says so; of several that are down, one that hits the service rather than a part of it."""
    first: tuple[Impact, re.Match[str]] | None = None
    for each in pattern.finditer(clause):
        if negated(clause, each):
            continue
        found = (_softened(impact, clause, each), each)
        if impact is not Impact.DOWN or found[0] is Impact.DOWN:
            return found
        first = first or found
    return first


def _weight(found: re.Match[str], clause: str) -> Weight:
    if mild.FAINT.fullmatch(found[0]):
        return Weight.VAGUE if scope.PARTIAL.search(clause) else Weight.FAINT
    if mild.WEAK.fullmatch(found[0]):
        return Weight.VAGUE
    return Weight.LOAD if mild.PRESSURE.fullmatch(found[0]) and is_load(found[0]) else Weight.CLEAR


def _about_figures(found: re.Match[str]) -> bool:
    """The words name what the figure measures ("error rate … 0.2 %", "disk … 85 %"): the figure knows better."""
    return bool(mild.PRESSURE.match(found[0]) or any(each.search(found[0]) for each in (DISK, ERRORS, LOAD))
                or context.ENDS_OR_FILLS.search(found[0]))  # fmt: skip


def first_said(pattern: re.Pattern[str], clause: str) -> re.Match[str] | None:
    """That is not negated."""
    return next((each for each in pattern.finditer(clause) if not negated(clause, each)), None)


def first_denied(clause: str) -> re.Match[str] | None:
    """Something does not do what it should, in whatever words."""
    return mild.DENIED.search(clause) if context.NOT.search(clause) else None


def negated(clause: str, found: re.Match[str]) -> bool:
    """ "No longer down"; not "plus aucune réponse", which says it twice, nor "plus lent", which compares."""
    before = clause[: found.start()]
    if before.endswith("plus ") and (
        found[0].startswith(("aucun", "personne", "rien"))
        or (found[0].startswith(("lent", "long", "eleve")) and not context.DENIES.search(before))
    ):
        before = before[: -len("plus ")]
    return context.NEGATED.search(before) is not None


def _softened(impact: Impact, clause: str, found: re.Match[str]) -> Impact:
    """What only may happen troubles few yet; what fails for some, or beside the point, degrades the service."""
    if context.HYPOTHETICAL.search(clause[: found.start()]):
        return {Impact.LOST: Impact.DEGRADED, **LOWER}.get(impact, impact)
    if impact is Impact.DOWN and partly(clause, found):
        impact = Impact.DEGRADED
    elif impact is Impact.DEGRADED and wholly(clause, found):
        return Impact.DOWN
    elif impact is Impact.DOWN and _trifle(clause, found):
        return Impact.MINOR
    return Impact.MINOR if impact is Impact.DEGRADED and mild.COSMETIC.search(clause) else impact
