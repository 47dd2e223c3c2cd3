"""Read what happened from a title and a text: clause by clause, minding "no longer", "some users" and "in 20 days"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Flag, auto
from functools import lru_cache
from typing import Final

from bot.classification import context, harm, loss, mild, scope
from bot.classification.impact import BAD, Impact
from bot.classification.measures import DISK, ERRORS, LOAD, measured
from bot.classification.plain import Plain, plain
from bot.classification.subject import beside_the_point, partly, wholly

TABLES: Final = (
    (Impact.LOST, loss.LOST),
    (Impact.DOWN, harm.DOWN),
    (Impact.DEGRADED, mild.STRAIN),
    (Impact.MINOR, mild.MINOR),  # before the general words for failure, which they narrow
    (Impact.DEGRADED, mild.DEGRADED),
    (Impact.DEGRADED, mild.PRESSURE),
)
LOWER: Final = {Impact.DOWN: Impact.DEGRADED, Impact.DEGRADED: Impact.MINOR, Impact.NONE: Impact.MINOR}
WORST: Final = (Impact.LOST, Impact.DOWN)
IDENTIFIER: Final = re.compile(
    r"(?<![\w.:%/-])(?:[a-z]{2}[a-z0-9]*(?:[-.:][a-z0-9]+)*[-.:][a-z0-9]*\d[a-z0-9]*|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?)"
    r"(?![\w%/-])(?! ?(?:%|percent|pour ?cent))"
)
NUMBER: Final = re.compile(r"(?<!\d)(?!(?:0|1|404|5\d\d)(?!\d))\d+")


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
    CORE = auto()  # names the service itself
    BLOCKS = auto()  # keeps a release from being validated


HINTS: Final = (
    (Hint.HARMLESS, context.NO_IMPACT),
    (Hint.LIGHT, context.LIGHT),
    (Hint.LIGHT, scope.SINGLE),
    (Hint.REST, scope.REST),
    (Hint.EVERYONE, scope.EVERYONE),
    (Hint.CUSTOMERS, scope.CUSTOMERS),
    (Hint.STILL, context.STILL),
    (Hint.ASIDE, scope.SIDE),
    (Hint.ASIDE, scope.FEATURE),
    (Hint.CORE, scope.CORE),
    (Hint.CORE, scope.GENERIC),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` is the passage that decided, as it was written; '' when nothing did. `firm`: more than a vague word.

    `customers`: it speaks of them; `everyone`: of all of them; `blocks`: it keeps a release from being validated.
    """

    impact: Impact = Impact.NONE
    words: str = ""
    firm: bool = False
    customers: bool = False
    blocks: bool = False
    everyone: bool = False


def read(title: str, text: str, service: str = "") -> Reading:
    """The worst that either says. A title that says it is over (or only a test) is believed; so is "no impact"."""
    headline, body = plain(title), plain(text)
    told, head_hints = _read(headline)
    more, body_hints = _read(body)
    hints = head_hints | body_hints
    if Hint.TEST in hints or context.TEST_TAG.match(headline.folded):
        return Reading(Impact.TEST, " ".join(headline.shown.split())[:60])
    if told.impact is more.impact is Impact.NONE and context.STARTS_AS_TEST.match(headline.folded):
        return Reading(Impact.TEST, " ".join(headline.shown.split())[:60])
    if _explained(told, more, headline, body_hints):
        return told
    worst = _lowered(min(told, more, key=_rank), hints, _aside(told, head_hints) or beside_the_point(service))
    if not worst.words and hints & (Hint.HARMLESS | Hint.LIGHT):
        worst = replace(worst, words=" ".join(headline.shown.split())[:60])
    return replace(
        worst,
        customers=Hint.CUSTOMERS in hints,
        blocks=Hint.BLOCKS in hints,
        everyone=Hint.EVERYONE in hints,
    )


