"""The alphabet of SMS (3GPP TS 23.038, section 6.2.1): what fits it goes out at 160 characters a piece, else at 70.

One foreign letter (`ê`, `’`, a no-break space) makes the whole text cost more than twice as much; so letters that
the alphabet lacks are replaced by those it has.
"""

import math
import re
import unicodedata
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("^{}\\[~]|€")  # each costs two
GUILLEMETS: Final = re.compile(r"«\s*|\s*»")  # `\s` holds the no-break spaces that belong inside
GAPS: Final = re.compile(" {2,}")
ALIKE: Final = {
    **dict.fromkeys("‘’ʼ′`´", "'"),
    **dict.fromkeys("“”„«»″", '"'),
    **dict.fromkeys("–—−‐‑", "-"),
    **dict.fromkeys("\u00a0\u202f\u2009\t", " "),
    "…": "...",
    "œ": "oe",
    "Œ": "OE",
    "→": "->",
    "←": "<-",
    "·": "-",
    "•": "-",
    "×": "x",
    "≥": ">=",
    "≤": "<=",
    "ç": "c",
    "°": "o",
    "🔴": "",
    "🟠": "",
    "🔵": "",
    "✅": "OK",
}


def to_gsm(text: str) -> str:
    """`text` with what the alphabet lacks replaced by what it has, if there is anything like it."""
    quoted = GUILLEMETS.sub('"', unicodedata.normalize("NFC", text))
    return GAPS.sub(" ", "".join(_like(letter) for letter in quoted)).lstrip(" ")  # where a sign stood


def _like(letter: str) -> str:
    if letter in BASIC or letter in EXTENDED:
        return letter
    if letter in ALIKE:
        return ALIKE[letter]
    kind = unicodedata.category(letter)
    if kind in {"Cc", "Cf", "Mn", "So", "Sk"}:
        return " " if kind == "Cc" else ""
    plain = "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
    return plain if plain and all(each in BASIC or each in EXTENDED for each in plain) else letter


def is_gsm(text: str) -> bool:
    return all(letter in BASIC or letter in EXTENDED for letter in text)


def segments(text: str) -> int:
    """How many pieces `text` is sent as, and paid as."""
    if is_gsm(text):
        length, whole, piece = sum(2 if letter in EXTENDED else 1 for letter in text), 160, 153
    else:
        length, whole, piece = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= whole else math.ceil(length / piece)
