"""Figures in a sentence: how full, how many errors, how long until. On folded text."""

import re
from typing import Final

from bot.classification.impact import Impact
from bot.classification.patterns import words

PERCENT: Final = re.compile(
    r"(\d{1,3}(?:[.,]\d+)?) ?(?:%|percent|pour ?cent)(?! (?:fewer|less|lower|better|faster|de moins|plus rapide"
    r"|d'amelioration))"
)
DISK: Final = words(
    "dis[ck]s?", "disques?", "file ?systems?", "partitions?", "volumes?", "storage", "stockage", "espace", "space",
    "inodes?",
)  # fmt: skip
FREE: Final = words("free", "left", "remaining", "available", "libres?", "restante?s?", "disponibles?", "reste")
NOTHING_LEFT: Final = words(r"no (?:\w+ )?(?:space|room|capacity)", r"plus (?:de |d'|aucun )(?:espace|place)")
LOAD: Final = words(
    "cpu", "processeur", "memory", "memoire", "ram", "swap", "load", "charge", "heap", "pool", "connections?",
    "connexions?", "queue", "file", "quota", "capacity", "capacite", "usage", "utilisation",
)  # fmt: skip
MACHINE: Final = words("cpu", "processeur", "memory", "memoire", "ram", "swap", "load", "charge", "heap")
SUCCESS: Final = words(
    r"success\w*", "succes", "crash[- ]free", r"reussi\w*", "availability", "disponibilite", "uptime", "apdex",
    "passing", "goodput",
)  # fmt: skip
RATIO: Final = re.compile(r"\b(?:ratio|rate|taux)\b[\w =:<>()-]{0,30}?\b([01][.,]\d+)(?![\d,.]| ?(?:%|percent|s\b|ms))")
ONE_IN: Final = re.compile(
    r"\b(?:one|1|une?)(?: [\w-]+){0,3}? (?:in|out of|sur|of) (?:every |the )?"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twenty|deux|trois|quatre|cinq|sept|huit|neuf|dix|vingt|\d{1,3})\b"
)
"""A share in words: one request in ten."""
ERRORS: Final = words(
    "errors?", "erreurs?", "5xx", "500", "502", "503", "504", r"fail\w*", "echecs?", "echouent", "en erreur",
    "packet loss", "perte de paquets", "timeouts?", r"reject\w*", r"rejet\w*", r"declin\w*", "refused", r"refuse\w*",
    "bounced?", "(?<!not )affected", "(?<!not )impacted", r"touche\w*", r"impacte\w*",
)  # fmt: skip

WAITED: Final = re.compile(
    r"\b(?:p9\d ?[:=]? ?|(?:load|respon[ds]|latenc|charge|chargement|repon[ds]|page|requ[eê]t|request|quer|ouvr|open"
    r"|affich|display"
    r"|tak|pren|met|p9\d|time|temps"
    r"|wait|attend|attente)\w*(?: [\w/'.%-]+){0,6}? (?:above|over|exceed\w*|>|>=|plus de|au-dessus de|depasse\w*|in"
    r"|en|takes?|prend"
    r"|mett?(?:ent)?|at|a|is|est|to|of|de|now|between|entre) (?:about |around |environ |pres de |nearly |almost "
    r"|up to |jusqu'a )?)"
    r"(\d+(?:[.,]\d+)?) ?(?:s|secs?|seconds?|secondes?)\b"
)
PATIENCE: Final = 2.0  # seconds that somebody waits for a page without calling it slow

UNITS: Final = {"m": 1 / 1440, "h": 1 / 24, "d": 1.0, "j": 1.0, "w": 7.0, "s": 7.0, "y": 365.0, "a": 365.0}
UNIT: Final = "(minutes?|min|mn|hours?|heures?|hrs?|h|days?|jours?|d|j|weeks?|semaines?|months?|mois|years?|ans?)"
BEFORE: Final = (
    r"\b(?:in|dans|sous|within|d'ici|before|moins de|less than|under|reste|left|remaining|only)"
    " (?:the next |encore |about |environ |les |less than |moins de |only |plus que )?"
)
AFTER: Final = "(?:left|remaining|restante?s?|before|until|avant)"
UNTIL: Final = re.compile(
    rf"{BEFORE}(-?\d{{1,6}}) ?{UNIT}\b"
    rf"|\b(-?\d{{1,6}}) ?(hours?|heures?|days?|jours?|weeks?|semaines?|months?|mois) {AFTER}\b"
)
COUNTDOWN: Final = re.compile(r"\b[jd] ?- ?(\d{1,3})\b")
SOON: Final = words(
    r"today", r"tomorrow", r"tonight", r"aujourd'hui", r"demain", r"ce soir", r"cette nuit", r"imminent"
)
ENDS: Final = words(
    r"expir\w*", r"renew\w*", r"renouvel\w*", r"end of life", r"fin de vie", r"valid\w*", "certs?", "certifs?"
)
ENDED: Final = words("expired", r"expira\w*")
"""`expiré`, not `expire` (see `plain.EXPIRED`)."""
FILLS: Final = words(
    "fill(?:ed|s|ing)?",
    "full(?! (?:backup|dump|sync|copy|export|scan|import|restore|refresh|report|list|name|screen|text|page|database))",
    "pleine?s?", r"satur\w*", r"exhaust\w*", "out of", "run(?:s|ning)? out",
    "plus d'espace",
)  # fmt: skip
ENDS_SOON: Final = 7.0  # days: a certificate must be renewed within office hours
FILLS_SOON: Final = 1.0  # days

