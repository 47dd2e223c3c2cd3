"""What a person typed after `/ecotrajet`, split into words and options. Pure.

People type on phones: `“` and `«` quote like `"`, a dash that the keyboard made long (`—tail`) still starts an option,
and the apostrophe of `l'API` is no quote. Slack's own escapes (`&amp;`, `<@U…|name>`, `<#C…|name>`, `<https://…|text>`)
are undone (docs.slack.dev/interactivity/implementing-slash-commands, "escape channels, users, and links").
"""

import html
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.errors import UserError
from bot.phrase import Phrase
from bot.target import fold, nearest

QUOTES: Final = {'"': '"', "“": "”", "”": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}
WORD_QUOTES: Final = frozenset("'‘")  # quotes only around whole words: elsewhere they are apostrophes
SPACES: Final = " \t\r\n\u00a0\u202f\u2009"
LONG_DASH: Final = re.compile(r"^[—–](?=\w)|^-[—–](?=\w)")
REFERENCE: Final = re.compile(r"<(?P<kind>[@#!]?)(?P<id>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
DURATION: Final = re.compile(r"(\d{1,6})(s|min|m|h|d|j)")
MINUTES_BEHIND: Final = re.compile(r"h(\d{1,2})$")  # `2h30`
UNITS: Final = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "j": 86400}
LONGEST: Final = 4000  # characters; Slack's own limit of a message is near


@dataclass(frozen=True, slots=True)
class Line:
    """`words` in the order typed; an option without a value (`--dry-run`) has the value ''."""

    words: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        return self.words[0] if self.words else ""

    def rest(self) -> "Line":
        """The same line after its first word."""
        return Line(self.words[1:], self.options)


def split(text: str) -> list[str]:
    """Words as a person means them: quoted parts are kept whole; an unclosed quote goes to the end of the line."""
    words: list[str] = []
    at, text = 0, text[:LONGEST]
    while at < len(text):
        if text[at] in SPACES:
            at += 1
            continue
        word, at = _word(text, at)
        words.append(word)
    return words


def read(
    words: Sequence[str], values: Collection[str] = (), flags: Collection[str] = (), *, free: bool = False
) -> Line:
    """Words and options apart; `values` are the options that take one (`--tail 50`, `--tail=50`), `flags` do not.

    Raises UserError for an option that is neither, with the nearest known one; when `free`, it is a word like others.
    """
    plain_words: list[str] = []
    options: dict[str, str] = {}
    raw = iter(words)
    for word in raw:
        plain = LONG_DASH.sub("--", word)
        name, has_value, value = plain[2:].partition("=")
        is_option = plain.startswith("--") and plain != "--"
        if is_option and fold(name) in flags:
            options[fold(name)] = ""
        elif is_option and fold(name) in values:
            options[fold(name)] = unescape(value if has_value else next(raw, ""))
        elif is_option and not free:
            raise UserError(_unknown_option(name, [*values, *flags]))
        else:
            plain_words.append(unescape(word))
    return Line(tuple(plain_words), options)


def unescape(word: str) -> str:
    """`<@U0AMINA01|amina>` -> `@U0AMINA01`, `<#C0INCIDEN|incidents>` -> `#incidents`, `&lt;` -> `<`."""

    def plain(found: re.Match[str]) -> str:
        if found["kind"] == "@":
            return f"@{found['id']}"
        if found["kind"] == "#":
            return f"#{found['label'] or found['id']}"
        return str(found["id"].removeprefix("mailto:").removeprefix("tel:"))

    return html.unescape(REFERENCE.sub(plain, word))


def number(word: str) -> int | None:
    """`42` or `#42`; None when it is not the number of an incident or of a run."""
    digits = word.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


def duration(word: str) -> timedelta:
    """`90s`, `10m`, `10min`, `1h30m`, `2h30`, `2h`, `1d` (or `1j`). Raises UserError."""
    said = MINUTES_BEHIND.sub(r"h\1m", fold(word))
    parts = DURATION.findall(said)
    if not parts or "".join(f"{count}{unit}" for count, unit in parts) != said:
        raise UserError(Phrase("“{word}” is not a duration. Write for example `10m` or `2h`.", {"word": word}))
    return timedelta(seconds=sum(int(count) * UNITS[unit] for count, unit in parts))


def _word(text: str, at: int) -> tuple[str, int]:
    """The word that starts at `at`, and where the next one may start."""
    made: list[str] = []
    while at < len(text) and text[at] not in SPACES:
        closing = QUOTES.get(text[at])
        if closing is None or (text[at] in WORD_QUOTES and not _quotes_a_word(text, at, closing, first=not made)):
            made.append(text[at])
            at += 1
            continue
        end = _closing(text, at, closing)
        # The space that French puts inside its quotation marks is typography, not part of the word.
        made.append(text[at + 1 : end].strip(SPACES))
        at = end + 1
    return "".join(made), at


def _closing(text: str, at: int, closing: str) -> int:
    """Where the quote opened at `at` ends: at its twin, or at the plain one a phone puts instead, or with the line."""
    twins = {closing, "“", "”", '"'} if closing in '"“”' else {closing}
    return next((i for i in range(at + 1, len(text)) if text[i] in twins), len(text))


def _quotes_a_word(text: str, at: int, closing: str, *, first: bool) -> bool:
    """`'two words'` but not `l'API` nor `d'accord c'est`: at the start of a word, closed before a space or the end."""
    after = (i for i in range(at + 1, len(text)) if text[i] == closing)
    end = next((i for i in after if i + 1 == len(text) or text[i + 1] in SPACES), None)
    return first and end is not None


def _unknown_option(name: str, known: Collection[str]) -> Phrase:
    if near := nearest(name, known):
        return Phrase("There is no option `--{name}` here. Did you mean `--{near}`?", {"name": name, "near": near})
    if not known:
        return Phrase("There is no option `--{name}` here.", {"name": name})
    listed = ", ".join(f"--{each}" for each in sorted(known))
    return Phrase("There is no option `--{name}` here. There are: {known}.", {"name": name, "known": listed})
