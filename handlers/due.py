"""“vendredi”, “dans 2 semaines”, “pour le 27 novembre”, “by friday”: the day by which something is to be done. Pure."""

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from bot.target import fold
from handlers import when

MONTHS: Final = {
    word: month
    for month, words in enumerate(
        (
            "january janvier jan", "february fevrier feb fev", "march mars mar", "april avril apr avr", "may mai",
            "june juin jun", "july juillet jul", "august aout aug", "september septembre sep sept",
            "october octobre oct", "november novembre nov", "december decembre dec",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
BEFORE: Final = frozenset({"pour", "avant", "d'ici", "d’ici", "by", "before", "until", "for", "on", "jusqu'a", "due"})
ARTICLES: Final = frozenset({"le", "la", "a", "au", "the", "ce", "cette", "this", "next", "coming", "prochain"})
OF: Final = frozenset({"du", "de", "des", "of", "chaque", "every", "each", "tous", "les"})
"""`la sauvegarde du dimanche` says which one, and not until when."""
IN: Final = re.compile(
    r"(?:dans|in|sous|d.ici) (?P<count>\d{1,3}|une?|an?) (?P<unit>jour|day|semaine|week|mois|month)s?"
)
NAMED: Final = re.compile(r"(?P<day>\d{1,2})(?:er|st|nd|rd|th)? (?P<month>[a-z]+)(?: (?P<year>\d{4}))?")
LONGEST: Final = 5  # words
DAY: Final = timedelta(days=1)


def day(text: str, today: date) -> date | None:
    """The day that all of `text` says, from today on where its year is not said. None: it says none."""
    words = [fold(each) for each in text.split()]
    while words and words[0] in BEFORE | ARTICLES:
        if IN.fullmatch(" ".join(words)):
            break
        words = words[1:]
    said = " ".join(words)
    return _plain(said, today) or _ahead(said, today) or _named(said, today) or _end(said, today)


def tail(words: Sequence[str], today: date) -> tuple[date | None, list[str]]:
    """The day with which a sentence ends, and the sentence without it."""
    for used in range(min(LONGEST, len(words) - 1), 0, -1):
        rest, said = list(words[:-used]), " ".join(words[-used:]).rstrip(".,;!")
        found = day(said, today)
        if found is not None and fold(rest[-1]) not in OF:
            while len(rest) > 1 and fold(rest[-1]) in BEFORE:
                rest.pop()
            return found, rest
    return None, list(words)


def _plain(said: str, today: date) -> date | None:
    """`30/11`, `demain`, `après-demain`, `vendredi`, `vendredi prochain`."""
    if said in {"apres-demain", "day after tomorrow"}:
        return today + 2 * DAY
    if (found := when.day(said, today)) is not None:
        return found
    word = said.removesuffix(" prochain").removesuffix(" prochaine")
    weekday = when.DAYS.get(word) if len(word) > 3 else None
    if weekday is None:
        return None
    return today + DAY * ((weekday - today.weekday()) % 7 or 7)


def _ahead(said: str, today: date) -> date | None:
    """`dans 2 semaines`, `in 3 days`, `semaine prochaine`: its Monday."""
    if said in {"semaine prochaine", "week"}:
        return today + DAY * (7 - today.weekday())
    found = IN.fullmatch(said)
    if found is None:
        return None
    count = int(found["count"]) if found["count"].isdigit() else 1
    if found["unit"] in {"mois", "month"}:
        return _months_on(today, count)
    return today + count * (DAY if found["unit"] in {"jour", "day"} else 7 * DAY)


def _months_on(today: date, count: int) -> date:
    month = today.month - 1 + count
    year, month = today.year + month // 12, month % 12 + 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def _named(said: str, today: date) -> date | None:
    """`27 novembre`, `1er décembre 2026`."""
    found = NAMED.fullmatch(said)
    month = MONTHS.get(found["month"]) if found else None
    if found is None or month is None:
        return None
    try:
        told = date(int(found["year"] or today.year), month, int(found["day"]))
    except ValueError:
        return None
    return told.replace(year=told.year + 1) if told < today and not found["year"] else told


def _end(said: str, today: date) -> date | None:
    """`fin de semaine`: Friday; `fin du mois`."""
    if said in {"fin de semaine", "fin de la semaine", "end of week", "end of the week"}:
        return today + DAY * ((4 - today.weekday()) % 7)
    if said in {"fin du mois", "fin de mois", "end of month", "end of the month"}:
        return today.replace(day=calendar.monthrange(today.year, today.month)[1])
    return None
