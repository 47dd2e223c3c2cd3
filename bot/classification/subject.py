"""What it is that fails: the service, one of its functions, or something beside it; on folded text."""

import re
from functools import lru_cache
from typing import Final

from bot.classification import scope
from bot.classification.context import SHARE
from bot.classification.patterns import words
from bot.classification.plain import plain
from bot.classification.several import all_of_several

ALL_OF: Final = re.compile(
    r"\b(?:all|every|no|none of|toute?s? les|tous les|aucune?|zero|0)(?: [\w/-]+){0,2} (?:replicas?|repliques?)\b"
)
FAILURE: Final = words(
    "errors?", "erreurs?", "exceptions?", r"fail\w*", "echec", r"echou\w*", "impossibles?", "blocked",
    "bloque(?:e|s|es)?", "stuck",
    "cannot", "can't", "times? out", "broken", "cassee?s?", "internal server errors?", r"time ?-?outs?", "timed out",
    "garbage", "gibberish", "nonsense", "n'importe quoi",
)  # fmt: skip
FEW: Final = re.compile(r"(?<![\d.,])(?:[1-9]|[1-4]\d)(?:[.,]\d+)? ?% (?:of|des|de|d')")
ALL_THERE_IS: Final = re.compile(r"\b(?:tout est|plus rien|everything|nothing|rien ne)\b")
WHOLE: Final = re.compile(
    r"(?:nothing|everything|tout est|plus rien|rien ne|quorum|split|perte de quorum"
    r"|(?:aucune?|plus aucune?|no|zero) (?:vente|commande|reservation|paiement|encaissement|sales?|orders?|bookings?"
    r"|payments?)s?)\b"
)
"""What leaves nothing that works, whatever else is named beside it."""
PROD: Final = re.compile(r"prod(?:uction)?(?: is| est)?")
JOINED: Final = re.compile(r",? (?:and|et|ainsi que|as well as|&)(?: the| our| la| le| les| nos| l')? ?")
"""The site *and* the search: the site as well."""
SEGMENT: Final = re.compile(r"(?:\s:|:\s|\s[-–—|]\s)")


def partly(clause: str, found: re.Match[str]) -> bool:
    """The failure that `found` names hits a part only, or something beside the point."""
    if WHOLE.match(found[0]):
        return False
    share = SHARE.search(clause)
    if share is not None and int(share[1]) <= int(share[2]):  # `1 of 3 nodes`, `0/3 available`
        return 0 < int(share[1]) < int(share[2])
    if FEW.search(clause):
        return True
    if scope.PARTIAL.search(clause) and not scope.EVERYONE.search(clause):
        return True
    if scope.METHOD.search(clause) and not (scope.EVERYONE.search(clause) or scope.EVERY_METHOD.search(clause)):
        return True
    start, end = _around(clause, found)
    if scope.SIDE.search(clause, start, end) and not ALL_OF.search(clause):
        return True
    told_by = [each.end() for each in SEGMENT.finditer(clause, 0, found.start())]
    if scope.TOOLS.search(clause, told_by[-1] if told_by else 0) and not (
        ALL_THERE_IS.search(clause) or scope.EVERYONE.search(clause)
    ):
        return True
    return subject(clause, found) == "feature"


def _around(clause: str, found: re.Match[str]) -> tuple[int, int]:
    """What stands with `found` between two commas: "the site is down, backups are safe"."""
    end = clause.find(", ", found.end())
    return clause.rfind(", ", 0, found.start()) + 1, end if end >= 0 else len(clause)


def wholly(clause: str, found: re.Match[str]) -> bool:
    """Everybody meets the failure that `found` names, and it is the service's own."""
    if not FAILURE.search(found[0]) or not (scope.EVERYONE.search(clause) or all_of_several(clause)):
        return False
    return subject(clause, found) != "feature" and not partly(clause, found)


def subject(clause: str, found: re.Match[str]) -> str:
    """ "core", "feature" or "": the nearest one named, within the words, else before them, else after."""
    named = sorted(
        (each.start(), each.end(), kind)
        for kind, pattern in (("core", scope.CORE), ("generic", scope.GENERIC), ("feature", scope.FEATURE))
        for each in pattern.finditer(clause)
    )
    if scope.CUSTOMERS.match(found[0]):  # what stands before the comma is another trouble
        named = [each for each in named if each[0] >= _around(clause, found)[0]]
    features = {end for _, end, kind in named if kind == "feature"}  # in "search prod", the latter says where
    named = [each for each in named if not (each[0] - 1 in features and PROD.fullmatch(clause[each[0] : each[1]]))]
    within = [each for each in named if found.start() <= each[0] < found.end()]
    before = [each for each in named if each[1] <= found.start()]
    if not (nearest := (within[:1] or before[-1:] or named[:1])):
        return ""
    start, end, kind = nearest[0]
    if kind == "feature" and any(other == "core" and JOINED.fullmatch(clause[last:start]) for _, last, other in named):
        return "core"
    if kind != "generic":
        return kind
    named_after = any(
        other == "feature"
        and (clause[last:start] in (" ", "-") or (first >= end and scope.NAMED_AFTER.match(clause[end:first])))
        for first, last, other in named
    )
    return "feature" if named_after else "core"


@lru_cache(maxsize=1024)
def beside_the_point(service: str) -> bool:
    """`mailer`, `pdf-export`: a component that people can do without for a while."""
    name = plain(service).folded.replace("-", " ")
    return bool((scope.SIDE.search(name) or scope.FEATURE.search(name)) and not scope.CORE.search(name))
