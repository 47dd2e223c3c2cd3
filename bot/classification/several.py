"""Of several alike, how many: `2 of 4 replicas ready`; on folded text."""

import re
from typing import Final

FEW: Final = 50  # percent
SEVERAL: Final = (
    r"(?:replicas?|repliques?|instances?|pods?|nodes?|noeuds?|targets?|cibles?|hosts?|servers?|serveurs?|backends?"
    r"|regions?|locations?|sondes?|probes?|zones?|workers?|tasks?|containers?|conteneurs?|dis[ck]s?|disques?|brokers?"
    r"|shards?|members?|membres?)"
)
DIGIT: Final = re.compile(r"\d")
OF_SEVERAL: Final = re.compile(
    rf"(?<![\d.,/-])(?P<some>\d{{1,3}}) ?(?:of|out of|sur|/) ?(?:the |les |our |nos )?(?P<all>\d{{1,3}})(?![\d%/.,-])"
    rf"(?: [\w-]+){{0,2}}? {SEVERAL}\b"
    rf"|\b(?:less|fewer|moins) (?:than|de|d') ?(?:[2-9]|\d\d+) (?:[\w-]+ )?{SEVERAL}\b"
    rf"|(?<![\d.,])[1-9]\d? (?:[\w-]+ )?{SEVERAL} (?:left|remain\w*|still|restant\w*|reste\w*)"
    rf"|(?<![\d.,])(?P<share>\d{{1,2}})(?:[.,]\d+)? ?% (?:of|des?|d'|du)(?: [\w-]+){{1,3}}? {SEVERAL}\b"
)


def all_of_several(clause: str) -> bool:
    """`6 of 6 locations`."""
    return any(each["some"] == each["all"] not in (None, "0", "1") for each in OF_SEVERAL.finditer(clause))


def some_of_several(clause: str) -> bool:
    """`2 of 4 replicas ready`, `12.5% of the api targets are down`: neither none nor all."""
    if DIGIT.search(clause) is None or "quorum" in clause:
        return False
    for each in OF_SEVERAL.finditer(clause):
        if each["share"] is not None:
            if 0 < int(each["share"]) < FEW:
                return True
        elif each["some"] is None or 0 < int(each["some"]) < int(each["all"]):
            return True
    return False
