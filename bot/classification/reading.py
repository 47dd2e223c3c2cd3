"""Read what happened from a title and a text: clause by clause, minding "no longer", "some users" and "in 20 days"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from bot.classification import context, mild, news, recovery, scope
from bot.classification.hints import FELT, Hint, hints_of
from bot.classification.impact import BAD, RANKS, Impact
from bot.classification.measures import PERCENT
from bot.classification.passage import LOWER, Found, Weight, first_denied, first_said, worst_passage
from bot.classification.plain import Plain, plain
from bot.classification.spelling import corrected
from bot.classification.subject import beside_the_point

WORST: Final = (Impact.LOST, Impact.DOWN)
IDENTIFIER: Final = re.compile(
    r"(?<![\w.:%/-])(?:[a-z]{2}[a-z0-9]*(?:[-.:][a-z0-9]+)*[-.:][a-z0-9]*\d[a-z0-9]*|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?)"
    r"(?![\w%/-])(?! ?(?:%|percent|pour ?cent))"
)
HYPHENS: Final = re.compile(r"(?<![\w-])[a-z][a-z0-9]*(?:-[a-z0-9]+){2,}(?![\w-])")
"""`prod-rds-free-storage-low`: a name made of a sentence."""
NUMBER: Final = re.compile(r"(?<!\d)(?!(?:0|1|404|5\d\d)(?!\d))\d+")


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` is the passage that decided, as it was written; '' when nothing did. `firm`: more than a vague word.

    `faint`: it says "error" and no more; `strain`: that a machine is busy and no more; `inner`: that something fails,
    and nothing that people notice. `customers`: it speaks of them; `everyone`: of all of them; `blocks`: it keeps a
    release from being validated. `tagged`: its title bears a tool's mark that it is over.
    """

    impact: Impact = Impact.NONE
    words: str = ""
    firm: bool = False
    faint: bool = False
    strain: bool = False
    inner: bool = False
    customers: bool = False
    blocks: bool = False
    everyone: bool = False
    tagged: bool = False


def read(title: str, text: str, service: str = "") -> Reading:
    """The worst that either says. A title that says it is over (or only a test) is believed; so is "no impact"."""
    headline, body = corrected(plain(title)), corrected(plain(text))
    told, head_hints = _read(headline)
    more, body_hints = _read(body)
    hints = head_hints | body_hints
    if _figured(told, more):
        told = Reading()
    if told.impact is Impact.MINOR and more.faint and mild.BUILD.search(plain(told.words).folded):
        more = Reading()
    if told.impact is not Impact.LOST and (tag := _tagged_over(headline)):
        told = Reading(Impact.OVER, tag, firm=True, tagged=True)
    if told.impact not in BAD and more.impact not in BAD and _chats(headline, body):
        return Reading(Impact.NEWS, " ".join(headline.shown.split())[:60])
    if Hint.TEST in hints or context.TEST_TAG.match(headline.folded):
        return Reading(Impact.TEST, " ".join(headline.shown.split())[:60])
    if told.impact is more.impact is Impact.NONE and context.STARTS_AS_TEST.match(headline.folded):
        return Reading(Impact.TEST, " ".join(headline.shown.split())[:60])
    if _explained(told, more, headline, body_hints):
        return told
    first = min(told, more, key=_rank)
    worst = _lowered(first, hints, _aside(told, head_hints) or beside_the_point(service))
    if not worst.words and hints & (Hint.HARMLESS | Hint.LIGHT):
        worst = replace(worst, words=" ".join(headline.shown.split())[:60])
    return Reading(
        worst.impact,
        worst.words,
        worst.firm,
        strain=worst.strain and (Hint.CUSTOMERS not in hints or Hint.HARMLESS in hints),
        faint=worst.faint and Hint.ASIDE not in hints,
        inner=worst.impact is first.impact and not hints & FELT,
        customers=Hint.CUSTOMERS in hints,
        blocks=Hint.BLOCKS in hints,
        everyone=Hint.EVERYONE in hints,
    )


def _figured(told: Reading, more: Reading) -> bool:
    """The title names what fills up ("HostOutOfDiskSpace"), and the text gives the figure, which knows better."""
    return (
        told.impact in (Impact.DOWN, Impact.DEGRADED)
        and more.impact in (Impact.DEGRADED, Impact.MINOR)
        and PERCENT.search(more.words) is not None
        and context.FILLING.search(plain(told.words).folded) is not None
    )