DISK_FULL, TIGHT, MOST_FAIL, SOME_FAIL = 99.0, 90.0, 50.0, 1.0  # percent


def measured(clause: str) -> tuple[Impact, re.Match[str]] | None:
    """What the clause's figures mean, and where they stand; None when it has none that we understand."""
    return _delay(clause) or _share(clause) or _wait(clause)


def is_load(clause: str) -> bool:
    """It speaks of how busy a machine is, which nobody need notice."""
    other = (DISK, ERRORS, SUCCESS, WAITED)
    return MACHINE.search(clause) is not None and not any(each.search(clause) for each in other)


def _delay(clause: str) -> tuple[Impact, re.Match[str]] | None:
    ends, fills = ENDS.search(clause), FILLS.search(clause)
    if not ends and not fills:
        return None
    if ends and (countdown := COUNTDOWN.search(clause)):
        return (Impact.DEGRADED if int(countdown[1]) <= ENDS_SOON else Impact.MINOR), countdown
    if found := UNTIL.search(clause):
        days = int(found[1] or found[3]) * _days(found[2] or found[4])
        if ends and days <= 0:
            return Impact.DOWN, found
        return (Impact.DEGRADED if days <= (ENDS_SOON if ends else FILLS_SOON) else Impact.MINOR), found
    found = SOON.search(clause) if not ENDED.search(clause) else None
    return (Impact.DEGRADED, found) if found else None


def _wait(clause: str) -> tuple[Impact, re.Match[str]] | None:
    """`page loads above 5 s`."""
    found = WAITED.search(clause)
    return (Impact.DEGRADED, found) if found and float(found[1].replace(",", ".")) >= PATIENCE else None


def _days(unit: str) -> float:
    if unit.startswith("mo"):
        return 30.0
    return UNITS[unit[0]]


def _share(clause: str) -> tuple[Impact, re.Match[str]] | None:
    found = list(PERCENT.finditer(clause))
    if found and NOTHING_LEFT.search(clause):
        return None
    if not found:
        some = ONE_IN.search(clause) if ERRORS.search(clause) else None
        return (Impact.DEGRADED, some) if some else _ratio(clause)
    if SUCCESS.search(clause) and not DISK.search(clause) and not ERRORS.search(clause):
        lowest = min(found, key=_figure)
        return _failing(100 - _figure(lowest)), lowest
    highest = max(found, key=_figure)
    if ERRORS.search(clause) and not DISK.search(clause):
        return _failing(_figure(highest)), highest
    if not DISK.search(clause) and not LOAD.search(clause):
        return None
    if FREE.search(clause):
        highest = min(found, key=_figure)
        used = 100 - _figure(highest)
    else:
        used = _figure(highest)
    if used >= DISK_FULL and DISK.search(clause):
        return Impact.DOWN, highest
    return (Impact.DEGRADED if used >= TIGHT else Impact.MINOR), highest


def _ratio(clause: str) -> tuple[Impact, re.Match[str]] | None:
    """`error ratio is 0.87`, `success rate = 0.12`."""
    found = RATIO.search(clause)
    share = float(found[1].replace(",", ".")) * 100 if found else 0.0
    if found is None or share > 100:
        return None
    if ERRORS.search(clause):
        return _failing(share), found
    return (_failing(100 - share), found) if SUCCESS.search(clause) else None


def _failing(percent: float) -> Impact:
    if percent >= MOST_FAIL:
        return Impact.DOWN
    return Impact.DEGRADED if percent >= SOME_FAIL else Impact.MINOR


def _figure(found: re.Match[str]) -> float:
    return float(found[1].replace(",", "."))
