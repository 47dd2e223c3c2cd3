"""The large tables, not tried at the end of a word, find exactly what they find when tried everywhere."""

import re
from pathlib import Path
from typing import Final

import hypothesis
import pytest
import yaml
from hypothesis import strategies as st

from bot.classification.patterns import many_words, words
from bot.classification.plain import plain

SAMPLES: Final = Path(__file__).parent.parent / "samples"
SAID: Final = [
    plain(f"{example['title']} {example.get('text', '')}").folded
    for table in sorted(SAMPLES.glob("classification*.yaml"))
    for example in yaml.load(table.read_text("utf-8"), yaml.CSafeLoader)
]
PARTS: Final = (
    "down", r"(?<!slow )down(?! ?by)", "(?:the )?(?:site|app)s? (?:is )?(?:down|ko)", r"50[234]s",
    r"(?:no|not a) \w+ works?", r"x{0,2}?5",
    "un ?available", "(?:is |a |est )(?:tombe|hs)", r"\d+ of \d+ fail\w*", r"x{0,2}y", "indisponib(?:les?|ilite)",
    "api",
    r"(?:(?:plus )?personne|nobody) (?:ne |n'|can)", r"[a-f]oom", r"absent\(up",
)  # fmt: skip


@pytest.mark.parametrize("start", range(0, len(SAID), 50))
def test_the_real_alerts_are_read_alike(start: int) -> None:
    slow, fast = words(*PARTS), many_words(*PARTS)
    for text in SAID[start : start + 50]:
        assert spans(fast, text) == spans(slow, text)


@hypothesis.given(
    st.lists(
        st.sampled_from(
            ["the site", "apps", "is", "est", "hs", "down", "slow", "by", "503s", "no", "bus", "works", "un",
             "available", "3 of 4 fails", "xy", "x5", "y", "plus", "personne ne", "nobody can", "zoom", "boom", "é"]
        )
        | st.text("abdkopwxy0 ", max_size=6)
    ).map(" ".join)
)  # fmt: skip
def test_any_words_are_read_alike(text: str) -> None:
    assert spans(many_words(*PARTS), text) == spans(words(*PARTS), text)


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [found.span() for found in pattern.finditer(text)]
