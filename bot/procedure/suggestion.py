"""Which procedures help with an incident, and why."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.incident import Incident
from bot.phrase import Phrase
from bot.procedure.procedure import Fit, Procedure
from bot.target import Environment, fold

MOST: Final = 2
"""A card that proposes everything proposes nothing."""
READ: Final = 600
"""Characters of the summary: as many as the card shows."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`name` and `title` are the procedure's."""

    name: str
    title: str
    why: Phrase
    safe: bool = False


def suggestions(
    procedures: Iterable[Procedure], incident: Incident, environments: Mapping[str, Environment]
) -> tuple[Suggestion, ...]:
    """The first ones that fit, in the order given; what only looks comes last."""
    text = unicodedata.normalize("NFC", f"{incident.title}\n{incident.summary[:READ]}")
    found = [
        Suggestion(each.name, each.title, Phrase("the incident says “{words}”", {"words": word}), each.safe)
        for each in procedures
        if each.fits is not None and (word := _word(each.fits, text)) and _is_there(each.fits, incident, environments)
    ]
    return tuple(sorted(found, key=lambda each: each.safe))[:MOST]


def plain(text: str) -> str:
    """Without accents."""
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


@lru_cache(maxsize=512)
def _pattern(title: str) -> re.Pattern[str]:
    return re.compile(plain(title), re.IGNORECASE)


def _word(fit: Fit, text: str) -> str:
    """As it stands in the text, with its accents where they can be found again."""
    bare = plain(text)
    found = _pattern(fit.title).search(bare)
    if found is None:
        return ""
    said = text[found.start() : found.end()] if len(bare) == len(text) else found[0]
    return " ".join(said.split())[:80]


def _is_there(fit: Fit, incident: Incident, environments: Mapping[str, Environment]) -> bool:
    environment = environments.get(incident.environment)
    place = environment.answers_to() if environment else frozenset({fold(incident.environment)})
    return (
        (not fit.priorities or incident.priority.value in fit.priorities)
        and (not fit.environments or bool({fold(each) for each in fit.environments} & place))
        and (not fit.services or fold(incident.service) in {fold(each) for each in fit.services})
    )
