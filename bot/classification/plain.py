"""Text as the patterns read it: lower case, no accents, one plain letter for each letter of the original."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 6000  # characters that are read; what matters is said before
CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z]{2,})|(?<=[A-Z]{2})(?=[A-Z][a-z])")
ODD: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "_": " ", "–": "-", "‑": "-", "\u00a0": " "})
ODD.update({0x202F: " ", 0x2009: " "})
EXPIRED: Final = re.compile(r"expirée?s?(?!\w)", re.IGNORECASE)  # without its accent it would read as "expires"


@dataclass(frozen=True, slots=True)
class Plain:
    """`folded[i]` is `shown[i]` without case and accent, so that a match can be quoted as it was written."""

    shown: str
    folded: str


def plain(text: str) -> Plain:
    """`InstanceDown` reads `instance down`, `Base indisponible` reads `base indisponible`."""
    shown = unicodedata.normalize("NFC", text[:LONGEST]).translate(ODD)
    shown = CAMEL.sub(" ", EXPIRED.sub("est expired", shown))
    return Plain(shown, shown.lower() if shown.isascii() else "".join(map(_letter, shown)))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    first = unicodedata.normalize("NFKD", letter)[0].casefold()[:1]
    return first if first.isprintable() else " "
