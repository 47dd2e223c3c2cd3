"""What somebody says of the page that woke them: useful, noise, or not for them. Pure."""

from enum import StrEnum
from typing import Final

from bot.phrase import Phrase

JUDGE: Final = "page.verdict"
"""What the actions of its three buttons begin with."""


class Verdict(StrEnum):
    USEFUL = "useful"
    NOISE = "noise"
    NOT_MINE = "not_mine"


def label(verdict: Verdict) -> Phrase:
    match verdict:
        case Verdict.USEFUL:
            return Phrase("👍 Useful")
        case Verdict.NOISE:
            return Phrase("🔕 Noise")
        case Verdict.NOT_MINE:
            return Phrase("↪️ Not for me")


def question() -> Phrase:
    return Phrase("Was this page useful?")