def _chats(headline: Plain, body: Plain) -> bool:
    return all(news.CHAT.fullmatch(each.folded) for each in (headline, body) if each.folded)


def _tagged_over(headline: Plain) -> str:
    """`[OK] Queue backlog growing`: the tag speaks for what follows it."""
    brief = len(headline.folded) <= recovery.BRIEF and recovery.BRIEFLY_OVER.fullmatch(headline.folded)
    if brief or recovery.CAPITAL_UP.match(headline.shown):
        return " ".join(headline.shown.split())
    tag = recovery.TAGGED_OVER.match(headline.folded) if ":" in headline.shown or "[" in headline.shown else None
    if tag is None or recovery.NOT_OVER_AFTER.match(headline.folded[tag.end() :]):
        return ""
    return " ".join(headline.shown[tag.start() : tag.end()].split())


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
    if more.impact not in WORST or recovery.TAG_OVER.match(headline.folded):
        return True
    return more.impact is Impact.DOWN and told.firm and Hint.STILL not in body_hints


def _lowered(worst: Reading, hints: Hint, aside: bool) -> Reading:
    """By what the rest of the message says; what everybody suffers from is not lowered by a soothing word."""
    impact = worst.impact
    all_hit = Hint.EVERYONE in hints and Hint.REST not in hints
    only_a_part = Hint.REST in hints or (Hint.PART in hints and not all_hit)
    if impact is Impact.DOWN and (only_a_part or (aside and not hints & (Hint.CORE | Hint.EVERYONE))):
        impact = Impact.DEGRADED
    if Hint.HARMLESS in hints and impact in LOWER and not (all_hit and impact is Impact.DOWN):
        impact = Impact.MINOR
    elif Hint.LIGHT in hints and impact in LOWER and not (impact is Impact.DOWN and (all_hit or Hint.STILL in hints)):
        impact = LOWER[impact]
    return worst if impact is worst.impact else replace(worst, impact=impact)


def _rank(reading: Reading) -> tuple[int, bool, bool]:
    """Bad news first, then what explains it away, then nothing; of two like ones, that which says more."""
    return RANKS[reading.impact], reading.faint, reading.strain


def _read(text: Plain) -> tuple[Reading, Hint]:
    folded = IDENTIFIER.sub(_any_number, text.folded)
    if folded.count("-") > 1:
        folded = HYPHENS.sub(_apart, folded)
    impact, (start, end), weight, hints = _worst(folded)
    said = " ".join(text.shown[start:end].split())[:80]
    firm = weight in (Weight.CLEAR, Weight.LOAD)
    return Reading(impact, said, firm, weight is Weight.FAINT, weight is Weight.LOAD), hints


@lru_cache(maxsize=4096)
def _worst(folded: str) -> tuple[*Found, Hint]:
    """Of all clauses: the worst impact, where it is said, how clearly; and what all of them hint at.

    Remembered: in a storm a thousand alerts differ in a machine's name only, which is the same for us.
    """
    worst: Found = (Impact.NONE, (0, 0), Weight.VAGUE)
    hints = Hint.NONE
    for start, end in _clauses(folded):
        impact, (first, last), weight, hint = _judged(folded[start:end])
        hints |= hint
        if RANKS[impact] < RANKS[worst[0]]:
            worst = (impact, (start + first, start + last), weight)
    if worst[0] is Impact.NEWS and news.SOFT.fullmatch(folded[slice(*worst[1])]) and folded.count(". ") > 1:
        return Impact.NONE, (0, 0), Weight.VAGUE, hints
    if worst[0] in (Impact.OVER, Impact.NEWS) and not hints & Hint.HARMLESS and _unclear(folded, worst[0]):
        return Impact.NONE, (0, 0), Weight.VAGUE, hints
    return *worst, hints


def _unclear(folded: str, good: Impact) -> bool:
    """Good news, *but* something that we cannot read: "Migration done, but users do not see their trips"."""
    but = context.HOWEVER.search(folded)
    if but is None or _judged(but[1])[0] is not Impact.NONE:
        return False
    if good is Impact.NEWS or context.NOT.search(but[1]):
        return True
    return any(recovery.STATE.fullmatch(each[0]) for each in recovery.OVER.finditer(folded))


def forget() -> None:
    """For benchmarks: every text is new again."""
    _worst.cache_clear()
    _judged.cache_clear()


