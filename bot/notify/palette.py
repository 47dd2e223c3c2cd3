"""The colours of every picture: Okabe and Ito's, which are told apart with any kind of colour blindness."""

from typing import Final

BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
ORANGE: Final = "#E69F00"
GREEN: Final = "#009E73"
RED: Final = "#D55E00"

INK: Final = "#1d1c1d"
SOFT: Final = "#555555"
"""What explains a title."""
GREY: Final = "#7F7F7F"
LIGHT: Final = "#BBBBBB"
"""What was before."""
GRID: Final = "#d0d0d0"
EMPTY: Final = "#eeeeee"
"""A bar's whole length."""


def plain(text: str) -> str:
    """`$` begins a formula in matplotlib."""
    return text.replace("$", r"\$")
