"""Error lines in the log of what was just deployed, beside those of what it replaced. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.phrase import Phrase, Value

ERROR: Final = re.compile(
    r"\w(?:Error|Exception)s?\b|(?i:\b(?:errors?|exceptions?|erreurs?|fatal|panic|critical|emerg|traceback|unhandled"
    r"|uncaught|segfault)\b|\"level\":\s*[56]0\b|HTTP/\d(?:\.\d)?\"\s5\d\d\b)"
)
"""As applications write it: words, pino's numbers, an access log's 500."""
HARMLESS: Final = re.compile(
    r"\b(?:0|no|without|sans|aucune?) (?:errors?|erreurs?|exceptions?)\b"
    r"|\b(?:errors?|exception)\"?\s*[:=]\s*(?:null|none|nil|undefined|false|0|\"\"|''|\[\]|\{\})"
    r"(?=\s*(?:[,;)}\]]|$|\w+=))",
    re.IGNORECASE,
)
LONGEST_QUOTE: Final = 160  # characters


@dataclass(frozen=True, slots=True)
class Aftermath:
    """When a log says that a deployment is ill: `error_lines` in a minute (0: never), and at least `times` as large a
    part of all lines as in what it replaced."""

    error_lines: int = 20
    times: float = 3.0


@dataclass(frozen=True, slots=True)
class Counted:
    """`example`: the last of the error lines."""

    lines: int
    errors: int
    example: str = ""

    @property
    def share(self) -> float:
        return self.errors / self.lines if self.lines else 0.0


def count(text: str) -> Counted:
    """`text`: lines of a log, their secrets hidden already."""
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if ERROR.search(HARMLESS.sub("", line))]
    return Counted(len(lines), len(errors), errors[-1].strip()[:LONGEST_QUOTE] if errors else "")


def worse(now: Counted, before: Counted | None, within: timedelta, limits: Aftermath) -> Phrase | None:
    """Why going back should be thought of. `now`: the lines of `within`; `before`: the last ones of what it replaced.

    None of those, or no line at all: there is nothing to compare with.
    """
    if not limits.error_lines or now.errors < limits.error_lines:
        return None
    values: dict[str, Value | Phrase] = {"count": now.errors, "length": within, "line": now.example}
    if before is None or not before.lines:
        return Phrase("its log holds {count} error lines of the last {length}, such as “{line}”", values)
    if now.share < limits.times * before.share:
        return None
    values |= {"before": before.errors, "lines": before.lines}
    return Phrase(
        "its log holds {count} error lines of the last {length} ({before} in the last {lines} lines of what it "
        "replaced), such as “{line}”",
        values,
    )
