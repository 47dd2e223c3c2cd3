"""A week or a month looked back on."""

from bot.review.figures import (
    Figures,
    Happened,
    Kept,
    Load,
    Moment,
    Nights,
    Noisy,
    Review,
    Rows,
    Spread,
    figures,
    kept,
    load,
)
from bot.review.period import Period, Settings, Span

__all__ = [
    "Figures",
    "Happened",
    "Kept",
    "Load",
    "Moment",
    "Nights",
    "Noisy",
    "Period",
    "Review",
    "Rows",
    "Settings",
    "Span",
    "Spread",
    "figures",
    "kept",
    "load",
]