def _aside(told: Reading, head_hints: Hint) -> bool:
    """The title names a function and leaves it to the text to say that it fails."""
    return Hint.ASIDE in head_hints and told.impact not in WORST


def _explained(told: Reading, more: Reading, headline: Plain, body_hints: Hint) -> bool:
    """The title says that nothing is wrong (any more), and the text does not contradict it."""
    if told.impact is Impact.TEST:
        return more.impact not in WORST
    if told.impact is Impact.NEWS:
        return more.impact is not Impact.LOST and (told.firm or not (more.firm and more.impact in BAD))
    if told.impact is not Impact.OVER:
        return False
    if more.impact not in WORST or context.TAG_OVER.match(headline.folded):
        return True
    return more.impact is Impact.DOWN and told.firm and Hint.STILL not in body_hints


def _lowered(worst: Reading, hints: Hint, aside: bool) -> Reading:
    """By what the rest of the message says; what everybody suffers from is not lowered by a soothing word."""
    impact = worst.impact
    all_hit = Hint.EVERYONE in hints and Hint.REST not in hints
    if impact is Impact.DOWN and (Hint.REST in hints or (aside and not hints & (Hint.CORE | Hint.EVERYONE))):
        impact = Impact.DEGRADED
    if Hint.HARMLESS in hints and impact in LOWER and not (all_hit and impact is Impact.DOWN):
        impact = Impact.MINOR
    elif Hint.LIGHT in hints and impact in LOWER and not (all_hit and impact is Impact.DOWN):
        impact = LOWER[impact]
    return worst if impact is worst.impact else replace(worst, impact=impact)


def _rank(reading: Reading) -> int:
    """Bad news first, then what explains it away, then nothing."""
    return RANKS[reading.impact]


RANKS: Final = {impact: rank for rank, impact in enumerate((*BAD, Impact.TEST, Impact.OVER, Impact.NEWS, Impact.NONE))}


def _read(text: Plain) -> tuple[Reading, Hint]:
    impact, (start, end), firm, hints = _worst(IDENTIFIER.sub(_any_number, text.folded))
    return Reading(impact, " ".join(text.shown[start:end].split())[:80], firm), hints


@lru_cache(maxsize=4096)
def _worst(folded: str) -> tuple[Impact, tuple[int, int], bool, Hint]:
    """Of all clauses: the worst impact, where it is said, how clearly; and what all of them hint at.

    Remembered: in a storm a thousand alerts differ in a machine's name only, which is the same for us.
    """
    worst: tuple[Impact, tuple[int, int], bool] = (Impact.NONE, (0, 0), False)
    hints = Hint.NONE
    for start, end in _clauses(folded):
        impact, (first, last), firm, hint = _judged(folded[start:end])
        hints |= hint
        if RANKS[impact] < RANKS[worst[0]]:
            worst = (impact, (start + first, start + last), firm)
    return *worst, hints


