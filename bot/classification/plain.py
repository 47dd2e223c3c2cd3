"""Text as the patterns read it: lower case, no accents, one plain letter for each letter of the original."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LONGEST: Final = 6000  # characters that are read; what matters is said before
CAMEL: Final = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z]{2,})(?!SQL)|(?<=[A-Z]{2})(?=[A-Z](?!s\b)[a-z])"
)
ODD: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "_": " ", "–": "-", "‑": "-", "\u00a0": " "})
ODD.update({0x202F: " ", 0x2009: " "})
EXPIRED: Final = re.compile(r"(?<=expir)é(?=e?s?(?!\w))", re.IGNORECASE)  # without its accent: "expires"
MOST_LETTERS: Final = 4096
LIGATURES: Final = {"œ": "o", "æ": "a", "ß": "s", "ø": "o"}


class _Letters(dict[int, str]):
    """One plain letter for each, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter.isascii():
            plain_one = letter.lower()
        elif letter.lower() in LIGATURES:
            plain_one = LIGATURES[letter.lower()]
        else:
            first = unicodedata.normalize("NFKD", letter)[0].casefold()[:1]
            plain_one = first if first and first.isprintable() else " "
        if len(self) < MOST_LETTERS:
            self[code] = plain_one
        return plain_one


LETTERS: Final = _Letters()


@dataclass(frozen=True, slots=True)
class Plain:
    """`folded[i]` is `shown[i]` without case and accent, so that a match can be quoted as it was written."""

    shown: str
    folded: str


def plain(text: str) -> Plain:
    """`InstanceDown` reads `instance down`, `Base indisponible` reads `base indisponible`."""
    return _plain(text[:LONGEST])


@lru_cache(maxsize=16)  # several rules look at the same text, one after the other
def _plain(text: str) -> Plain:
    shown = unicodedata.normalize("NFC", text).translate(ODD)
    shown = CAMEL.sub(" ", shown)
    if shown.isascii():
        return Plain(shown, shown.lower())
    return Plain(shown, EXPIRED.sub("a", shown).translate(LETTERS))
