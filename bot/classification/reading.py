"""Read what happened from a title and a text: clause by clause, minding "no longer", "some users" and "in 20 days"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.classification import context, harm
from bot.classification.impact import BAD, Impact
from bot.classification.measures import DISK, ERRORS, LOAD, measured
from bot.classification.plain import Plain, plain

TABLES: Final = (
    (Impact.LOST, harm.LOST),
    (Impact.DOWN, harm.DOWN),
    (Impact.MINOR, harm.MINOR),  # before the general words for failure, which they narrow
    (Impact.DEGRADED, harm.DEGRADED),
    (Impact.DEGRADED, harm.PRESSURE),
)


IDENTIFIER: Final = re.compile(
    r"(?<![\w.:%/-])(?:[a-z]{2,}[a-z0-9]*(?:[-.:][a-z0-9]+)*[-.:][a-z0-9]*\d[a-z0-9]*|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?)"
    r"(?![\w%/-])(?! ?(?:%|percent|pour ?cent))"
)
NUMBER: Final = re.compile(r"(?<!\d)(?!(?:0|1|404|5\d\d)(?!\d))\d+")


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` is the passage that decided, as it was written; '' when nothing did."""

    impact: Impact = Impact.NONE
    words: str = ""


def read(title: str, text: str) -> Reading:
    """The worst that either says. A title that says it is over (or only a test) is believed; so is "no impact"."""
    headline, body = plain(title), plain(text)
    told = _read(headline)
    if context.TEST_TAG.match(headline.folded):
        return Reading(Impact.TEST, headline.shown.strip()[:60])
    more = _read(body)
    if told.impact in (Impact.OVER, Impact.TEST) or (told.impact is Impact.NEWS and more.impact is not Impact.LOST):
        return told
    worst = min(told, more, key=_rank)
    harmless = context.NO_IMPACT.search(headline.folded) or context.NO_IMPACT.search(body.folded)
    if harmless and worst.impact in (Impact.DOWN, Impact.DEGRADED, Impact.NONE):
        source = headline if harmless.string is headline.folded else body
        return Reading(Impact.MINOR, _quote(source, harmless))
    return worst


def _rank(reading: Reading) -> int:
    """Bad news first, then what explains it away, then nothing."""
    return [*BAD, Impact.TEST, Impact.OVER, Impact.NEWS, Impact.NONE].index(reading.impact)


def _read(text: Plain) -> Reading:
    return min((_clause(text, start, end) for start, end in _clauses(text.folded)), key=_rank, default=Reading())


def _clauses(folded: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in context.CLAUSES.finditer(folded):
        yield start, cut.start()
        start = cut.end()
    yield start, len(folded)


def _clause(text: Plain, start: int, end: int) -> Reading:
    clause = text.folded[start:end]
    impact, (first, last) = _judged(IDENTIFIER.sub(_any_number, clause))
    return Reading(impact, " ".join(text.shown[start + first : start + last].split())[:80])


def _any_number(name: re.Match[str]) -> str:
    """`node-17:9100` -> `node-77:7777`: which one it is does not matter. Numbers that patterns know stay."""
    return NUMBER.sub(lambda found: "7" * len(found[0]), name[0])


@lru_cache(maxsize=4096)
def _judged(clause: str) -> tuple[Impact, tuple[int, int]]:
    """What the clause says and where. Remembered: in a storm a thousand alerts differ in a machine's name only."""
    for impact, pattern in ((Impact.NEWS, context.PLANNED), (Impact.TEST, context.TEST)):
        if found := pattern.search(clause):
            return impact, found.span()
    bad, over = _bad(clause), _first(context.OVER, clause, context.NOT_OVER)
    if over and not (bad and context.STILL.search(clause)):
        return Impact.OVER, over.span()
    if bad is not None:
        return bad
    news = context.NEWS.search(clause)
    return (Impact.NEWS, news.span()) if news else (Impact.NONE, (0, 0))


def _bad(clause: str) -> tuple[Impact, tuple[int, int]] | None:
    figures = measured(clause)
    for impact, pattern in TABLES:
        if figures and _rank(Reading(figures[0])) <= _rank(Reading(impact)):
            return figures[0], figures[1].span()
        found = _first(pattern, clause, context.NEGATED)
        if found and not (figures and _about_figures(found)):
            return _softened(impact, clause, found), found.span()
    return (figures[0], figures[1].span()) if figures else None


def _about_figures(found: re.Match[str]) -> bool:
    """The words name what the figure measures ("error rate … 0.2 %", "disk … 85 %"): the figure knows better."""
    return bool(harm.PRESSURE.match(found[0]) or any(each.search(found[0]) for each in (DISK, ERRORS, LOAD))
                or context.ENDS_OR_FILLS.search(found[0]))  # fmt: skip


def _first(pattern: re.Pattern[str], clause: str, unless_after: re.Pattern[str]) -> re.Match[str] | None:
    return next((each for each in pattern.finditer(clause) if not unless_after.search(clause[: each.start()])), None)


def _softened(impact: Impact, clause: str, found: re.Match[str]) -> Impact:
    """What only may happen troubles nobody yet; what fails for some, or beside the point, degrades the service."""
    if context.HYPOTHETICAL.search(clause[: found.start()]):
        return Impact.MINOR if impact is not Impact.LOST else Impact.DEGRADED
    if impact is Impact.DOWN and _partial(clause):
        return Impact.DEGRADED
    return impact


def _partial(clause: str) -> bool:
    share = context.SHARE.search(clause)
    if share is not None and int(share[1]) <= int(share[2]):  # `1 of 3 nodes`, `0/3 available`
        return 0 < int(share[1]) < int(share[2])
    if context.PARTIAL.search(clause) or context.SIDE.search(clause):
        return True
    return bool(context.FEATURE.search(clause)) and not context.CORE_NEARBY.search(clause)


def _quote(part: Plain, found: re.Match[str]) -> str:
    return " ".join(part.shown[found.start() : found.end()].split())[:80]
