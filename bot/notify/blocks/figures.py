"""Sizes, shares and bars, as text that a phone shows too."""

from typing import Final

from babel.numbers import format_decimal

from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase

CELLS: Final = 10
KIB: Final = 1024
UNITS: Final = (
    Phrase("{size} B"), Phrase("{size} KiB"), Phrase("{size} MiB"), Phrase("{size} GiB"), Phrase("{size} TiB"),
)  # fmt: skip


def size(count: int, reader: Reader) -> str:
    """`48.3 MiB`, in French `48,3 Mio`."""
    value, unit = float(count), 0
    while value >= KIB and unit < len(UNITS) - 1:
        value, unit = value / KIB, unit + 1
    shown = format_decimal(value, format="0.#" if value < 100 else "0", locale=reader.language)
    return reader.say(Phrase(UNITS[unit].msgid, {"size": shown}))


def share(per_cent: float, reader: Reader) -> str:
    """`42 %`; below ten with one digit more."""
    shown = format_decimal(per_cent, format="0.#" if per_cent < 10 else "0", locale=reader.language)
    return reader.say(Phrase("{share} %", {"share": shown}))


def bar(per_cent: float) -> str:
    """Ten cells, the first of them full as soon as there is anything."""
    full = min(CELLS, max(round(per_cent / CELLS), 1 if per_cent > 0 else 0))
    return "▓" * full + "░" * (CELLS - full)