def _clauses(folded: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in context.CLAUSES.finditer(folded):
        if cut.start() > start:
            yield start, cut.start()
        start = cut.end()
    if start < len(folded):
        yield start, len(folded)


def _apart(name: re.Match[str]) -> str:
    return name[0].replace("-", " ")


def _any_number(name: re.Match[str]) -> str:
    """`node-17:9100` -> `node-77:7777`: which one it is does not matter. Numbers that patterns know stay."""
    return NUMBER.sub(lambda found: "7" * len(found[0]), name[0])


@lru_cache(maxsize=4096)
def _judged(clause: str) -> tuple[*Found, Hint]:
    """What the clause says, where, how clearly, and what else it tells."""
    hints = hints_of(clause)
    planned = news.PLANNED.search(clause)
    calm = not (recovery.AFTERWARDS.search(clause) or news.WENT_WRONG.search(clause)) and Hint.STILL not in hints
    if planned and calm and not _already(clause[: planned.start()]):
        return Impact.NEWS, planned.span(), Weight.CLEAR, hints
    if found := news.IGNORE.search(clause):
        return Impact.TEST, found.span(), Weight.VAGUE, hints
    rest = context.IF_EVER.sub(_blank, scope.REST.sub(_blank, clause))
    bad, over = worst_passage(rest), _over(rest)
    if over and not (bad and (Hint.STILL in hints or _something_else(rest, over) or _after_all(rest, over, bad))):
        weight = Weight.VAGUE if recovery.WEAKLY_OVER.fullmatch(over[0]) else Weight.CLEAR
        return Impact.OVER, over.span(), weight, hints
    if bad is not None:
        trifle = bad[0] is Impact.DEGRADED and bad[2] is Weight.VAGUE and _looks(rest, hints) is not None
        return Impact.MINOR if trifle else bad[0], bad[1], bad[2], hints
    good = first_said(news.NEWS, rest)
    good = good if good and not news.SUSPICIOUS.search(rest) else None
    if good and not (news.SOFT.fullmatch(good[0]) and (Hint.EVERYONE in hints or news.DENIED.search(rest))):
        return Impact.NEWS, good.span(), Weight.VAGUE, hints
    denied = None if good else first_denied(rest)
    if denied and not mild.COSMETIC.search(clause):
        return Impact.DEGRADED, denied.span(), Weight.VAGUE, hints
    if (looks := mild.COSMETIC.search(rest) or _looks(rest, hints)) and Hint.EVERYONE not in hints:
        return Impact.MINOR, looks.span(), Weight.VAGUE, hints
    return Impact.NONE, (0, 0), Weight.VAGUE, hints


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _looks(clause: str, hints: Hint) -> re.Match[str] | None:
    return None if hints & (Hint.CORE | Hint.CUSTOMERS) else mild.LOOKS.search(clause)


def _over(clause: str) -> re.Match[str] | None:
    return next(
        (
            each
            for each in recovery.OVER.finditer(clause)
            if not recovery.NOT_OVER.search(clause[: each.start()])
            and not recovery.NOT_OVER_AFTER.match(clause[each.end() :])
            and not _bad_again(clause[: each.start()], each[0])
        ),
        None,
    )


def _bad_again(before: str, said: str) -> bool:
    """ "The payment bug is back"."""
    what = before.rpartition(",")[2]
    return recovery.RETURNS.fullmatch(said) is not None and recovery.TROUBLE.search(what) is not None


def _already(before: str) -> bool:
    """ "The site is down, maintenance is planned tonight": the comma tells what is from what will be."""
    said, comma, _ = before.rpartition(",")
    found = worst_passage(said) if comma else None
    return found is not None and (found[0] in WORST or (found[0] is Impact.DEGRADED and found[2] is Weight.CLEAR))


def _something_else(clause: str, over: re.Match[str]) -> bool:
    """ "The site is down, the database is fine": no recovery, for nothing says that it was otherwise before."""
    return recovery.STATE.fullmatch(over[0]) is not None and recovery.BEFORE.search(clause) is None


def _after_all(clause: str, over: re.Match[str], bad: Found) -> bool:
    """ "Restored, then down again"; "since it was fixed nobody can log in": bad news that came after the good."""
    impact, (first, _), _ = bad
    if impact is Impact.LOST and recovery.WEAKLY_OVER.fullmatch(over[0]):
        return True
    if first < over.end():
        return False
    return bool(recovery.RELAPSE.search(clause[over.end() :]) or recovery.AFTERWARDS.search(clause[: over.start()]))
