"""Text as the patterns read it: lower case, no accents, one plain letter for each letter of the original."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 6000  # characters that are read; what matters is said before
CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z]{2,})(?!SQL)|(?<=[A-Z]{2})(?=[A-Z][a-z])")
ODD: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "_": " ", "–": "-", "‑": "-", "\u00a0": " "})
ODD.update({0x202F: " ", 0x2009: " "})
EXPIRED: Final = re.compile(r"(?<=expir)é(?=e?s?(?!\w))", re.IGNORECASE)  # without its accent: "expires"
LIGATURES: Final = {"œ": "o", "æ": "a", "ß": "s", "ø": "o"}


@dataclass(frozen=True, slots=True)
class Plain:
    """`folded[i]` is `shown[i]` without case and accent, so that a match can be quoted as it was written."""

    shown: str
    folded: str


def plain(text: str) -> Plain:
    """`InstanceDown` reads `instance down`, `Base indisponible` reads `base indisponible`."""
    shown = unicodedata.normalize("NFC", text[:LONGEST]).translate(ODD)
    shown = CAMEL.sub(" ", shown)
    if shown.isascii():
        return Plain(shown, shown.lower())
    return Plain(shown, "".join(map(_letter, EXPIRED.sub("a", shown))))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    if letter.lower() in LIGATURES:
        return LIGATURES[letter.lower()]
    first = unicodedata.normalize("NFKD", letter)[0].casefold()[:1]
    return first if first and first.isprintable() else " "
