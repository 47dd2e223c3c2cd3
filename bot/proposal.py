"""The rule that like corrections amount to, as text to paste into the configuration. Pure."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.classification.plain import plain
from bot.target import fold

ENOUGH: Final = 3
"""So many like corrections make a rule."""
TELLING: Final = ("alertname", "alert_name", "check", "rule", "monitor", "job", "equipe", "team", "app", "component")
WORD: Final = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Corrected:
    """An alert whose priority people changed."""

    title: str
    environment: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`text` is YAML for the section `classification`. `broad`: the alerts have nothing in common but their place."""

    text: str
    broad: bool


def propose(
    corrected: Sequence[Corrected], source: str, service: str, gives: str, environments: Collection[str],
    taken: Collection[str] = (),
) -> Proposal:  # fmt: skip
    """`service` '' when it is none of ours; `environments` are our ids; `taken` the names of the rules there are."""
    places = {each.environment for each in corrected}
    label = next((name for name in TELLING if _same(name, corrected)), "")
    words = () if label else _common_words([each.title for each in corrected])
    when = ["        sources: " + _listed(source)]
    if service:
        when.append("        services: " + _listed(service))
    if len(places) == 1 and places <= set(environments):
        when.append("        environments: " + _listed(*places))
    if label:
        when.append(f"        labels: {{{json.dumps(label)}: {_quoted(re.escape(fold(corrected[0].labels[label])))}}}")
    if words:
        when.append("        title: " + _quoted(r"\s+".join(map(re.escape, words))))
    name = (
        corrected[0].labels[label] if label else " ".join(words) or " ".join(each for each in (source, service) if each)
    )
    lines = [
        "classification:", "  rules:", f"    - name: {_quoted(_free(f'{name} {gives}', taken))}",
        f"      gives: {gives}", "      when:", *when,
    ]  # fmt: skip
    return Proposal("\n".join(lines), broad=not label and not words)


def _same(name: str, corrected: Sequence[Corrected]) -> bool:
    first = corrected[0].labels.get(name, "")
    return bool(first) and all(each.labels.get(name) == first for each in corrected)


def _common_words(titles: Sequence[str]) -> tuple[str, ...]:
    """The longest run of words that all titles have, as rules read them; empty when it says nothing."""
    said = [tuple(plain(title).folded.split()) for title in titles]
    first = said[0]
    for length in range(len(first), 0, -1):
        for start in range(len(first) - length + 1):
            run = first[start : start + length]
            if WORD.search(" ".join(run)) and all(_holds(words, run) for words in said[1:]):
                return run
    return ()


def _holds(words: Sequence[str], run: Sequence[str]) -> bool:
    return any(tuple(words[at : at + len(run)]) == tuple(run) for at in range(len(words) - len(run) + 1))


def _free(name: str, taken: Collection[str]) -> str:
    name = " ".join(name.split())[:80]
    return next(each for n in range(1, len(taken) + 3) if (each := f"{name} {n}" if n > 1 else name) not in taken)


def _listed(*words: str) -> str:
    return "[" + ", ".join(_quoted(word) for word in words) + "]"


def _quoted(text: str) -> str:
    """In double quotes, as YAML and JSON both read it. A backtick would end Slack's code block."""
    shown = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() and each != "`" else f"\\U{ord(each):08X}" for each in shown)