def _clauses(folded: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in context.CLAUSES.finditer(folded):
        if cut.start() > start:
            yield start, cut.start()
        start = cut.end()
    if start < len(folded):
        yield start, len(folded)


def _any_number(name: re.Match[str]) -> str:
    """`node-17:9100` -> `node-77:7777`: which one it is does not matter. Numbers that patterns know stay."""
    return NUMBER.sub(lambda found: "7" * len(found[0]), name[0])


@lru_cache(maxsize=4096)
def _judged(clause: str) -> tuple[Impact, tuple[int, int], bool, Hint]:
    """What the clause says, where, how clearly, and what else it tells."""
    hints = _hints(clause)
    planned = context.PLANNED.search(clause)
    if planned and not context.AFTERWARDS.search(clause) and Hint.STILL not in hints:
        return Impact.NEWS, planned.span(), True, hints
    if found := context.IGNORE.search(clause):
        return Impact.TEST, found.span(), False, hints
    rest = scope.REST.sub(lambda found: " " * len(found[0]), clause)
    bad, over = _bad(rest), _over(rest)
    if over and not (bad and (Hint.STILL in hints or _after_all(rest, over, bad))):
        return Impact.OVER, over.span(), not context.WEAKLY_OVER.fullmatch(over[0]), hints
    if bad is not None:
        return *bad, hints
    if news := _first(context.NEWS, rest, context.NEGATED):
        return Impact.NEWS, news.span(), False, hints
    if (looks := mild.COSMETIC.search(rest)) and Hint.EVERYONE not in hints:
        return Impact.MINOR, looks.span(), False, hints
    return Impact.NONE, (0, 0), False, hints


def _hints(clause: str) -> Hint:
    hints = Hint.NONE
    for hint, pattern in HINTS:
        if hint not in hints and pattern.search(clause):
            hints |= hint
    if any(not context.REAL.search(clause[: found.start()]) for found in context.TEST.finditer(clause)):
        hints |= Hint.TEST
    if any(_blocks(clause, found) for found in scope.BLOCKS.finditer(clause)):
        hints |= Hint.BLOCKS
    return hints


def _blocks(clause: str, found: re.Match[str]) -> bool:
    return not scope.NOT_BLOCKED.search(clause[: found.start()]) and not scope.FREELY.search(found[0])


def _over(clause: str) -> re.Match[str] | None:
    return next(
        (
            each
            for each in context.OVER.finditer(clause)
            if not context.NOT_OVER.search(clause[: each.start()])
            and not context.NOT_OVER_AFTER.match(clause[each.end() :])
        ),
        None,
    )


def _after_all(clause: str, over: re.Match[str], bad: tuple[Impact, tuple[int, int], bool]) -> bool:
    """ "Restored, then down again"; "since it was fixed nobody can log in": bad news that came after the good."""
    impact, (first, _), _ = bad
    if impact is Impact.LOST and context.WEAKLY_OVER.fullmatch(over[0]):
        return True
    if first < over.end():
        return False
    return bool(context.RELAPSE.search(clause[over.end() :]) or context.AFTERWARDS.search(clause[: over.start()]))


def _bad(clause: str) -> tuple[Impact, tuple[int, int], bool] | None:
    figures = measured(clause)
    for impact, pattern in TABLES:
        if figures and RANKS[figures[0]] <= RANKS[impact]:
            return figures[0], figures[1].span(), True
        found = _first(pattern, clause, context.NEGATED)
        if impact is Impact.LOST and found and loss.ROUTINE.search(clause):
            continue
        if found and not (figures and _about_figures(found)):
            return _softened(impact, clause, found), found.span(), not mild.WEAK.fullmatch(found[0])
    return (figures[0], figures[1].span(), True) if figures else None


def _about_figures(found: re.Match[str]) -> bool:
    """The words name what the figure measures ("error rate … 0.2 %", "disk … 85 %"): the figure knows better."""
    return bool(mild.PRESSURE.match(found[0]) or any(each.search(found[0]) for each in (DISK, ERRORS, LOAD))
                or context.ENDS_OR_FILLS.search(found[0]))  # fmt: skip


def _first(pattern: re.Pattern[str], clause: str, unless_after: re.Pattern[str]) -> re.Match[str] | None:
    return next((each for each in pattern.finditer(clause) if not unless_after.search(clause[: each.start()])), None)


def _softened(impact: Impact, clause: str, found: re.Match[str]) -> Impact:
    """What only may happen troubles few yet; what fails for some, or beside the point, degrades the service."""
    if context.HYPOTHETICAL.search(clause[: found.start()]):
        return {Impact.LOST: Impact.DEGRADED, **LOWER}.get(impact, impact)
    if impact is Impact.DOWN and partly(clause, found):
        impact = Impact.DEGRADED
    elif impact is Impact.DEGRADED and wholly(clause, found):
        return Impact.DOWN
    return Impact.MINOR if impact is Impact.DEGRADED and mild.COSMETIC.search(clause) else impact
